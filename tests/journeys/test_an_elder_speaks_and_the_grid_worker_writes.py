"""J1: an elder at the gate speaks, the grid worker writes: one number, the same clocks, both names, no account."""

from tests.factories.stage import TAIL
from tests.journeys.test_a_stranger_tells_and_hears_back import answered, dispatched, status_of
from tests.journeys.visitor import Page, Visitor
from tongxin.casework.models import Channel
from tongxin.issues import queries
from tongxin.issues.models import Issue, Route, Status
from tongxin.territory import scope


def written(page: Page) -> str:
    """The number that is to be read out."""
    assert page.status == 200, page.text[:300]
    return page.url.rstrip("/").split("/")[-2]


def at_the_gate(stage, who: str = "worker") -> Page:
    """The sheet for the household, found by a name."""
    sheet = Visitor(stage, stage.users[who]).open("/w/say/new/")
    found = sheet.press("/w/say/new/", holding="find", find="苗长有")
    return found.follow("hh=001")


def test_an_elder_speaks_and_the_grid_worker_writes(quiet):
    elder = quiet.persons["苗长有"]
    sheet = at_the_gate(quiet)
    done = sheet.press(
        "/w/say/new/", holding="words", told_by=str(elder.pk), channel="door", category="water", words="水三天没来了"
    )
    number = written(done)
    assert done.says(number, "前给您头一次回话")
    with scope.village(quiet.village.pk):
        issue = Issue.objects.get(number=number)
        assert (issue.told_by, issue.recorded_by) == (elder, quiet.users["worker"])
        assert issue.channel == Channel.DOOR and issue.household == quiet.households[0]
        [entry] = queries.story(issue)
        assert entry.by_name == quiet.users["worker"].name
    slip = done.follow(f"/v/say/{number}/slip/")
    assert slip.says(number, quiet.village.phone)
    assert not slip.says("苗长有") and not slip.says("水三天没来")

    # the village goes on as with any other; the family's page knows it, by the card and four digits
    dispatched(quiet, number)
    answered(quiet, number, "水管接好了")
    family = Visitor(quiet)
    card = family.open(f"/c/{quiet.cards[0].token}/")
    assert not card.says("水三天没来") and not card.says("苗长有")
    my = card.press("", holding="tail", tail=TAIL)
    assert my.says("拐弯处")
    page = my.follow(number)
    assert page.says("水三天没来了", "水管接好了")

    # asked at the door by somebody who is not the handler, the elder says yes
    clerk = Visitor(quiet, quiet.users["clerk"]).open(f"/v/say/{number}/")
    clerk.press("/confirm/", channel="door", note="水来了")
    assert status_of(quiet, number) == Status.SOLVED


def test_the_handler_does_not_judge_the_own_work(quiet):
    done = at_the_gate(quiet).press("/w/say/new/", holding="words", channel="door", category="road", words="路塌了")
    number = written(done)
    dispatched(quiet, number)
    answered(quiet, number)
    handler = Visitor(quiet, quiet.users["worker"])
    page = handler.open(f"/v/say/{number}/")
    assert not any(form.action.endswith("/confirm/") for form in page.forms)
    token = page.form("/not-yet/").fields["csrfmiddlewaretoken"]
    said = handler.send(f"/v/say/{number}/confirm/", {"csrfmiddlewaretoken": token, "channel": "door"})
    assert said.status == 403
    assert status_of(quiet, number) == Status.ANSWERED


def test_the_same_matter_within_two_days_is_one_more_voice(quiet):
    said = {"holding": "words", "channel": "door", "category": "water", "words": "水三天没来了"}
    number = written(at_the_gate(quiet).press("/w/say/new/", **said))
    asked = at_the_gate(quiet).press("/w/say/new/", **{**said, "words": "还是没水"})
    assert asked.says(number)
    joined = asked.press("/w/say/new/", holding="words", button="同一件")
    assert joined.url.endswith(f"/{number}/written/")
    with scope.village(quiet.village.pk):
        assert Issue.objects.count() == 1
        assert Issue.objects.get().voices.count() == 1


def test_a_complaint_about_whoever_writes_goes_past_them(quiet):
    post = quiet.posts["worker"]
    done = at_the_gate(quiet).press(
        "/w/say/new/", holding="words", channel="door", category="other", words="网格员没来", about_post=str(post.pk)
    )
    number = written(done)
    assert done.says("监委会")
    worker = Visitor(quiet, quiet.users["worker"])
    assert worker.open(f"/v/say/{number}/").status == 404
    assert worker.open(f"/w/{number}/").status == 404
    with scope.village(quiet.village.pk):
        assert Issue.objects.get(number=number).route == Route.SUPERVISORS
    assert Visitor(quiet, quiet.users["supervisor"]).open(f"/v/say/{number}/").says("网格员没来")
