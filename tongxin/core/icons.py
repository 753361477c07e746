"""The drawings of all icons: one stroke, 24 × 24. Ours and Tabler's (MIT; `static/VENDORED.md`) lie in `icons.json`."""

import json
from functools import cache
from pathlib import Path


@cache
def drawings() -> dict[str, str]:
    """Name → what stands inside `<svg viewBox="0 0 24 24">`. The file is ours, so it is trusted markup."""
    sources: dict[str, dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return {**sources["tabler"], **sources["own"]}
