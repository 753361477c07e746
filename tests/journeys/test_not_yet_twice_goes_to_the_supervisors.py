"""'Not yet': the first time back to whoever did it, the second time to the supervisors. Nobody can wave it through."""

from tests.journeys.test_a_stranger_tells_and_hears_back import answered, dispatched, number_of, status_of, tell
from tests.journeys.visitor import Visitor
from tongxin.issues.models import Issue, Status
from tongxin.territory import scope


def test_not_yet_twice_goes_to_the_supervisors(quiet):
    stranger = Visitor(quiet)
    number = number_of(tell(stranger, phone="13822220007"))
    dispatched(quiet, number)
    answered(quiet, number, "垫好了")
    stranger.open(f"/say/{number}/").press("/confirm/", button="还没好", note="一下雨又塌了")
    assert status_of(quiet, number) == Status.DISPATCHED

    worker = Visitor(quiet, quiet.users["worker"])
    task = worker.open("/w/").follow(f"/w/{number}/")
    assert task.says("一下雨又塌了")  # back in the same hands, with the teller's words
    answered(quiet, number, "又垫了一回")
    page = stranger.open(f"/say/{number}/").press("/confirm/", button="还没好", note="还是过不去")
    assert status_of(quiet, number) == Status.APPEALED
    assert page.says("监委会") or page.says("监督")

    # the council and the handler have nothing to say in it any more
    council = Visitor(quiet, quiet.users["council"]).open(f"/v/say/{number}/")
    assert not any("/dispatch/" in form.action or "/accept/" in form.action for form in council.forms)
    assert not any("/answer/" in form.action for form in worker.open(f"/w/{number}/").forms)

    supervisor = Visitor(quiet, quiet.users["supervisor"])
    assert supervisor.open("/v/").says(number) or supervisor.open("/v/say/").says(number)
    matter = supervisor.open(f"/v/say/{number}/")
    matter.press("/dispatch/", post="other", other=str(quiet.posts["worker2"].pk))
    with scope.village(quiet.village.pk):
        issue = Issue.objects.get(number=number)
        assert (issue.status, issue.handler_post) == (Status.DISPATCHED, quiet.posts["worker2"])
        assert issue.reopened == 2


def test_a_stale_yes_does_not_close_a_newer_answer(quiet):
    """The page was open on the table while somebody else of the family had said 'not yet'."""
    stranger = Visitor(quiet)
    number = number_of(tell(stranger, phone="13822220007"))
    dispatched(quiet, number)
    answered(quiet, number, "垫好了")
    old = stranger.open(f"/say/{number}/")
    old.press("/confirm/", button="还没好")
    answered(quiet, number, "又垫了一回")
    assert old.press("/confirm/", button="办好了").status == 409
    assert status_of(quiet, number) == Status.ANSWERED
