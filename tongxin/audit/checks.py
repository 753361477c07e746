"""What is unsafe is refused at start-up: an algorithm that nobody can reckon."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from tongxin.audit import verifier


@register(Tags.security)
def algorithm(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Without it every write would fail."""
    try:
        verifier.hashed(settings.AUDIT_HASH, b"")
    except ValueError as error:
        hint = "Set TONGXIN_AUDIT_HASH to sha256, or to sm3 where this Python's OpenSSL has it."
        return [Error(f"The audit chain cannot be hashed: {error}.", hint=hint, id="tongxin.E047")]
    return []
