"""Every route is closed: its view says for whom (`bodies.access.staff`) or why it is open (`core.access.public`).

The net under all of them is `StaffOnlyMiddleware`; that it holds for each address is proved by knocking at every door.
"""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver, path

from tongxin.bodies.access import staff
from tongxin.core.access import public, reason_of

from .tree import nothing

# What a converter would take, to knock at a door that asks for something.
SAMPLES = {
    "UUIDConverter": "018f0000-0000-7000-8000-000000000000",
    "IntConverter": "1",
    "SlugConverter": "a",
    "StringConverter": "a",
    "PathConverter": "a",
}


def routes(patterns, prefix: str = "") -> Iterator[tuple[str, URLPattern, dict]]:
    """(address with samples filled in, pattern, converters) of every route."""
    for entry in patterns:
        address = prefix + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, address)
        else:
            yield address, entry, entry.pattern.converters


def bare(patterns) -> list[str]:
    return [
        f"/{address}: {entry.callback.__module__}.{getattr(entry.callback, '__name__', entry.callback)} says "
        "neither for whom it is (bodies.access.staff) nor why it is open (core.access.public)"
        for address, entry, _ in routes(patterns)
        if not reason_of(entry.callback) and not getattr(entry.callback, "staff_roles", None)
    ]


def test_every_route_says_for_whom_it_is():
    nothing(bare(get_resolver().url_patterns))


def test_no_route_is_both_open_and_for_staff():
    every = routes(get_resolver().url_patterns)
    nothing([a for a, e, _ in every if reason_of(e.callback) and hasattr(e.callback, "staff_roles")])


def test_a_planted_bare_view_is_found():
    def view(request):
        return HttpResponse()

    assert len(bare([path("bare/", view)])) == 1
    assert not bare([path("open/", public("a reason")(lambda request: HttpResponse()))])
    assert not bare([path("closed/", staff()(view))])


def address_of(address: str, converters: dict) -> str:
    for name, converter in converters.items():
        sample = SAMPLES.get(type(converter).__name__, "a")
        for written in (f"<{name}>", *(f"<{kind}:{name}>" for kind in ("uuid", "int", "slug", "str", "path"))):
            address = address.replace(written, sample)
    return f"/{address}"


@pytest.mark.django_db
@override_settings(ALLOWED_HOSTS=["*"])
def test_a_stranger_who_knocks_at_every_closed_door_stays_outside(client):
    opened = []
    for address, entry, converters in routes(get_resolver().url_patterns):
        if reason_of(entry.callback):
            continue
        for method in (client.get, client.post):
            status = method(address_of(address, converters)).status_code
            if status not in {302, 403, 404, 405}:
                opened.append(f"{address}: {status}")
    nothing(opened)
