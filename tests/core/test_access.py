"""The floors below `bodies` ask who holds what, and are answered by whoever was registered."""

from uuid import uuid4

from tongxin.core import access


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
