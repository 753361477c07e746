"""Every route has its line in `tongxin/matrix.toml`, and every line its route; a route without one is closed to all.

`GateMiddleware` reads the same lines; that they hold for each address and for everybody is walked in
`tests/reliability/test_matrix.py`.
"""

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import override_settings
from django.urls import get_resolver, include, path
from django.views.decorators.http import require_POST, require_safe

from tongxin.bodies.roles import Role
from tongxin.core import matrix
from tongxin.core.once import once, repeats

from .tree import nothing, verbs

# What a converter would take, to knock at a door that asks for something.
SAMPLES = {
    "UUIDConverter": "018f0000-0000-7000-8000-000000000000",
    "IntConverter": "1",
    "SlugConverter": "a",
    "StringConverter": "a",
    "PathConverter": "a",
}
ROLES = {*Role.values, matrix.EVERYBODY, matrix.STRANGER}


def view(request, **kwargs):
    return HttpResponse()


def faults(*patterns) -> list[str]:
    return matrix.faults(matrix.whole(), [*matrix.routes(), *matrix.routes(patterns)], ROLES)


def test_routes_and_matrix_agree():
    nothing(faults())


def test_the_drawing_is_fresh():
    stale = []
    try:
        call_command("draw_access", "--check")
    except CommandError as error:
        stale = [str(error)]
    nothing(stale)


def test_no_back_door_of_the_framework_is_routed():
    """Django's admin knows neither posts nor villages (T03)."""
    names = {name for name, _entry in matrix.routes()}
    nothing([name for name in sorted(names) if name.startswith(("admin:", "debug", "silk"))])


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        (path("bare/", view, name="bare"), "under [door.]: bare = "),
        (path("in/", include(([path("bare/", view, name="bare")], "odd"))), "odd:bare stands in no line"),
        (path("nameless/", view), "needs a name"),
    ],
)
def test_a_planted_route_is_found(planted, said):
    [fault] = faults(planted)
    assert said in fault


def test_a_line_without_its_route_and_a_role_that_is_none_are_found():
    lines = '[door.odd]\ngone = { does = "a", GET = ["clerk", "emperor"] }'
    found = matrix.faults(matrix.parse(lines), [], ROLES)
    assert len(found) == 2 and "odd:gone stands in" in found[0] and "“emperor” is neither" in found[1]


def test_an_address_that_names_something_says_what():
    lines = '[door.odd]\none = { does = "a", GET = ["clerk"] }'
    entry = path("<uuid:pk>/", view, name="one")
    [fault] = matrix.faults(matrix.parse(lines), [("odd:one", entry)], ROLES)
    assert "of = …" in fault


def unsaid(*patterns) -> list[str]:
    """Views that take a POST and neither are done once a key nor say why they may be repeated (R6)."""
    return [
        f"{name} takes a POST and says neither @once nor why it may be repeated, @repeats(reason) (core.once)"
        for name, entry in (matrix.routes(patterns) if patterns else matrix.routes())
        if "POST" in verbs(entry.callback)
        and bool(getattr(entry.callback, "pressed_once", False)) == bool(getattr(entry.callback, "repeats_because", ""))
    ]


def test_every_view_that_takes_a_post_is_done_once_or_says_why_it_may_be_repeated():
    nothing(unsaid())


def test_a_planted_unguarded_view_is_found():
    assert len(unsaid(path("any/", view), path("post/", require_POST(view)))) == 2
    assert len(unsaid(path("both/", repeats("a reason")(once(view))))) == 1
    assert not unsaid(path("a/", require_POST(once(view))), path("b/", repeats("a reason")(require_POST(view))))
    assert not unsaid(path("c/", require_safe(view)))


def address_of(address: str, converters: dict) -> str:
    for name, converter in converters.items():
        sample = SAMPLES.get(type(converter).__name__, "a")
        for written in (f"<{name}>", *(f"<{kind}:{name}>" for kind in ("uuid", "int", "slug", "str", "path"))):
            address = address.replace(written, sample)
    return f"/{address}"


@pytest.mark.django_db
@override_settings(ALLOWED_HOSTS=["*"])
def test_a_stranger_who_knocks_at_every_closed_door_is_asked_to_log_in(client):
    opened = []
    for name, entry in matrix.routes(get_resolver().url_patterns):
        if matrix.whole().doors[name].audience == "open":
            continue
        address = address_of(str(entry.pattern), entry.pattern.converters)
        for method in (client.get, client.post):
            answer = method(address)
            if answer.status_code != 302 or not answer["Location"].startswith("/login/?next="):
                opened.append(f"{address}: {answer.status_code}")
    nothing(opened)
