"""Draw docs/indicators.md from the registry, or say with --check that it is stale."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import override

from tongxin.reports import indicators
from tongxin.reports.indicators.kinds import Indicator, Kind, Part, Sensitivity

HEAD = """# 口径 · Indicators

这一页是画出来的，不要手改：`python manage.py draw_indicators`。
Drawn from `tongxin/reports/indicators/`; do not edit. A changed definition is a new edition.

每个数都从登记里数出来，没有登记的写“没有登记”，不写 0。
Each figure is counted from records; where nothing is recorded it is unknown, which is not nought.
"""
KINDS = {Kind.STOCK: "当天 on the day", Kind.FLOW: "时期 in the period"}
ROWS = {Sensitivity.OPEN: "公开 all", Sensitivity.OFFICE: "本村干部 staff"}


def line(indicator: Indicator) -> str:
    kept = "是 yes" if indicator.is_built else "还没有 not yet"
    cells = [
        f"`{indicator.code}`",
        str(indicator.name),
        str(indicator.unit),
        str(indicator.definition),
        KINDS[indicator.kind],
        ROWS[indicator.sensitivity],
        kept,
    ]
    return f"| {' | '.join(cells)} |"


def draw() -> str:
    lines = [HEAD, f"第 {indicators.EDITION} 版 · edition {indicators.EDITION}，共 {len(indicators.ALL)} 个。"]
    for part in Part:
        lines.append(f"\n## {part.label}")
        for section, found in indicators.of_part(part):
            lines.append(f"\n### {section.name}\n")
            lines.append(
                "| 代号 code | 名称 name | 单位 unit | 口径 what counts | 数法 kind | 名单 rows | 有登记 kept |"
            )
            lines.append("|---|---|---|---|---|---|---|")
            lines += [line(indicator) for indicator in found]
    return "\n".join(lines) + "\n"


class Command(BaseCommand):
    help = "Draw docs/indicators.md from the registry of indicators."
    requires_system_checks = []  # it looks at the registry only

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.ROOT) / "docs" / "indicators.md"
        with override("zh-hans"):
            drawn = draw()
        if options["check"]:
            if not page.exists() or page.read_text("utf-8") != drawn:
                raise CommandError("docs/indicators.md is stale: python manage.py draw_indicators")
        else:
            page.write_text(drawn, "utf-8")
            self.stdout.write(f"{page.name}: {len(indicators.ALL)} indicators")
