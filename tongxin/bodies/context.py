"""What the desk's frame needs: the menu by task; on the log-in page of a demonstration, its log-ins.

Both are lazy: a page that shows neither asks nothing. The menu shows a page to whoever its door lets in, as the
matrix has it. An app on a higher floor adds the number beside its entry (`count_with`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import pgettext_lazy

from tongxin.accounts import queries as accounts
from tongxin.bodies import queries
from tongxin.bodies.models import Appointment
from tongxin.bodies.roles import STAFF, Role
from tongxin.core import clock, matrix
from tongxin.territory import queries as territory
from tongxin.territory import scope

Counts = Callable[[HttpRequest], Mapping[str, int]]
FILLER = re.compile(r"demo-[a-z]-")
MANY = 999  # beyond it the number says 999+


@dataclass(frozen=True)
class Entry:
    """A line of the menu; without its route it is left out, so apps may come and go."""

    label: Any
    route: str
    icon: str
    rule: bool = False  # a line above it


ENTRIES = [
    Entry(pgettext_lazy("menu", "Today"), "issues:today", "calendar-event"),
    Entry(pgettext_lazy("menu", "Matters"), "issues:inbox", "say"),
    Entry(pgettext_lazy("menu", "In my hands"), "issues:tasks", "clipboard-list"),
    Entry(pgettext_lazy("menu", "Write down"), "issues:proxy", "edit"),
    Entry(pgettext_lazy("menu", "Council"), "issues:council", "messages"),
    Entry(pgettext_lazy("menu", "Households"), "people:households", "id-badge-2", rule=True),
    Entry(pgettext_lazy("menu", "Bodies"), "bodies:bodies", "hierarchy-2"),
    Entry(pgettext_lazy("menu", "Grids and places"), "territory:places", "grid-dots"),
    Entry(pgettext_lazy("menu", "The village"), "reports:report", "chart-bar", rule=True),
    Entry(pgettext_lazy("menu", "This site"), "core:status", "shield-check"),
    Entry(pgettext_lazy("menu", "Who looked"), "audit:looks", "user-shield"),
]
_counts: list[Counts] = []


def count_with(counts: Counts) -> None:
    """Register who knows the numbers: a function from a request to {route: how many}. For `apps.ready`."""
    if counts not in _counts:
        _counts.append(counts)


@dataclass(frozen=True)
class Item:
    label: Any
    url: str
    icon: str
    count: str = ""
    current: bool = False
    rule: bool = False


@dataclass(frozen=True)
class DemoLogin:
    username: str
    name: str
    post: str
    village: str
    is_home: bool = True


def menu(request: HttpRequest) -> dict[str, Any]:
    """menu, demo_logins, demo_password."""
    return {
        "menu": SimpleLazyObject(lambda: items(request)),
        "demo_logins": SimpleLazyObject(demo_logins),
        "demo_password": accounts.DEMO_PASSWORD if settings.DEMO else "",
    }


def items(request: HttpRequest) -> list[Item]:
    """The entries this user may open, with what waits behind each."""
    holdings: queries.Holdings = getattr(request, "held", queries.NOTHING)
    if not holdings:
        return []
    opened = [(entry, url) for entry in ENTRIES if (url := _door(entry.route, holdings))]
    waiting: dict[str, int] = {}
    for counts in _counts:
        waiting.update(counts(request))
    here = _at(request, opened) or _closest(request.path, [url for _entry, url in opened])
    return [
        Item(entry.label, url, entry.icon, _said(waiting.get(entry.route, 0)), url == here, entry.rule)
        for entry, url in opened
    ]


def _door(route: str, holdings: queries.Holdings) -> str:
    """The address behind a route, when its door lets these holdings in; "" otherwise."""
    door = matrix.door(route)
    right = door.right("GET") if door else None
    if right is None or not right.allows(holdings.roles):
        return ""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def _at(request: HttpRequest, opened: list[tuple[Entry, str]]) -> str:
    """A page may say to which entry it belongs, when its address does not (`request.menu_at`, a route)."""
    route = getattr(request, "menu_at", "")
    return next((url for entry, url in opened if entry.route == route), "")


def _closest(path: str, urls: list[str]) -> str:
    """The entry whose address is the longest beginning of this page's."""
    return max((url for url in urls if path.startswith(url)), key=len, default="")


def _said(count: int) -> str:
    return f"{MANY}+" if count > MANY else str(count or "")


def demo_logins() -> list[DemoLogin]:
    """A log-in for each role and village of the demonstration, home first: enough to look at everything."""
    users = {user.pk: user for user in accounts.demo_users()}
    if not users:
        return []
    today = clock.today()
    with scope.everything("the demonstration shows its log-ins of all villages"):
        rows = list(
            Appointment.objects.filter(person__user__in=users, from_on__lte=today, post__role__in=STAFF)
            .exclude(to_on__lte=today)
            .select_related("post", "person", "village")
            .order_by("village_id", "post__position", "id")
        )
    # `demo-t-07` and the like only fill the other seats
    rows.sort(key=lambda row: bool(FILLER.match(users[row.person.user_id].username)))  # type: ignore[index]
    home = territory.home()
    found: dict[tuple[UUID, str], DemoLogin] = {}
    seen: set[UUID] = set()
    for row in rows:
        user = users[row.person.user_id]  # type: ignore[index]
        if (row.village_id, row.post.role) not in found and user.pk not in seen:
            seen.add(user.pk)
            is_home = home is not None and row.village_id == home.pk
            found[row.village_id, row.post.role] = DemoLogin(
                user.username, user.name, row.post.title, row.village.name, is_home
            )
    order = list(Role)
    roles = {login.username: order.index(Role(role)) for (_village, role), login in found.items()}
    return sorted(found.values(), key=lambda login: (not login.is_home, login.village, roles[login.username]))
