"""What every page may use."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from tongxin.core import clock, context
from tongxin.core.middleware import Display


def village(**fields):
    return SimpleNamespace(**{"phone": "0932-662 0000", "zone": "Asia/Shanghai", "is_demo": False, **fields})


def test_a_page_knows_village_telephone_and_display_without_a_query(rf):
    request = rf.get("/")
    request.village, request.display, request.csp_nonce, request.id = village(), Display(3), "n0nce", "0a1b2c3d"
    seen = context.page(request)
    assert seen["phone"] == "0932-662 0000"
    assert seen["display"] == Display(3)
    assert (seen["nonce"], seen["request_id"], seen["demo"]) == ("n0nce", "0a1b2c3d", False)


def test_a_bare_request_breaks_nothing(rf):
    """An error page may be drawn before any middleware has run."""
    seen = context.page(rf.get("/"))
    assert (seen["village"], seen["phone"], seen["display"]) == (None, "", Display())


@pytest.mark.parametrize(("whole", "here"), [(True, False), (False, True)])
def test_invented_data_is_marked(rf, settings, whole, here):
    settings.DEMO = whole
    request = rf.get("/")
    request.village = village(is_demo=here)
    assert context.page(request)["demo"] is True


def test_today_is_the_villages_today(rf):
    request = rf.get("/")
    request.village = village(zone="Pacific/Honolulu")
    with clock.stopped_at(datetime(2023, 6, 30, 17, 0, tzinfo=UTC)):
        assert context.page(request)["today"] == date(2023, 6, 30)
        assert context.page(rf.get("/"))["today"] == date(2023, 7, 1)
