"""The register's pages: what they show, to whom, and what wrong input gets."""

import pytest
from django.urls import reverse

from tongxin.audit.models import AuditEntry
from tongxin.core import clock, crypto, guessing
from tongxin.people import queries
from tongxin.people.models import CardToken, Household, HouseholdPin, Membership, Person


def new_form(stage, **changes):
    blank = {f"row-{i}-{f}": "" for i in range(6) for f in ("name", "birth_year")}
    blank |= {f"row-{i}-relation": "20" for i in range(6)} | {f"row-{i}-sex": "0" for i in range(6)}
    blank |= {f"row-{i}-residence": "registered" for i in range(6)}
    return {
        "group": stage.groups[0].pk,
        "grid": stage.grids[0].pk,
        "house_name": "梨园",
        "opened_on": "2020-05-01",
        "head-name": "田大柱",
        "head-relation": "02",
        "head-sex": "1",
        "head-residence": "registered",
        "head-birth_year": "1970",
        "head-phone": "",
        "row-TOTAL_FORMS": "6",
        "row-INITIAL_FORMS": "0",
        **blank,
        **changes,
    }


def test_the_roll_is_searched_printed_and_exported(stage, as_user):
    clerk = as_user("clerk")
    assert "苗长有" in clerk.get(reverse("people:households")).content.decode()
    assert "苗长有" not in clerk.get(reverse("people:households"), {"q": "乔"}).content.decode()
    assert "没有这户" in clerk.get(reverse("people:households"), {"q": "无此人"}).content.decode()
    printed = clerk.get(reverse("people:households"), {"as": "print"}).content.decode()
    assert "苗长有" in printed and "审核人" in printed
    table = clerk.get(reverse("people:households"), {"as": "xlsx"})
    assert table.content[:2] == b"PK" and "attachment" in table["Content-Disposition"]


def test_a_first_visit_by_form(stage, as_user):
    answer = as_user("clerk").post(
        reverse("people:household_new"), new_form(stage, **{"row-0-name": "田小柱", "row-0-birth_year": "1995"})
    )
    home = Household.objects.get(house_name="梨园")
    assert answer.status_code == 303 and answer["Location"].endswith(f"{home.pk}/")
    assert Membership.objects.filter(household=home).count() == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"head-name": ""}, "写上姓名。"),
        ({"head-birth_year": "2150"}, "那一年还没到。"),
        ({"head-birth_year": "1850"}, "再看看。"),
        ({"head-birth_year": "2020"}, "户主要满 16 岁，换一位。"),
        ({"head-phone": "1300000000"}, "手机号是 11 位，再看看。"),
        ({"opened_on": "2150-01-01"}, "还没到。"),
        ({"opened_on": "哪天"}, "这不是日子。"),
    ],
)
def test_wrong_input_is_said_in_words_and_nothing_typed_is_lost(stage, as_user, change, sentence):
    answer = as_user("clerk").post(reverse("people:household_new"), new_form(stage, **change))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert "梨园" in text
    assert not Household.objects.filter(house_name="梨园").exists()


def test_more_rows_keep_what_was_typed(stage, as_user):
    answer = as_user("clerk").post(reverse("people:household_new"), new_form(stage, more="1"))
    assert answer.status_code == 200
    assert "田大柱" in answer.content.decode() and "row-9-name" in answer.content.decode()


def test_the_household_shows_who_belongs_to_it_and_hides_telephones_from_lookers_on(stage, as_user):
    home = stage.households[0]
    asked = as_user("clerk").get(reverse("people:household", args=[home.pk])).content.decode()
    assert "138****0471" in asked and "13811110471" not in asked
    seen = as_user("supervisor").get(reverse("people:household", args=[home.pk])).content.decode()
    assert "苗长有" in seen and "13811110471" not in seen and "销户" not in seen.split("<main")[1].split("card")[0]


def reveal(client, home, why="call"):
    return client.post(reverse("people:household_reveal", args=[home.pk]), {"why": why})


def test_telephones_are_opened_by_keepers_with_a_reason_and_that_is_on_record(stage, as_user):
    home = stage.households[0]
    assert "13811110471" in reveal(as_user("clerk"), home).content.decode()
    [row] = AuditEntry.objects.filter(is_reading=True)
    assert (row.act, row.actor_id, row.subject_id, row.why) == (
        "people.reveal", stage.users["clerk"].pk, home.pk, "call",
    )  # fmt: skip
    page = reveal(as_user("clerk"), home, "")
    assert page.status_code == 400 and "13811110471" not in page.content.decode()
    assert reveal(as_user("worker"), home).status_code == 200
    assert reveal(as_user("worker2"), home).status_code == 403
    assert reveal(as_user("supervisor"), home).status_code == 403
    assert AuditEntry.objects.filter(is_reading=True).count() == 2


def test_a_telephone_that_nobody_can_read_is_a_dash_and_a_sentence(stage, as_user):
    home, head = stage.households[0], stage.members[0]
    Person.objects.filter(pk=head.person_id).update(phone=crypto.Sealed("x2:2026-06-15"))
    for page in (as_user("clerk").get(reverse("people:household", args=[home.pk])), reveal(as_user("clerk"), home)):
        assert page.status_code == 200 and "—" in page.content.decode() and "2026-06-15" in page.content.decode()
    form = as_user("clerk").get(reverse("people:person_edit", args=[head.pk]))
    assert form.status_code == 200 and "2026-06-15" in form.content.decode()


def test_changing_what_is_known_neither_shows_nor_loses_the_telephone(stage, as_user):
    membership = Membership.objects.get(person=stage.persons["苗长有"], to_on=None)
    address, clerk = reverse("people:person_edit", args=[membership.pk]), as_user("clerk")
    page = clerk.get(address).content.decode()
    assert "13811110471" not in page and "138****0471" in page

    def phone():
        return Person.objects.get(pk=membership.person_id).phone

    assert clerk.post(address, {**shown(clerk, address), "name": "苗常有"}).status_code == 303
    assert phone() == "13811110471"
    assert clerk.post(address, {**shown(clerk, address), "phone": "13800000009"}).status_code == 303
    assert phone() == "13800000009"
    assert clerk.post(address, {**shown(clerk, address), "no_phone": "on"}).status_code == 303
    assert phone() == ""
    assert "no_phone" not in clerk.get(address).content.decode()


def test_a_grid_worker_keeps_the_own_grid_and_only_reads_the_other(stage, as_user):
    worker = as_user("worker")
    assert worker.get(reverse("people:household_edit", args=[stage.households[0].pk])).status_code == 200
    assert worker.get(reverse("people:household_edit", args=[stage.households[1].pk])).status_code == 403
    assert worker.get(reverse("people:household", args=[stage.households[1].pk])).status_code == 200


def shown(client, address: str) -> dict[str, str]:
    """What the form on a page would send if nothing were touched."""
    form = client.get(address).context["form"]
    return {bound.html_name: bound.value() if bound.value() is not None else "" for bound in form if bound.value()}


def test_a_stale_page_is_answered_with_both_values_and_the_second_press_is_a_choice(stage, as_user):
    membership = Membership.objects.get(person=stage.persons["苗小满"], to_on=None)
    address = reverse("people:person_edit", args=[membership.pk])
    clerk = as_user("clerk")
    first = shown(clerk, address)
    assert clerk.post(address, {**first, "name": "苗小曼"}).status_code == 303
    second = clerk.post(address, {**first, "name": "苗晓满"})
    text = second.content.decode()
    assert second.status_code == 409
    assert "<dd>苗小曼</dd>" in text and 'value="苗晓满"' in text
    kept = {**first, "name": "苗晓满", "seen": second.context["form"]["seen"].value()}
    assert clerk.post(address, kept).status_code == 303
    assert Person.objects.get(pk=membership.person_id).name == "苗晓满"


def test_a_stale_household_is_answered_with_both_values_too(stage, as_user):
    address = reverse("people:household_edit", args=[stage.households[0].pk])
    clerk = as_user("clerk")
    first = shown(clerk, address)
    assert clerk.post(address, {**first, "house_name": "东头"}).status_code == 303
    second = clerk.post(address, {**first, "house_name": "西头"})
    assert second.status_code == 409
    assert "<dd>东头</dd>" in second.content.decode() and 'value="西头"' in second.content.decode()
    assert Household.objects.get(pk=stage.households[0].pk).house_name == "东头"


def test_away_and_back_is_entered_and_told_in_the_history(stage, as_user):
    membership = Membership.objects.get(person=stage.persons["苗小满"], to_on=None)
    address = reverse("people:person_edit", args=[membership.pk])
    clerk = as_user("clerk")
    assert clerk.post(address, {**shown(clerk, address), "is_away": "on"}).status_code == 303
    assert Membership.objects.get(pk=membership.pk).is_away
    page = clerk.get(reverse("people:household", args=[membership.household_id])).content.decode()
    assert "<del>在家</del> → <b>在外</b>" in page


# --- somebody whom the register knows ----------------------------------------------------------------------------
def test_a_known_name_in_another_household_is_asked_about_and_never_doubled(stage, as_user):
    clerk = as_user("clerk")
    known = stage.persons["苗小满"]
    given = new_form(stage, **{"row-0-name": "苗 小满", "row-0-birth_year": "1971"})
    asked = clerk.post(reverse("people:household_new"), given)
    text = asked.content.decode()
    assert asked.status_code == 422
    assert "是同一个人吗" in text and "移到这户" in text and "001" in text and "梨园" in text
    assert Person.objects.filter(name="苗小满").count() == 1
    moved = clerk.post(reverse("people:household_new"), {**given, "row-0-who": known.pk, "opened_on": clock.today()})
    assert moved.status_code == 303
    rows = Membership.objects.filter(person=known).order_by("from_on", "id")
    assert [row.to_on for row in rows] == [clock.today(), None]
    assert rows[1].household.house_name == "梨园"
    assert Person.objects.filter(name="苗小满").count() == 1


def test_somebody_else_of_the_same_name_is_entered_when_that_is_said(stage, as_user):
    clerk = as_user("clerk")
    address = reverse("people:member_new", args=[stage.households[1].pk])
    given = {
        "name": "苗小满",
        "relation": "30",
        "sex": "2",
        "birth_year": "",
        "residence": "registered",
        "from_on": "2021-01-01",
    }
    assert clerk.post(address, given).status_code == 422
    assert clerk.post(address, {**given, "who": "somebody"}).status_code == 422
    assert Person.objects.filter(name="苗小满").count() == 1
    assert clerk.post(address, {**given, "who": "other"}).status_code == 303
    assert Person.objects.filter(name="苗小满").count() == 2


def test_another_year_of_birth_is_another_person_without_asking(stage, as_user):
    address = reverse("people:member_new", args=[stage.households[1].pk])
    given = {"name": "苗小满", "relation": "30", "sex": "2", "birth_year": "1999", "residence": "registered"}
    assert as_user("clerk").post(address, {**given, "from_on": "2021-01-01"}).status_code == 303


def test_who_comes_back_is_the_person_they_were(stage, as_user):
    known = stage.persons["苗小满"]
    clerk = as_user("clerk")
    row = Membership.objects.get(person=known, to_on=None)
    clerk.post(reverse("people:member_leave", args=[row.pk]), {"on": "2021-03-01", "because": "进城"})
    address = reverse("people:member_new", args=[row.household_id])
    given = {"name": "苗小满", "relation": "20", "sex": "2", "birth_year": "1971", "residence": "registered"}
    asked = clerk.post(address, {**given, "from_on": "2022-01-01"})
    assert "现在不在哪一户" in asked.content.decode()
    assert clerk.post(address, {**given, "from_on": "2022-01-01", "who": known.pk}).status_code == 303
    assert Membership.objects.get(person=known, to_on=None).from_on.isoformat() == "2022-01-01"


def test_another_head_by_form_and_a_dead_head_is_followed_by_one_who_can(stage, as_user):
    home = stage.households[0]
    clerk = as_user("clerk")
    address = reverse("people:household_head", args=[home.pk])
    heir = Membership.objects.get(person=stage.persons["苗小满"], to_on=None)
    assert clerk.post(address, {}).status_code == 422
    assert clerk.post(address, {"member": heir.pk, "former": "50"}).status_code == 303
    rows = dict(Membership.objects.filter(household=home, to_on=None).values_list("person__name", "relation"))
    assert (rows["苗小满"], rows["苗长有"]) == ("02", "50")
    clerk.post(reverse("people:person_death", args=[heir.pk]), {"on": clock.today()})
    page = clerk.get(reverse("people:household", args=[home.pk])).content.decode()
    assert "没有户主" in page and address in page
    assert clerk.get(address).status_code == 200
    old = Membership.objects.get(person=stage.persons["苗长有"], to_on=None)
    assert clerk.post(address, {"member": heir.pk}).status_code == 422  # who has died is not offered
    assert clerk.post(address, {"member": old.pk}).status_code == 303


def test_a_slip_in_a_row_is_said_at_that_row_and_not_at_the_head(stage, as_user):
    given = new_form(stage, **{"row-1-name": "田小柱", "row-1-birth_year": "2150"})
    answer = as_user("clerk").post(reverse("people:household_new"), given)
    assert answer.status_code == 422
    assert answer.context["rows"].forms[1].errors["birth_year"] == ["那一年还没到。"]
    assert not answer.context["head"].errors
    assert 'href="#id_row-1-birth_year"' in answer.content.decode()


def test_a_card_is_printed_without_names_and_the_lost_one_is_replaced(stage, as_user):
    clerk = as_user("clerk")
    printed = clerk.post(reverse("people:cards_print"), {"household": "001"}).content.decode()
    assert "<svg" in printed and "苗长有" not in printed and "丢了就换" in printed
    card = stage.cards[0]
    clerk.post(reverse("people:card_revoke", args=[card.pk]), {"reason": "丢了", "replace": "1"})
    assert CardToken.objects.get(pk=card.pk).revoked_on == clock.today()
    assert CardToken.objects.filter(household=stage.households[0], revoked_on=None).count() == 1


@pytest.mark.parametrize(
    ("asked", "cards"),
    [({"household": "001, 002"}, 2), ({"grid": "1"}, 1), ({"group": "2"}, 1), ({"household": "999"}, 0), ({}, 0)],
)
def test_cards_by_numbers_by_grid_or_by_group(stage, as_user, asked, cards):
    page = as_user("clerk").post(reverse("people:cards_print"), asked).content.decode()
    assert page.count('<article class="a6">') == cards
    assert "苗长有" not in page and "13811110471" not in page


def test_a_grid_worker_prints_cards_of_the_own_grid_only(stage, as_user):
    page = as_user("worker").post(reverse("people:cards_print"), {"household": "001 002"}).content.decode()
    assert page.count('<article class="a6">') == 1
    text = as_user("worker").get(reverse("people:cards")).content.decode()
    assert stage.grids[0].name in text and stage.grids[1].name not in text


def test_other_posts_are_told_no_and_other_villages_nothing(stage, as_user, client):
    assert client.get(reverse("people:households")).status_code == 302
    assert as_user("helper").get(reverse("people:households")).status_code == 403
    assert as_user("former").get(reverse("people:households")).status_code == 404


def test_the_search_box_takes_a_household_to_the_roll(stage, as_user):
    answer = as_user("clerk").get(reverse("people:search"), {"q": "苗"})
    assert answer.status_code == 302 and "/v/hh/?q=" in answer["Location"]


def test_a_household_whose_card_works_is_not_offered_a_second_one(stage, as_user):
    household = stage.households[0]
    make = reverse("people:card_issue", args=[household.pk])
    page = reverse("people:household", args=[household.pk])
    assert make not in as_user("clerk").get(page).content.decode()
    CardToken.objects.filter(household=household).update(revoked_on=clock.today(), reason="丢了")
    assert make in as_user("clerk").get(page).content.decode()


# --- the card's lock and the household's PIN -----------------------------------------------------------------------
def test_the_desk_sets_a_pin_that_nobody_reads_and_clears_it_for_whoever_was_seen(stage, as_user):
    home, clerk = stage.households[0], as_user("clerk")
    page, to = reverse("people:household", args=[home.pk]), reverse("people:household_pin", args=[home.pk])
    assert "还没定" in clerk.get(page).content.decode()
    assert clerk.post(to, {"pin": "123456", "again": "123456"}).status_code == 422
    assert clerk.post(to, {"pin": "738205", "again": "738205"}).status_code == 303
    assert clerk.post(to, {"pin": "914827", "again": "914827"}).status_code == 409
    text = clerk.get(page).content.decode()
    assert "谁也看不到" in text and "738205" not in text and "定了户卡密码" in text
    clear = reverse("people:household_pin_clear", args=[home.pk])
    assert "写一下怎么认定是本人。" in clerk.post(clear, {"because": " "}, follow=True).content.decode()
    assert HouseholdPin.objects.filter(household=home).exists()
    assert "清掉了户卡密码：认得本人" in clerk.post(clear, {"because": "认得本人"}, follow=True).content.decode()
    assert not HouseholdPin.objects.filter(household=home).exists()
    assert "还没有密码。" in clerk.post(clear, {"because": "认得本人"}, follow=True).content.decode()


def test_a_shut_card_is_seen_at_the_desk_and_opened_with_a_word_on_how(stage, as_user, rf):
    home, card, clerk = stage.households[0], stage.cards[0], as_user("clerk")
    page, to = reverse("people:household", args=[home.pk]), reverse("people:card_unlock", args=[card.pk])
    assert "锁住了" not in clerk.get(page).content.decode()
    assert "这张卡没有锁。" in clerk.post(to, {"seen": "认得本人"}, follow=True).content.decode()
    for _turn in range(guessing.MOST):
        guessing._count(queries.door(rf.get("/"), card).lock)
    assert "错了二十次，锁住了" in clerk.get(page).content.decode()
    clerk.post(to, {"seen": ""})
    assert queries.shut([card])
    text = clerk.post(to, {"seen": "看了身份证"}, follow=True).content.decode()
    assert "给户卡开了锁：看了身份证" in text and "错了二十次，锁住了" not in text


@pytest.mark.parametrize("route", ["household_pin", "household_pin_clear"])
def test_who_does_not_keep_a_household_has_nothing_to_do_with_its_pin(stage, as_user, route):
    to = reverse(f"people:{route}", args=[stage.households[1].pk])
    typed = {"pin": "738205", "again": "738205", "because": "认得本人"}
    assert as_user("worker").post(to, typed).status_code == 403
    assert as_user("supervisor").post(to, typed).status_code == 403
    assert not HouseholdPin.objects.exists()
