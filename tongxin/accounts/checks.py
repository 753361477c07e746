"""What is unsafe about log-ins is refused at start-up, with the mend."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

LONGEST_GRACE = timedelta(days=30)


@register(Tags.security)
def logins(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.ONE_PASSWORD and not settings.DEMO:
        found.append(
            Error(
                "Log-ins that open by one printed password are for a demonstration only.",
                hint="Unset TONGXIN_ONE_PASSWORD, or say TONGXIN_DEMO=1 when it is one.",
                id="tongxin.E050",
            )
        )
    if settings.FACTOR_GRACE > LONGEST_GRACE:
        found.append(
            Error(
                "Officers would work for too long with a password alone.",
                hint=f"Set TONGXIN_FACTOR_GRACE_DAYS to {LONGEST_GRACE.days} or less.",
                id="tongxin.E051",
            )
        )
    if timedelta(hours=2) < settings.STAFF_IDLE or timedelta(0) >= settings.STAFF_IDLE:
        found.append(
            Error(
                "An office screen that was left alone would stay open for too long, or close at once.",
                hint="Set TONGXIN_IDLE_MINUTES to a number between 1 and 120.",
                id="tongxin.E052",
            )
        )
    if settings.HTTPS and settings.PROXY_DEPTH == 0:
        found.append(
            Warning(
                "Behind a proxy all visitors have one address, and one who guesses would make all of them wait.",
                hint="Set TONGXIN_PROXY_DEPTH to the number of proxies of yours in front; mostly 1.",
                id="tongxin.W050",
            )
        )
    return found
