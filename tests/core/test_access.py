"""A view is open only when it says why."""

import functools
from uuid import uuid4

import pytest

from tongxin.core import access


def view(request):
    return request


def test_a_view_is_closed_until_it_gives_a_reason():
    def fresh(request):
        return request

    assert not access.is_public(fresh)
    assert access.is_public(access.public("everybody reads it")(fresh))
    assert access.reason_of(fresh) == "everybody reads it"


@pytest.mark.parametrize("reason", ["", "  "])
def test_without_a_reason_nothing_is_opened(reason):
    with pytest.raises(ValueError):
        access.public(reason)


def test_the_mark_shows_through_decorators():
    @functools.wraps(view)
    def inner(request):
        return view(request)

    opened = access.public("a reason")(inner)

    @functools.wraps(opened)
    def outer(request):
        return opened(request)

    assert access.reason_of(outer) == "a reason"
    assert not access.is_public(view)


def test_staff_pages_name_their_roles_or_take_any_post():
    def some(request):
        return request

    def plain(request):
        return request

    assert access.roles_of(access.staff("secretary")(some)) == {"secretary"}
    assert access.roles_of(access.staff()(plain)) == access.ANY_POST
    assert access.roles_of(view) == access.ANY_POST


def test_as_long_as_nobody_can_say_who_holds_what_nobody_holds_anything(monkeypatch):
    village, grid = uuid4(), uuid4()
    monkeypatch.setattr(access, "_provider", [])
    monkeypatch.setattr(access, "_grid_provider", [])
    assert not access.holds("zhang", village, "secretary")
    assert not access.holds_grid("zhang", village, grid)
    access.register_provider(lambda by, where, roles: by == "zhang" and where == village and "secretary" in roles)
    access.register_grid_provider(lambda by, where, which: (by, where, which) == ("zhang", village, grid))
    assert access.holds("zhang", village, "secretary", "director")
    assert not access.holds("li", village, "secretary")
    assert not access.holds("zhang", uuid4(), "secretary")
    assert access.holds_grid("zhang", village, grid)
    assert not access.holds_grid("zhang", village, uuid4())
