"""What is unsafe about log-ins is refused at start-up, with the mend."""

from datetime import timedelta

import pytest

from tongxin.accounts import checks


def said(settings, **values) -> list[str]:
    for name, value in values.items():
        setattr(settings, name, value)
    return [message.id for message in checks.logins(None)]


def test_the_defaults_are_safe(settings):
    assert said(settings) == []


@pytest.mark.parametrize(("demo", "ids"), [(False, ["tongxin.E050"]), (True, [])])
def test_one_password_for_all_is_for_a_demonstration_only(settings, demo, ids):
    assert said(settings, ONE_PASSWORD=True, DEMO=demo) == ids


@pytest.mark.parametrize(
    ("values", "ids"),
    [
        ({"FACTOR_GRACE": timedelta(days=31)}, ["tongxin.E051"]),
        ({"FACTOR_GRACE": timedelta(0)}, []),
        ({"STAFF_IDLE": timedelta(hours=3)}, ["tongxin.E052"]),
        ({"STAFF_IDLE": timedelta(0)}, ["tongxin.E052"]),
        ({"HTTPS": True, "PROXY_DEPTH": 0}, ["tongxin.W050"]),
        ({"HTTPS": True, "PROXY_DEPTH": 1}, []),
    ],
)
def test_each_unsafe_setting_is_named(settings, values, ids):
    assert said(settings, **values) == ids


def test_a_server_outside_a_demonstration_refuses_to_start_with_it(settings):
    from tongxin.core.checks import Unsafe, refuse_unsafe

    settings.ONE_PASSWORD, settings.DEMO = True, False
    with pytest.raises(Unsafe, match="TONGXIN_ONE_PASSWORD"):
        refuse_unsafe()
