"""What the office sees: the day, the inbox with its filters and ledger, one issue, who usually does what."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import stage
from tongxin.core import clock
from tongxin.issues import actions, queries
from tongxin.issues.models import Category, CategoryHandler, Issue
from tongxin.territory import queries as territory

INBOX, TODAY = "/v/say/", "/v/"


@pytest.fixture
def clerk(client, here):
    client.force_login(here.users["clerk"])
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def due(issue, days: int) -> Issue:
    Issue.objects.filter(pk=issue.pk).update(due_on=clock.today() + timedelta(days=days))
    return issue


def shown(response) -> dict[str, list[str]]:
    return {heap.code: [row.issue.number for row in heap.rows] for heap in response.context["heaps"]}


# --- the inbox --------------------------------------------------------------------------------------------------
def test_the_list_stands_by_due_day_and_what_waits_for_the_teller_is_never_late(clerk, here):
    made = {
        name: due(stage.taken(here, name), days)
        for name, days in (("late", -2), ("today", 0), ("soon", 5), ("later", 6))
    }
    made["answered"] = due(stage.answered(here, "answered"), -3)
    page = clerk.get(INBOX)
    assert shown(page) == {code: [issue.number] for code, issue in made.items()}
    text = text_of(page)
    assert "晚了 1 件，今天到期 1 件，先办这几件。" in text and "晚了 2 天" in text


def test_an_empty_inbox_says_so(clerk, here):
    assert "没有等着办的事。" in text_of(clerk.get(INBOX))
    assert "没有对得上的" in text_of(clerk.get(INBOX + "?category=water"))


FILTERS = [
    ("", {"told", "water", "given", "answered"}),
    ("?status=told", {"told", "water"}),
    ("?status=dispatched", {"given"}),
    ("?status=answered", {"answered"}),
    ("?status=settled", {"solved"}),
    ("?status=all", {"told", "water", "given", "answered", "solved"}),
    ("?category=water", {"water"}),
    ("?group=3", {"water"}),
    ("?group=3&category=road", set()),
    ("?handler=worker", {"given", "answered"}),
    ("?q=没水", {"water"}),
    ("?q=number", {"solved"}),
    # nonsense is as if it were not there
    ("?status=x&category=x&group=x&handler=x&page=x", {"told", "water", "given", "answered"}),
    ("?group=-1&page=999", {"told", "water", "given", "answered"}),
]


@pytest.mark.parametrize(("address", "wanted"), FILTERS)
def test_filters_in_the_address(clerk, here, address, wanted):
    stage.told(here, "told")
    stage.told(here, "water", category=Category.WATER, words="家里没水", place=None, group=here.groups[2])
    stage.given(here, "given")
    stage.answered(here, "answered")
    solved = stage.solved(here, "solved")
    address = address.replace("=worker", f"={here.posts['worker'].pk}").replace("=number", f"={solved.number}")
    page = clerk.get(INBOX + address)
    by_number = {issue.number: name for name, issue in here.issues.items()}
    assert {by_number[number] for numbers in shown(page).values() for number in numbers} == wanted


def test_twenty_five_a_page_and_the_filters_stay(clerk, here):
    for n in range(27):
        stage.told(here, f"m{n}")
    first, second = clerk.get(INBOX + "?status=told"), clerk.get(INBOX + "?status=told&page=2")
    assert [sum(map(len, shown(page).values())) for page in (first, second)] == [25, 2]
    assert "?status=told&amp;page=2" in first.content.decode() and "27 件" in text_of(first)


def test_the_inbox_costs_eight_statements_however_long_it_is(clerk, here, django_assert_max_num_queries):
    for n in range(8):
        stage.told(here, f"m{n}", category=Category.WATER)
    stage.given(here, "given")
    territory.villages()
    clerk.get(INBOX)  # the first click of a session writes down what its user is
    with django_assert_max_num_queries(8):
        page = clerk.get(INBOX)
    assert text_of(page).count("建议 管水员") == 8


def test_a_suggestion_stands_in_grey_and_only_where_nobody_has_it_yet(clerk, here):
    issue = stage.told(here, "pipe", category=Category.WATER)
    stage.given(here, "given")
    page = clerk.get(INBOX)
    rows = {row.issue.number: row for heap in page.context["heaps"] for row in heap.rows}
    assert rows[issue.number].suggestion.post == here.posts["helper"]
    assert rows[here.issues["given"].number].suggestion is None


def test_the_open_one_stands_beside_the_list_with_two_taps_to_dispatch(clerk, here):
    issue = stage.told(here, "pipe", category=Category.WATER, words="家里没水")
    page = clerk.get(f"{INBOX}?status=told&open={issue.number}")
    opened = page.context["opened"]
    assert opened.dispatching.picks[0].checked and opened.dispatching.picks[0].title == "管水员"
    text = text_of(page)
    day = queries.default_due(issue, clock.today())
    assert "“家里没水”" in text and f"派下去，{day.month} 月 {day.day} 日前回话" in text
    assert "村里定的，“水”常由这个岗位办。" in text
    assert 'name="back" value="/v/say/?status=told"' in page.content.decode()
    assert clerk.get(f"{INBOX}?open=99-9999-1").status_code == 404


def test_who_is_on_leave_is_said_with_who_stands_in(clerk, here):
    holder = next(a for a in here.appointments if a.post_id == here.posts["worker"].pk)
    holder.away_from = clock.today()
    holder.save()
    issue = stage.told(here, "m", place=None, grid=here.grids[0])
    assert "请假中，网格员代办" in text_of(clerk.get(f"{INBOX}?open={issue.number}"))


def test_the_ledger_on_paper_and_in_a_table_holds_no_words_names_or_telephones(clerk, here):
    stage.told(here, "secret", words="绝不能外传的话", told_by_name="苗长有", phone="13822220001")
    stage.taken(here, "open")
    paper = clerk.get(INBOX + "?as=print")
    text = text_of(paper)
    assert here.issues["open"].number in text and "共 2" in text
    for word in ("绝不能外传的话", "苗长有", "13822220001"):
        assert word not in text
    sheet = clerk.get(INBOX + "?status=told&as=xlsx")
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet") and sheet.content[:2] == b"PK"


def test_a_supervisor_has_complaints_and_appeals_and_may_look_at_the_whole_village(client, here):
    stage.told(here, "plain")
    complaint = stage.told(here, "complaint", about_post=here.posts["secretary"], words="支书的事")
    client.force_login(here.users["supervisor"])
    assert list(shown(client.get(INBOX)).values()) == [[complaint.number]]
    whole = shown(client.get(INBOX + "?whole=1"))
    assert {n for numbers in whole.values() for n in numbers} == {complaint.number, here.issues["plain"].number}
    client.force_login(here.users["clerk"])
    assert "支书的事" not in text_of(client.get(INBOX + "?status=all"))


def test_words_of_danger_are_marked_in_the_list(clerk, here):
    stage.told(here, "m", words="有人触电了")
    assert "急 有人触电了" in text_of(clerk.get(INBOX))


# --- today ------------------------------------------------------------------------------------------------------
def queues(page) -> dict[str, list[str]]:
    return {queue.code: [task.issue.number for task in queue.tasks] for queue in page.context["queues"]}


def test_a_day_with_nothing_owed(clerk, here):
    page = clerk.get(TODAY)
    assert queues(page) == {} and "今天没有欠着的事。" in text_of(page)


def test_the_clerks_day(clerk, here):
    late, told, taken = due(stage.given(here, "late"), -1), stage.told(here, "told"), stage.taken(here, "taken")
    silent = stage.answered(here, "silent", days_ago=4)
    stage.answered(here, "fresh", days_ago=1)
    page = clerk.get(TODAY)
    assert queues(page) == {
        "late": [late.number], "told": [told.number], "taken": [taken.number], "silent": [silent.number],
    }  # fmt: skip
    assert "等下次会上看" in text_of(page)


def test_a_workers_day_is_the_hands_and_the_grid(client, here):
    mine = stage.given(here, "mine", place=None, grid=here.grids[0])
    stage.given(here, "silent_own", place=None, grid=here.grids[0])
    with here.days_ago(5):
        actions.answer(here.fresh("silent_own"), by=here.users["worker"], reply="好了")
    other = stage.taken(here, "other", place=None, grid=here.grids[0])
    actions.dispatch(other, by=here.users["clerk"], post=here.posts["helper"])
    with here.days_ago(5):
        actions.answer(here.fresh("other"), by=here.users["helper"], reply="好了")
    client.force_login(here.users["worker"])
    assert queues(client.get(TODAY)) == {"mine": [mine.number], "silent": [other.number]}  # nobody judges his own


def test_one_list_that_fails_leaves_the_others_standing(clerk, here, monkeypatch):
    from tongxin.issues.views import desk, tasks

    stage.told(here, "told")
    stage.taken(here, "taken")
    real = tasks.listed

    def broken(request, rows, day, *, limit=50):
        if "'told'" in str(rows.query.where) or rows.query.order_by[0] == "take_by":
            raise RuntimeError("the disk has gone")
        return real(request, rows, day, limit=limit)

    monkeypatch.setattr(desk.tasks, "listed", broken)
    page = clerk.get(TODAY)
    assert page.status_code == 200 and "这个单子眼下打不开" in text_of(page)
    assert queues(page)["taken"] == [here.issues["taken"].number]


def test_five_lines_and_a_way_to_the_rest(clerk, here):
    for n in range(7):
        stage.told(here, f"m{n}")
    page = clerk.get(TODAY)
    assert len(queues(page)["told"]) == 5 and "还有 2 件" in text_of(page)
    assert "/v/say/?status=told" in page.content.decode()


# --- one issue --------------------------------------------------------------------------------------------------
def whole(client, issue, query=""):
    return client.get(reverse("issues:issue", args=[issue.number]) + query)


def test_the_page_offers_what_the_table_opens_and_nothing_else(client, here):
    issue = stage.told(here, "m")
    for who, offered in (
        ("clerk", ["accept", "merge", "reclassify", "refer", "decline", "join"]),
        ("committee", ["join"]),
        ("supervisor", ["join"]),
    ):
        client.force_login(here.users[who])
        page = whole(client, issue)
        assert [offer.name for offer in page.context["matter"].offers] == offered
        assert (page.context["matter"].dispatching is not None) == (who == "clerk")


def test_likely_twins_merge_in_one_tap(clerk, here):
    first, second = stage.taken(here, "first"), stage.told(here, "second")
    page = whole(clerk, second)
    assert [other.issue for other in page.context["matter"].alike] == [first]
    clerk.post(reverse("issues:merge", args=[second.number]), {"into": first.number})
    assert here.fresh("second").merged_into == first
    assert f"已并到 {first.number}" in text_of(whole(clerk, second))
    assert "另有 1 户也说了" in text_of(whole(clerk, first))


def test_photos_voice_answer_and_story_stand_on_the_page(clerk, here):
    from tongxin.core import outbox

    issue = stage.answered(here, "m", photos=[stage.photo()], sound=stage.memo())
    while outbox.work_once(50):
        pass
    page = whole(clerk, issue)
    html, text = page.content.decode(), text_of(page)
    assert html.count("/small/") == 3 and "<audio" in html
    assert "坑填平了，垫了石子" in text and "派给网格员" in text


def test_a_step_can_be_opened_by_the_address(clerk, here):
    page = whole(clerk, stage.told(here, "m"), "?step=decline")
    assert [offer.name for offer in page.context["matter"].offers if offer.is_open] == ["decline"]


# --- who usually does what --------------------------------------------------------------------------------------
def usual(**given):
    return {f"{category}-{name}": value for category, fields in given.items() for name, value in fields.items()}


def test_the_usual_posts_are_changed_line_by_line(clerk, here):
    helper, mediator = (str(here.posts[name].pk) for name in ("helper", "mediator"))
    data = usual(road={"post": mediator, "question": "路坏了"}, water={"post": helper, "question": "没水了"})
    response = clerk.post("/v/usual/", data, follow=True)
    assert "改了 1 行" in text_of(response)
    rows = {row.category: (str(row.post_id), row.question) for row in CategoryHandler.objects.all()}
    assert rows == {"road": (mediator, "路坏了"), "water": (helper, "没水了")}
    clerk.post("/v/usual/", usual(road={"post": "", "question": ""}, water={"post": helper, "question": "没水了"}))
    assert [row.category for row in CategoryHandler.objects.all()] == ["water"]


def test_a_wrong_line_changes_nothing(clerk, here):
    response = clerk.post("/v/usual/", usual(road={"post": "nonsense"}, water={"post": ""}))
    assert response.status_code == 422 and CategoryHandler.objects.count() == 1


def test_who_only_reads_cannot_set(client, here):
    client.force_login(here.users["supervisor"])
    assert "disabled" in client.get("/v/usual/").content.decode()
    response = client.post("/v/usual/", usual(road={"post": str(here.posts["helper"].pk)}, water={"post": ""}))
    assert response.status_code == 403 and CategoryHandler.objects.count() == 1


# --- after the log-in -------------------------------------------------------------------------------------------
def test_whoever_logs_in_comes_to_the_village_of_the_post(client, here):
    neighbour = stage.settle(stage.village("shiping", "石坪村", 2))
    client.force_login(here.users["clerk"])
    assert client.get("/v/start/")["Location"] == "/v/"
    client.force_login(neighbour.users["clerk"])
    assert client.get("/v/start/")["Location"] == "/shiping/v/"
    assert client.get("/shiping/v/start/")["Location"] == "/shiping/v/"
    client.force_login(here.users["clerk"])
    assert client.get("/shiping/v/start/")["Location"] == "/v/"


def test_a_village_with_its_own_host_is_reached_there(client, here):
    neighbour = stage.settle(stage.village("shiping", "石坪村", 2))
    neighbour.village.host = "shiping.example"
    neighbour.village.save()
    territory.forget_villages()
    client.force_login(neighbour.users["clerk"])
    assert client.get("/v/start/")["Location"] == "//shiping.example/v/"


def test_who_holds_no_post_is_told_so_and_who_is_not_in_goes_to_the_log_in(client, here):
    assert client.get("/v/start/").status_code == 302
    client.force_login(here.users["former"])
    response = client.get("/v/start/")
    assert response.status_code == 403 and "没有村里的岗位" in text_of(response)
