"""The demonstration's log-ins are none outside a demonstration."""

import pytest

from tongxin.accounts import queries
from tongxin.accounts.models import User


@pytest.mark.django_db
@pytest.mark.parametrize(("demo", "names"), [(True, ["demo-one", "demo-two"]), (False, [])])
def test_only_in_a_demonstration_only_those_that_may_log_in(settings, demo, names):
    settings.DEMO = demo
    for username, is_active in (("demo-two", True), ("demo-one", True), ("demo-gone", False), ("clerk", True)):
        User(username=username, name=username, is_active=is_active).save()
    assert [user.username for user in queries.demo_users()] == names
