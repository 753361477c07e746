"""Somebody speaks, somebody else writes it down (J1): both names, twins first, the slip, past the one concerned."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import stage
from tongxin.issues import queries
from tongxin.issues.models import Issue, Route, Voice
from tongxin.issues.queries import receipts

NEW = "/w/say/new/"


@pytest.fixture
def worker(client, here):
    client.force_login(here.users["worker"])
    return client


@pytest.fixture
def words(sheet):
    def fill(**changes):
        return sheet(**{"channel": "door", **changes})

    return fill


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


# --- for whom ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["001", "拐弯处", "苗长有", "苗小满"])
def test_a_household_is_found_by_number_house_name_or_a_member(worker, here, text):
    found = worker.get(NEW, {"find": text}).context["found"]
    assert [line.household for line in found] == [here.households[0]]


def test_a_household_that_is_not_there_or_closed_is_not_found(worker, here):
    for text in ("没有这户", "搬走的"):
        page = worker.get(NEW, {"find": text})
        assert page.context["found"] == [] and "没有这户。在下面写名字也行。" in text_of(page)


def test_who_may_not_read_the_register_writes_a_name(client, here, words):
    client.force_login(here.users["helper"])
    page = client.get(NEW, {"find": "苗", "hh": "001"})
    assert page.context["found"] == [] and page.context["home"] is None and "替哪户说的" not in text_of(page)
    client.post(NEW, words(told_by_name="苗长有", hh="001"))
    issue = Issue.objects.get()
    assert (issue.told_by_name, issue.household, issue.recorded_by) == ("苗长有", None, here.users["helper"])


def test_both_names_are_kept(worker, here, words):
    member = here.persons["苗小满"]
    response = worker.post(NEW, words(hh="001", told_by=str(member.pk), words="院墙要塌了"))
    issue = Issue.objects.get()
    assert response.status_code == 303
    assert (issue.household, issue.told_by, issue.recorded_by) == (here.households[0], member, here.users["worker"])
    assert (issue.channel, issue.group, issue.grid) == ("door", here.groups[0], here.grids[0])
    assert "在家门口说的" in text_of(worker.get(f"/v/say/{issue.number}/"))


def test_the_telephone_of_the_register_is_asked_for_once_only(worker, here, words):
    head = here.persons["苗长有"]
    worker.post(NEW, words(hh="001", told_by=str(head.pk)))
    assert Issue.objects.get().phone == f"1381111{stage.TAIL}"


def test_the_telephone_of_the_register_is_not_taken_for_a_sealed_matter(worker, here, words):
    head = here.persons["苗长有"]
    worker.post(NEW, words(hh="001", told_by=str(head.pk), is_sealed="on"))
    assert Issue.objects.get().phone == ""


def test_somebody_of_another_household_cannot_be_pressed(worker, here, words):
    response = worker.post(NEW, words(hh="002", told_by=str(here.persons["苗长有"].pk)))
    assert response.status_code == 422 and "选这户的人" in text_of(response) and not Issue.objects.exists()


# --- what is wrong ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"words": ""}, "说一句，或者写几个字都行。"),
        ({"category": None}, "还没选"),
        ({"channel": "page"}, "选一下是怎么说的"),
        ({"phone": "1381111222"}, "少 1 位"),
        ({"place": "nonsense"}, "选一个地点"),
        ({"about_post": "nonsense"}, "选"),
    ],
)
def test_a_wrong_sheet_keeps_everything(worker, here, words, changes, said):
    response = worker.post(NEW, words(told_by_name="苗长有", hh="001", **changes))
    page = response.content.decode()
    assert response.status_code == 422 and said in text_of(response)
    assert 'value="苗长有"' in page and 'name="hh" value="001"' in page and not Issue.objects.exists()


def test_a_recording_is_enough(worker, here, words):
    wav = (
        b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00"
    )
    sound = SimpleUploadedFile("voice.wav", wav + b"data\x00\x08\x00\x00" + b"\x80" * 2048, "audio/wav")
    response = worker.post(NEW, words(words="", audio=sound))
    assert response.status_code == 303 and Issue.objects.get().files.count() == 1


def test_pressed_twice_is_one_number(worker, here, words):
    data = words()
    first, second = worker.post(NEW, data), worker.post(NEW, {**data, "anyway": "1"})
    assert first["Location"] == second["Location"] and Issue.objects.count() == 1


def test_the_same_sheet_with_other_words_is_refused(worker, here, words):
    data = words()
    worker.post(NEW, data)
    response = worker.post(NEW, {**data, "words": "别的事", "anyway": "1"})
    assert response.status_code == 409 and Issue.objects.count() == 1


# --- likely twins -----------------------------------------------------------------------------------------------
def test_before_a_new_number_the_likely_twins_are_shown_and_nothing_is_lost(worker, here, words):
    first = stage.told(here, "first", household=here.households[0], place=None, days_ago=1)
    response = worker.post(NEW, words(hh="001", words="还是那个坑"))
    page = response.content.decode()
    assert response.status_code == 200 and Issue.objects.count() == 1
    assert "是不是同一件事？" in page and first.number in page and "还是那个坑" in page


def test_the_same_one_gets_a_voice_and_no_second_number(worker, here, words):
    first = stage.told(here, "first", household=here.households[0], place=None, days_ago=1)
    response = worker.post(NEW, words(hh="001", phone="13822220099", same=first.number), follow=True)
    voice = Voice.objects.get()
    assert (voice.issue, voice.household, voice.recorded_by) == (first, here.households[0], here.users["worker"])
    assert Issue.objects.count() == 1 and first.number in text_of(response).replace(" ", "")


def test_no_a_new_one(worker, here, words):
    stage.told(here, "first", household=here.households[0], place=None, days_ago=1)
    worker.post(NEW, words(hh="001", anyway="1"))
    assert Issue.objects.count() == 2


def test_twins_out_of_sight_show_no_words_and_sealed_ones_nothing(worker, here, words):
    far = {"place": here.places[1]}  # in the next grid
    stage.told(here, "far", words="隔壁网格的原话", **far)
    stage.told(here, "sealed", words="保密的原话", is_sealed=True, **far)
    complaint = stage.told(here, "complaint", about_post=here.posts["secretary"], **far)
    response = worker.post(NEW, words(place=str(here.places[1].pk)))
    text = text_of(response)
    assert [other.issue.number for other in response.context["alike"]] == [here.issues["far"].number]
    assert "隔壁网格的原话" not in text and "保密的原话" not in text
    for number in (complaint.number, here.issues["sealed"].number):
        assert worker.post(NEW, words(place=str(here.places[1].pk), same=number)).status_code == 422
    assert not Voice.objects.exists()


def test_what_was_closed_meanwhile_takes_no_voice(worker, here, words):
    done = stage.solved(here, "done")
    response = worker.post(NEW, words(same=done.number))
    assert response.status_code == 422 and "已经了结了" in text_of(response)


# --- past the one it is about -----------------------------------------------------------------------------------
def test_a_complaint_about_the_one_who_writes_is_saved_past_them_and_they_are_told(worker, here, words):
    post = here.posts["worker"]
    response = worker.post(NEW, words(words="网格员的事", about_post=str(post.pk)), follow=True)
    issue = Issue.objects.get()
    assert (issue.route, issue.about_post, issue.is_sealed) == (Route.SUPERVISORS, post, True)
    text = text_of(response)
    assert "这事说到您的岗位，已直接交给监委会，不经过您。" in text and "看整件事" not in text
    assert worker.get(f"/v/say/{issue.number}/").status_code == 404
    assert queries.orders_for(here.users["supervisor"], here.village.pk).filter(pk=issue.pk).exists()


def test_a_complaint_about_a_supervisor_goes_to_the_township(client, here, words):
    client.force_login(here.users["clerk"])
    response = client.post(NEW, words(about_post=str(here.posts["supervisor"].pk)), follow=True)
    assert "已直接交给镇上" in text_of(response) and Issue.objects.get().route == Route.TOWNSHIP


# --- the number and the slip ------------------------------------------------------------------------------------
def test_the_number_is_read_out_and_the_slip_holds_no_words(worker, here, words):
    done = worker.post(NEW, words(words="院墙要塌了", told_by_name="苗长有", phone="13822220001"), follow=True)
    number = Issue.objects.get().number
    assert number in text_of(done).replace(" ", "") and "村议事会最晚" in text_of(done)
    slip = worker.get(f"/v/say/{number}/slip/")
    text = text_of(slip)
    assert (
        number in text and here.village.phone in text and "前给您头一次回话" in text and "<svg" in slip.content.decode()
    )
    for secret in ("院墙要塌了", "苗长有", "13822220001"):
        assert secret not in text


def test_a_sealed_one_without_a_telephone_gets_its_code_once(worker, here, words):
    done = worker.post(NEW, words(is_sealed="on"), follow=True)
    issue = Issue.objects.get()
    code = done.context["receipt"]
    assert receipts.by_receipt(here.village.pk, receipts.tidy(code)) == issue
    assert code in text_of(worker.get(f"/v/say/{issue.number}/slip/"))
    worker.cookies.pop("told")
    assert worker.get(f"/v/say/{issue.number}/slip/").context["receipt"] == ""


def test_somebody_elses_slip_is_for_whoever_sees_the_matter(client, here):
    issue = stage.told(here, "m", by="worker2", place=None, grid=here.grids[1])
    for who, status in (("clerk", 200), ("worker2", 200), ("worker", 404), ("helper", 404)):
        client.force_login(here.users[who])
        assert client.get(f"/v/say/{issue.number}/slip/").status_code == status, who


def test_words_of_danger_are_shown_before_anything_is_pressed_again(worker, here, words):
    response = worker.post(NEW, words(words="有人触电了", category=None))
    assert "有人打 119、120、110 了吗？" in text_of(response)
