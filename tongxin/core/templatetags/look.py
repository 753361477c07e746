"""What every page needs to look as it should: drawings, sheets, dates, line breaks, fields. A builtin of templates."""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.forms import BoundField
from django.http import HttpRequest
from django.template.defaulttags import CsrfTokenNode
from django.urls import NoReverseMatch, reverse
from django.utils import dateformat, timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext

from tongxin.core import clock, icons, logs, once

register = template.Library()

# --- drawings -------------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, css: str = "i") -> SafeString:
    """`{% icon "phone" %}`: an inline drawing, always beside words, so a screen reader passes over it."""
    try:
        drawing = icons.drawings()[name]
    except KeyError:
        raise template.TemplateSyntaxError(f"No icon is called {name!r} (tongxin/core/icons.json).") from None
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        css,
        mark_safe(drawing),  # noqa: S308 - the file is part of the product
    )


@register.simple_tag
def rings(css: str = "i") -> SafeString:
    """The concentric circles: the mark, once on the home tile and once on the village report (`large`)."""
    if css == "rings":
        return mark_safe(
            '<svg class="rings" viewBox="0 0 100 100" aria-hidden="true"><circle cx="50" cy="50" r="14"/>'
            '<circle cx="50" cy="50" r="26"/><circle cx="50" cy="50" r="38"/><circle cx="50" cy="50" r="49"/></svg>'
        )
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">'
        '<circle cx="12" cy="12" r="3"/><circle cx="12" cy="12" r="6.5"/><circle cx="12" cy="12" r="10"/></svg>',
        css,
    )


# --- sheets ---------------------------------------------------------------------------------------------------


def squeeze(css: str) -> str:
    """A sheet without comments and spare space. Space beside `+`, `-`, `(` is kept: `calc()` needs it."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>]) ?", r"\1", css)
    css = re.sub(r"(?<=[a-z-]): ", ":", css)
    return css.replace(";}", "}").strip()


def sheet(name: str) -> str:
    found = finders.find(name)
    if found is None:
        raise template.TemplateSyntaxError(f"No sheet is called {name!r}.")
    return squeeze(Path(str(found)).read_text(encoding="utf-8"))


kept_sheet = cache(sheet)


@register.simple_tag
def inline_css(*names: str) -> SafeString:
    """Sheets as text for one `<style nonce>`: a resident's page is then one request (2.4 s on slow 3G, users.md 6)."""
    read = sheet if settings.DEBUG else kept_sheet
    return mark_safe("".join(read(name) for name in names))  # noqa: S308 - our own files, and CSS holds no `</style`


# --- words ----------------------------------------------------------------------------------------------------

STOPS = re.compile(r"(?<=[，。？！；：、])(?!$)")
LONGEST_CHUNK = 12  # a longer one would jump to the next line as a whole and leave a hole


@register.filter(name="nb")
def nb_filter(text: object) -> SafeString:
    """Text that breaks at its commas: each short piece between stops holds together."""
    if text in (None, ""):
        return mark_safe("")
    words = text if isinstance(text, SafeString) else str(text)
    pieces = STOPS.split(words)
    if len(pieces) == 1 or "<" in words:  # one piece, or markup, which has its own idea of pieces
        return conditional_escape(words)
    if isinstance(words, SafeString):  # a literal in a template
        pieces = [mark_safe(piece) for piece in pieces]  # noqa: S308 - parts of what was safe, without tags
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<span class="nb">{}</span>', piece) if len(piece) <= LONGEST_CHUNK else piece,)
            for piece in pieces
        ),
    )


@register.simple_tag(name="nb")
def nb_tag(text: object) -> SafeString:
    return nb_filter(text)


@register.simple_tag
def html_lang() -> str:
    """The language of the page as `lang` wants it."""
    return {"zh-hans": "zh-CN", "zh-hant": "zh-Hant"}.get(get_language() or "zh-hans", get_language() or "zh-CN")


# --- days, moments, numbers -----------------------------------------------------------------------------------


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def wrong_places(form: Any) -> int:
    """How many fields a reader can go to and put right; a rule's 'no' above the form is none of them."""
    return sum(1 for bound in form or () if bound.errors)


@register.filter
def day(value: date | datetime | None) -> str:
    """6 月 20 日; with the year when it is not this year."""
    if not value:
        return ""
    value = _local(value)
    form = pgettext("date format", "j F") if value.year == clock.today().year else pgettext("date format", "j F Y")
    return dateformat.format(value, form)


@register.filter
def weekday(value: date | datetime | None) -> str:
    """7 月 15 日，星期六: for whoever counts in weekdays."""
    if not value:
        return ""
    return pgettext("day and weekday", "%(day)s, %(weekday)s") % {
        "day": day(value),
        "weekday": dateformat.format(_local(value), "l"),
    }


@register.filter
def moment(value: datetime | None) -> str:
    """6 月 15 日 8:20, in the village's zone."""
    if not value:
        return ""
    return f"{day(value)} {dateformat.format(_local(value), 'G:i')}"


@register.filter
def thousands(value: int | Decimal | float | str | None) -> str:
    """3 036 with a thin space that does not break (U+202F); decimals stay as they come."""
    if value in (None, ""):
        return ""
    whole, point, rest = str(value).partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return sign + re.sub(r"(?<=\d)(?=(?:\d{3})+$)", "\u202f", digits) + point + rest


@register.filter
def phone_link(number: object) -> str:
    """A number as `href` wants it: `tel:09326620000`."""
    return "tel:" + re.sub(r"[^\d+]", "", str(number or ""))


@register.filter
def way_back(request: HttpRequest) -> str:
    """Where a page is, to come back to; not when somebody has typed a number of a person into the address."""
    path = request.get_full_path()
    plain = unquote_plus(path)
    return path if logs.scrubbed(plain) == plain else "/"


# --- addresses ------------------------------------------------------------------------------------------------


@register.simple_tag
def first_url(*names: str) -> str:
    """The first of these routes that exists, or nothing: a base must stand whichever apps are installed."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


# --- fields ---------------------------------------------------------------------------------------------------


class TokenAndKey(CsrfTokenNode):
    """Django's token, and beside it the key by which a form that is pressed twice is done once (`core.once`)."""

    def render(self, context: template.Context) -> SafeString:
        token = super().render(context)
        return mark_safe(token + once.hidden_key() if token else "")  # noqa: S308 - both are ours


@register.tag
def csrf_token(parser: template.base.Parser, token: template.base.Token) -> TokenAndKey:
    """In the place of Django's tag of this name, so that no form can forget its key."""
    return TokenAndKey()


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    names = {cls.__name__ for cls in type(widget).__mro__}
    for name, kind in (
        ("CheckboxSelectMultiple", "ticks"),
        ("RadioSelect", "radios"),
        ("CheckboxInput", "tick"),
        ("FileInput", "file"),
        ("Select", "select"),
        ("Textarea", "area"),
    ):
        if name in names:
            return kind
    return "hidden" if widget.is_hidden else "line"


@register.inclusion_tag("components/_field.html")
def field(bound: BoundField, hint: str = "", label: str = "", css: str = "") -> dict[str, Any]:
    """`{% field form.phone %}`: label above, hint, error with icon, what was typed is kept. For residents and staff."""
    kind = _kind(bound)
    hint = hint or str(bound.help_text or "")
    name = bound.id_for_label or bound.html_name
    described = [f"{name}_hint"] if hint else []
    described += [f"{name}_error"] if bound.errors else []
    attrs: dict[str, Any] = {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if kind in {"line", "area", "file", "select"}:
        base = "in form-select" if kind == "select" else "in form-control"
        attrs["class"] = " ".join(filter(None, [base, bound.field.widget.attrs.get("class", "")]))
    return {
        "field": bound,
        "kind": kind,
        "hint": hint,
        "label": label or bound.label,
        "name": name,
        "described": " ".join(described),
        "css": css,
        "widget": bound.as_widget(attrs=attrs) if kind not in {"radios", "ticks"} else "",
    }
