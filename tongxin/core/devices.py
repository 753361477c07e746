"""What a browser calls itself, in two words that its owner recognises. For a list of sessions, not for tracking."""

import re
from typing import Final

from django.http import HttpRequest

_SYSTEMS: Final = (
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"),
    ("Android", r"Android"),
    ("iPhone", r"iPhone|iPod"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("Linux", r"Linux|X11"),
)
_BROWSERS: Final = (  # the more special ones first: most of them also call themselves Chrome or Safari
    ("WeChat", r"MicroMessenger"),
    ("QQ", r"MQQBrowser|QQBrowser"),
    ("UC", r"UCBrowser"),
    ("Huawei", r"HuaweiBrowser"),
    ("MIUI", r"MiuiBrowser"),
    ("Edge", r"Edg[eA]?/|EdgiOS"),
    ("Firefox", r"Firefox|FxiOS"),
    ("Chrome", r"Chrome|CriOS|Chromium"),
    ("Safari", r"Safari"),
)


def label(request: HttpRequest) -> str:
    """`Android · WeChat`; "" when it says nothing that we know."""
    told = request.META.get("HTTP_USER_AGENT", "")[:400]
    found = [next((name for name, mark in names if re.search(mark, told)), "") for names in (_SYSTEMS, _BROWSERS)]
    return " · ".join(filter(None, found))
