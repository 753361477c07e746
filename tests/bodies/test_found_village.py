"""A village from the command line: whoever is named can log in and enter the rest; a mistake leaves nothing behind."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tongxin.accounts.models import User
from tongxin.bodies import access
from tongxin.territory import queries, scope
from tongxin.territory.models import Village

CHAIN = ["62:甘肃省", "6211:定西市", "621122:陇西县", "621122105:通安驿镇", "621122105204:通安驿村"]


@pytest.fixture(autouse=True)
def forgotten(db):
    queries.forget_villages()
    yield
    queries.forget_villages()


def run(**changed) -> str:
    given = {
        "slug": "tonganyi",
        "phone": "0932-6000099",
        "chain": CHAIN,
        "clerk_name": "文书甲",
        "clerk_login": "Wenshu",
    }
    out = StringIO()
    call_command("found_village", stdout=out, skip_checks=True, **{**given, **changed})
    return out.getvalue()


def test_the_clerk_sets_a_password_with_what_is_printed_and_may_enter_the_rest(client):
    said = run()
    code, new = re.search(r"wenshu / (\S{19})", said).group(1), "poplars-by-the-river-nine"
    assert not client.login(username="wenshu", password=code)
    typed = {"username": "Wenshu", "code": code, "new": new, "again": new}
    assert client.post("/login/invited/", typed).status_code == 303
    assert client.login(username="wenshu", password=new)
    village = Village.objects.get(slug="tonganyi")
    assert (village.name, village.division.code, village.is_demo) == ("通安驿村", "621122105204", False)
    with scope.village(village.pk):
        assert access.can_keep_bodies(User.objects.get(username="wenshu"), village.pk)
    shown = client.get("/v/bodies/").content.decode()
    assert "村民委员会" in shown and "文书甲" in shown


def test_two_codes_are_never_the_same():
    first = run()
    second = run(slug="other", clerk_login="other", chain=[*CHAIN[:4], "621122105205:何家村"])
    assert first.split(" / ")[1] != second.split(" / ")[1]


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        ({"slug": "Tong Anyi"}, "--slug"),
        ({"chain": [*CHAIN[:4], "631122105204:别处"]}, "五级"),
        ({"chain": [*CHAIN[:4], "621122105204"]}, "CODE:NAME"),
        ({"clerk_login": " "}, "登录名"),
        ({"clerk_name": " "}, "姓名"),
    ],
)
def test_a_mistake_is_said_and_leaves_nothing(changed, because):
    with pytest.raises(CommandError, match=because):
        run(**changed)
    assert not Village.objects.exists() and not User.objects.exists()


def test_the_same_village_twice_is_refused():
    run()
    with pytest.raises(CommandError, match="already"):
        run(clerk_login="second")
    with pytest.raises(CommandError):
        run(slug="again", clerk_login="second")  # the same division
    assert Village.objects.count() == 1
