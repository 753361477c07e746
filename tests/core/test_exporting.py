import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from tongxin.core import exporting


def test_fifty_go_out_and_of_fifty_one_the_gate_is_asked(rf, monkeypatch):
    asked = []
    monkeypatch.setattr(exporting, "_gate", [])
    exporting.register_gate(lambda request, leaving: asked.append(leaving) or HttpResponse("page"))
    assert exporting.held_back(rf.get("/"), "表", 50) is None and not asked
    assert exporting.held_back(rf.get("/"), "表", 51).content == b"page"
    assert asked == [exporting.Leaving("表", 51)]


def test_without_a_gate_nothing_of_many_goes_out(rf, monkeypatch):
    monkeypatch.setattr(exporting, "_gate", [])
    with pytest.raises(PermissionDenied):
        exporting.held_back(rf.get("/"), "表", 51)
