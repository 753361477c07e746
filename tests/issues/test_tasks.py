"""Whoever has it in hand: the list, one task on a phone, the answer with photos, 'I cannot do this'."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.factories import stage
from tongxin.casework.actors import Teller
from tongxin.core import clock
from tongxin.issues import actions, queries
from tongxin.issues.models import Issue, IssueFile, Status


@pytest.fixture
def worker(client, here):
    client.force_login(here.users["worker"])
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def numbers(tasks) -> list[str]:
    return [task.issue.number for task in tasks]


def photo(name="photo.jpg"):
    return SimpleUploadedFile(name, stage.jpeg(), "image/jpeg")


def test_nothing_in_hand_says_so(worker, here):
    assert "手上没有要办的事。" in text_of(worker.get("/w/"))


def test_the_list_is_mine_by_due_day_then_what_waits_and_what_lies_around(worker, here):
    ground = {"place": None, "grid": here.grids[0]}
    later, sooner = stage.given(here, "later", **ground), stage.given(here, "sooner", **ground)
    Issue.objects.filter(pk=later.pk).update(due_on=clock.today() + timedelta(days=9))
    Issue.objects.filter(pk=sooner.pk).update(due_on=clock.today() - timedelta(days=1))
    answered, around = stage.answered(here, "answered", **ground), stage.told(here, "around", **ground)
    stage.told(here, "sealed", is_sealed=True, **ground)
    stage.told(here, "elsewhere", place=None, grid=here.grids[1])
    written = stage.told(here, "written", by="worker", place=None, grid=here.grids[1])
    page = worker.get("/w/")
    assert numbers(page.context["tasks"]) == [sooner.number, later.number]
    assert numbers(page.context["answered"]) == [answered.number]
    assert numbers(page.context["around"]) == [around.number]
    assert numbers(page.context["written"]) == [written.number]
    assert "晚了 1 天" in text_of(page)


def test_the_partners_task_says_for_whom(client, here):
    stage.given(here, "m", place=None, grid=here.grids[0])
    away = next(a for a in here.appointments if a.post_id == here.posts["worker"].pk)
    away.away_from = clock.today()
    away.save()
    client.force_login(here.users["worker2"])
    assert "替网格员办（他在外）" in text_of(client.get("/w/"))


def test_a_task_shows_words_whom_to_call_and_three_things_to_do(worker, here):
    issue = stage.given(here, "m", words="路上有个坑", phone="13822220001")
    text = text_of(worker.get(f"/w/{issue.number}/"))
    for word in ("路上有个坑", "138****0001", "办了啥？", "写进展", "我办不了", "先去看看"):
        assert word in text, word


def test_whoever_does_it_opens_the_telephone_and_stays_on_the_task(worker, here):
    issue = stage.given(here, "m", phone="13822220001")
    page = worker.post(reverse("issues:reveal", args=[issue.number]), {"why": "call", "from": "task"})
    text = text_of(page)
    assert "13822220001" in text and "办了啥？" in text and "您这次打开记下了" in text


def test_a_sealed_task_names_nobody_to_whoever_does_it(client, here):
    issue = stage.told(here, "m", is_sealed=True, phone="13822220001", told_by_name="苗长有")
    actions.dispatch(issue, by=here.users["clerk"], post=here.posts["helper"], note="看看水管")
    client.force_login(here.users["helper"])
    text = text_of(client.get(f"/w/{issue.number}/?who=1"))
    assert "13822220001" not in text and "苗长有" not in text


def test_what_is_not_mine_to_answer_opens_as_the_whole_matter(client, here):
    issue = stage.given(here, "m")
    client.force_login(here.users["clerk"])
    assert client.get(f"/w/{issue.number}/")["Location"] == reverse("issues:issue", args=[issue.number])


def test_an_answer_with_photos(worker, here):
    issue = stage.given(here, "m")
    data = {"from": "task", "reply": "填平了", "key": "k", "photo1": photo(), "photo2": photo("b.jpg")}
    response = worker.post(reverse("issues:answer", args=[issue.number]), data, follow=True)
    assert response.redirect_chain == [("/w/", 303)] and "说办好了" in text_of(response)
    assert here.fresh("m").status == Status.ANSWERED
    assert IssueFile.objects.filter(issue=issue, purpose=IssueFile.Purpose.RESULT).count() == 2


def test_an_answer_needs_no_photo(worker, here):
    issue = stage.given(here, "m")
    worker.post(reverse("issues:answer", args=[issue.number]), {"reply": "填平了"})
    assert here.fresh("m").status == Status.ANSWERED


def test_what_was_photographed_is_kept_when_the_words_are_wrong(worker, here):
    issue = stage.given(here, "m")
    url = reverse("issues:answer", args=[issue.number])
    wrong = worker.post(url, {"from": "task", "key": "k", "reply": "打 13811112222", "photo1": photo()})
    page = wrong.content.decode()
    assert wrong.status_code == 422 and "去掉电话" in page and "打 13811112222" in page
    kept = re.search(r'name="kept_photo1" value="([^"]+)"', page).group(1)
    worker.post(url, {"from": "task", "key": "k", "reply": "填平了", "kept_photo1": kept})
    assert IssueFile.objects.filter(issue=issue).count() == 1


def test_what_is_no_photo_is_refused_by_content(worker, here):
    issue = stage.given(here, "m")
    fake = SimpleUploadedFile("photo.jpg", b"%PDF-1.7 not a photo", "image/jpeg")
    response = worker.post(reverse("issues:answer", args=[issue.number]), {"reply": "填平了", "photo1": fake})
    assert response.status_code == 422 and here.fresh("m").status == Status.DISPATCHED


def test_what_came_back_says_why(worker, here):
    issue = stage.answered(here, "m")
    actions.not_yet(issue, by=Teller(issue.pk, "phone"), note="又塌了")
    text = text_of(worker.get(f"/w/{issue.number}/"))
    assert "还没好" in text and "又塌了" in text
    assert "退回来过" in text_of(worker.get("/w/"))


def test_handing_back_takes_it_off_the_list(worker, here):
    issue = stage.given(here, "m")
    url = reverse("issues:hand_back", args=[issue.number])
    empty = worker.post(url, {"from": "task", "reason": ""})
    assert empty.status_code == 422 and empty.templates[0].name == "issues/task_page.html"
    worker.post(url, {"from": "task", "reason": "要挖机"})
    assert numbers(worker.get("/w/").context["tasks"]) == []
    assert queries.story(here.fresh("m"))[0].note == "要挖机"


def test_a_task_costs_few_statements(worker, here, django_assert_max_num_queries):
    issue = stage.given(here, "m")
    with django_assert_max_num_queries(14):
        worker.get(f"/w/{issue.number}/")
    with django_assert_max_num_queries(12):
        worker.get("/w/")
