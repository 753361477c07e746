"""What is passed on of a sealed matter: written for whoever gets it, without the teller in it (R26)."""

import pytest

from tests.factories import stage
from tests.issues.test_contacts import text_of, whole
from tongxin.core.errors import DomainError
from tongxin.issues import access, actions, queries
from tongxin.issues.models import IssueFile
from tongxin.people.models import Household

WORDS = "我是苗长有，我家墙要塌了，打 13811110471"


@pytest.fixture
def sealed(here):
    said = {"told_by": here.persons["苗长有"], "household": here.households[0], "phone": "13811110471"}
    return stage.told(here, "s", is_sealed=True, words=WORDS, photos=[stage.photo()], sound=stage.memo(), **said)


def pass_on(here, issue, note, title=""):
    return actions.dispatch(issue, by=here.users["clerk"], post=here.posts["worker"], note=note, title=title)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("三组有面墙要塌，去看看", []),
        ("苗长有说墙要塌", ["苗长有", "长有"]),
        ("长有家的墙", ["长有"]),
        ("打 13811110471", ["13811110471", "0471"]),
        ("尾号 0471", ["0471"]),
        ("拐弯处那家", ["拐弯处"]),
        ("小满在家", ["小满"]),
    ],
)
def test_what_tells_who_told_it_is_found(here, sealed, text, found):
    assert sorted(queries.betrays(sealed, text)) == sorted(found)


def test_without_an_envelope_only_numbers_are_found(here):
    bare = stage.told(here, "bare", is_sealed=True, phone="")
    assert queries.betrays(bare, "苗长有 13811110471") == ["13811110471"]


@pytest.mark.parametrize(("note", "title"), [("", ""), ("苗长有家的墙", ""), ("看看墙", "拐弯处的墙")])
def test_nothing_goes_on_unwritten_or_with_the_teller_in_it(here, sealed, note, title):
    with pytest.raises(DomainError):
        pass_on(here, sealed, note, title)
    assert here.fresh("s").status == "told"


def test_the_next_desk_reads_what_was_written_for_it_and_nothing_else(client, here, sealed):
    pass_on(here, sealed, "三组有面墙要塌，去看看")
    for who, address in (
        ("worker", "/w/{}/"),
        ("worker", "/v/say/{}/"),
        ("committee", "/v/say/{}/"),
        ("supervisor", "/v/say/{}/"),
    ):
        client.force_login(here.users[who])
        page = client.get(address.format(sealed.number))
        text = text_of(page)
        assert page.status_code == 200 and "三组有面墙要塌" in text
        assert "我家墙" not in text and "苗长有" not in text and "/f/" not in page.content.decode(), who
    client.force_login(here.users["clerk"])
    assert "我家墙要塌了" in text_of(whole(client, sealed))


def test_photos_and_voice_of_a_sealed_one_are_for_whoever_reads_the_record(client, here, sealed):
    pass_on(here, sealed, "三组有面墙要塌，去看看")
    photo, memo = (IssueFile.objects.get(kind=kind) for kind in ("photo", "sound"))
    for who, status in (("clerk", 200), ("worker", 404), ("committee", 404), ("supervisor", 404)):
        client.force_login(here.users[who])
        assert client.get(f"/f/{photo.pk}/large/").status_code == status, who
        assert client.get(f"/f/{memo.pk}/sound/").status_code == status, who


def test_no_list_and_no_search_tells_what_was_said(client, here, sealed):
    for who in ("clerk", "committee"):
        client.force_login(here.users[who])
        page = text_of(client.get("/v/say/", {"status": "all", "whole": "1"}))
        assert sealed.number in page and "我家墙" not in page and "保密" in page
        assert sealed.number not in text_of(client.get("/v/say/", {"q": "墙要塌", "whole": "1"}))


def test_who_reads_the_record(here, sealed):
    assert [who for who, user in here.users.items() if access.can_read_record(user, sealed)] == [
        "secretary", "clerk", "council",
    ]  # fmt: skip
    complaint = stage.told(here, "c", about_post=here.posts["secretary"])
    assert [who for who, user in here.users.items() if access.can_read_record(user, complaint)] == ["supervisor"]


def test_who_moves_away_is_no_household_word_any_more(here, sealed):
    Household.objects.filter(pk=here.households[0].pk).update(house_name="")
    assert queries.betrays(sealed, "拐弯处") == []
