"""Who knocks at the doors and what they knock for: a village with every role, its neighbour, and things in every
relation to everybody.

How somebody stands to a thing is worked out here from the rows alone, and not by the product: what the product finds
is compared with it.
"""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.factories import envelopes, exports
from tests.factories import stage as stages
from tests.factories.stage import Stage, row
from tests.journeys import doors
from tests.reliability import asking
from tests.reliability.players import NOTHING, Actor, World
from tongxin.accounts.models import Passkey, User
from tongxin.bodies.models import Appointment, EmergencyAccess, Post
from tongxin.bodies.roles import STAFF, Role
from tongxin.casework.models import FileState
from tongxin.core import clock, matrix, numbers, outbox
from tongxin.core.ids import uuid7
from tongxin.core.models import LoginSession
from tongxin.issues.models import Issue, IssueFile, Recusal, Route, Status
from tongxin.issues.views import hush, proof, receipts
from tongxin.people.models import Person
from tongxin.reports import indicators
from tongxin.reports.indicators.kinds import Sensitivity
from tongxin.territory import scope

SHOWN = {Status.ANSWERED, Status.SOLVED, Status.NO_REPLY, Status.NOT_POSSIBLE}
SEATS = {Role.PARTY_HOUSEHOLD: "open_door", Role.PARTY_GROUP: "leader", Role.GRID_WORKER: "worker"}


def built() -> World:
    """The village with everything in it, things in every relation to every role, and whoever may come."""
    here, there = stages.settle(stages.village()), stages.settle(stages.village("shiping", "石坪村", 2))
    stages.fill(here)
    world = World(here, there)
    with scope.village(there.village.pk):
        _more_posts(there)
        there.issues["theirs"] = stages.told(there, "theirs", photos=[stages.photo()])
        stages.told(there, "theirs unknown", photos=[stages.photo()], is_sealed=True)
        envelopes.ask(there, "theirs unknown")
        exports.ask(there)
        _renumber(there.issues["theirs"], 9001)
    with scope.village(here.village.pk):
        _more_posts(here)
        _residents(world)
        for role in Role:
            _actors_of(world, role)
        _things(world)
        for actor in world.actors:
            _know(actor)
        world.recused = set(Recusal.objects.values_list("issue", "person"))
        about = Issue.objects.filter(about_post__isnull=False).values_list("pk", "about_post__body")
        world.accused = {*about, *Recusal.objects.filter(post__isnull=False).values_list("issue", "post__body")}
    while outbox.work_once(200):
        pass
    return world


def _know(actor: Actor) -> None:
    """What does not change while it knocks."""
    own = Post.objects.filter(pk__in=actor.posts)
    actor.bodies = frozenset(own.values_list("body", flat=True))
    actor.grids = frozenset(own.filter(role="grid_worker", grid__isnull=False).values_list("grid", flat=True))
    actor.partners = frozenset(Post.objects.filter(partner__in=actor.posts).values_list("pk", flat=True))
    if actor.user is not None:
        actor.person = Person._base_manager.filter(user=actor.user, village_id=scope.one()).first()
        actor.client.force_login(actor.user)
    actor.cookies |= {name: morsel.value for name, morsel in actor.client.cookies.items()}


def seat(stage: Stage, role: str) -> str:
    """The name on stage of the post of a role."""
    return SEATS.get(Role(role), role)


def _more_posts(stage: Stage) -> None:
    """Posts of the roles that the stage has none of."""
    for n, role in enumerate(sorted(set(Role.values) - {post.role for post in stage.posts.values()})):
        fields = {"title": f"{Role(role).label}", "role": role, "position": 50 + n}
        stage.posts[seat(stage, role)] = row(Post, village=stage.village, body=stage.bodies[1], **fields)


# --- who ----------------------------------------------------------------------------------------------------------
def _client() -> Client:
    return Client(raise_request_exception=False)


def _holder(stage: Stage, login: str, role: str, since: int = -400, until: int | None = None) -> User:
    """Somebody of a village who holds one post, from a day to a day counted from today."""
    user = stages.officer(stage, login, f"{login}")
    person = stages._person(stage, user.name, user)
    made = stages.appoint(stage, seat(stage, role), person)
    made.from_on = clock.today() + timedelta(days=since)
    made.to_on = None if until is None else clock.today() + timedelta(days=until)
    made.save()
    return user


def _actors_of(world: World, role: str) -> None:
    """The holder here, the one whose term is over, the one whose term has not begun, the one of the next village."""
    here, there, add = world.here, world.there, world.actors.append
    name = seat(here, role)
    user = here.users.get(name) or _holder(here, f"only-{role}", role)
    posts = frozenset(Appointment.objects.filter(person__user=user).on(clock.today()).values_list("post", flat=True))
    is_staff = role in STAFF
    add(Actor(f"{role}", _client(), "here", user, frozenset({role}), posts, somewhere=is_staff))
    add(Actor(f"{role}, term over", _client(), "past", _holder(here, f"past-{role}", role, until=0)))
    add(Actor(f"{role}, term not begun", _client(), "past", _holder(here, f"next-{role}", role, since=1)))
    with scope.village(there.village.pk):
        stranger = _holder(there, f"there-{role}", role)
    add(Actor(f"{role} of the next village", _client(), "sibling", stranger, somewhere=is_staff))


def _residents(world: World) -> None:
    here = world.here
    add = world.actors.append
    add(Actor("stranger", _client(), "resident"))
    add(Actor("somebody without a post", _client(), "resident", stages.officer(here, "idle", "闲人")))
    locked = _holder(here, "locked", "clerk")
    User.objects.filter(pk=locked.pk).update(is_active=False)
    shut = Actor("clerk whose log-in is shut", _client(), "resident")
    shut.client.force_login(locked)
    add(shut)

    card = here.cards[0]
    family = Actor("family with its card", _client(), "resident", home=card.household_id)
    family.cookies = _kept(lambda response: proof.let_in(response, card))
    add(family)

    own = [issue for issue in here.issues.values() if issue.merged_into_id is None][:20]
    teller = Actor("teller", _client(), "resident", told=frozenset(issue.pk for issue in own))
    request = RequestFactory().get("/")
    teller.cookies = _kept(lambda response: proof.remember(request, response, *teller.told))  # type: ignore[arg-type]
    add(teller)


def _kept(write: Callable[[HttpResponse], None]) -> dict[str, str]:
    response = HttpResponse()
    write(response)
    return {name: morsel.value for name, morsel in response.cookies.items()}


# --- what ---------------------------------------------------------------------------------------------------------
_sequence = itertools.count(6001)


def _renumber(issue: Issue, sequence: int) -> None:
    issue.number = numbers.compose(clock.today().year, sequence)
    issue.save()


def variant(like: Issue, **changed: Any) -> Issue:
    """A matter like another one, as a row: how it came about does not matter here."""
    made = Issue.objects.get(pk=like.pk)
    made.pk = uuid7()
    for name, value in {"phone": "", "told_by_name": "", "receipt_index": "", "merged_into": None, **changed}.items():
        setattr(made, name, value)
    made.is_sealed |= made.about_post_id is not None
    made.number = numbers.compose(clock.today().year, next(_sequence))
    made.save(force_insert=True)
    return made


def _things(world: World) -> None:
    """For each role a matter in its hands, in its partner's, written down by it, about it; sealed or not."""
    here = world.here
    plain, given, appealed = here.issues["told"], here.issues["given"], here.issues["appealed"]
    plain = variant(plain, grid=here.grids[2], group=here.groups[2])  # nobody's ground
    for actor in world.of("here"):
        post = here.posts[seat(here, next(iter(actor.holds)))]
        other = row(
            Post,
            village=here.village,
            body=post.body,
            title=f"替{post.title}",
            role=Role.MEMBER,
            partner=post,
            position=90,
        )
        Post.objects.filter(partner=post).exclude(pk=other.pk).update(partner=None)
        Post.objects.filter(pk=post.pk).update(partner=other)
        bare = {"grid": None, "group": None, "handler_post": None}
        for sealed in (False, True):
            more = {**bare, "is_sealed": sealed}
            variant(given, **{**more, "handler_post": post})
            variant(given, **{**more, "handler_post": other})
            variant(plain, **{**more, "recorded_by": actor.user})
            about = {**more, "about_post": post, "route": Route.SUPERVISORS}
            variant(plain, **about)
            variant(plain, **{**about, "recorded_by": actor.user})
            variant(given, **{**about, "handler_post": other})
        former = variant(plain, **{**bare, "about_post": other, "route": Route.TOWNSHIP})
        person = Person.objects.get(user=actor.user)
        row(Recusal, village=here.village, issue=former, person=person, at=clock.now())
    for sealed in (False, True):
        variant(plain, is_sealed=sealed, about_post=here.posts["township"], route=Route.COUNTY)
        variant(plain, is_sealed=sealed, grid=here.grids[0])
        variant(appealed, is_sealed=sealed, grid=None, handler_post=None)
    bare = {"is_sealed": True, "grid": None, "group": None, "handler_post": None}
    lying = [variant(plain, **bare), variant(appealed, **bare)]
    for route, who in ((Route.SUPERVISORS, "secretary"), (Route.TOWNSHIP, "supervisor"), (Route.COUNTY, "township")):
        lying.append(variant(plain, **bare, about_post=here.posts[who], route=route))
    asking.requests(world, lying)
    asking.lists(world)


def issue_relations(world: World, actor: Actor, issue: Issue) -> frozenset[str]:
    """How somebody stands to a matter."""
    recused = actor.person is not None and (issue.pk, actor.person.pk) in world.recused
    found: set[str] = set()
    if _is_open_book(issue):
        found.add("open_book")
        if issue.pk in actor.told or (actor.home and issue.household_id == actor.home):
            found.add("own")
    if _is_open_book(issue) and issue.title and issue.answered_at and issue.status in SHOWN:
        found.add("shown")
    wrote = actor.user is not None and issue.recorded_by_id == actor.user.pk
    if any((issue.pk, body) in world.accused for body in actor.bodies):
        found.add("concerned")
    if issue.about_post_id and (issue.about_post_id in actor.posts or recused):
        return frozenset(found | ({"passed_by"} if wrote else set()))
    council = issue.route == "council"
    if council:
        found.add("appealed" if issue.status == Status.APPEALED else "council")
    else:
        found.add({"supervisors": "complaint", "township": "complaint_up", "county": "complaint_county"}[issue.route])
    if issue.is_sealed:
        found.add("sealed")
    if issue.handler_post_id in actor.posts:
        found |= {"hand"} if issue.is_sealed else {"hand", "hand_named"}
    elif issue.handler_post_id in actor.partners:
        found.add("partner")
    if wrote:
        found.add("written" if council else "passed_by")
    if council and issue.grid_id in actor.grids and not issue.is_sealed:
        found.add("ground")
    return frozenset(found)


def _is_open_book(issue: Issue) -> bool:
    return issue.route == "council" and not issue.is_sealed


def ground(actor: Actor, grid_id: Any) -> frozenset[str]:
    return frozenset({"ground" if grid_id in actor.grids else "elsewhere"})


def _current(ended: Any) -> frozenset[str]:
    return NOTHING if ended else frozenset({"current"})


Thing = tuple[frozenset[str], Any]  # (relations to the actor, what stands in the address)
Kind = Callable[[World, Stage, Actor], Iterator[Thing]]


def _issues(world: World, stage: Stage, actor: Actor) -> Iterator[Thing]:
    for issue in Issue.objects.order_by("number"):
        yield issue_relations(world, actor, issue), issue.number


def _files(world: World, stage: Stage, actor: Actor) -> Iterator[Thing]:
    for file in IssueFile.objects.filter(state=FileState.READY, kind="photo").select_related("issue").order_by("id"):
        relations = issue_relations(world, actor, file.issue)
        if file.purpose != "result":
            relations -= {"shown"}
            takes = "issues.dispatch" if "appealed" in relations and "supervisor" in actor.roles else "issues.take"
            if file.issue.is_sealed and not matrix.right(takes).allows(actor.roles, relations):
                relations = NOTHING  # told under seal (R26): whoever takes or judges it; others read what was handed on
        yield relations, file.pk


def _figures(world: World, stage: Stage, actor: Actor) -> Iterator[Thing]:
    for indicator in indicators.ALL:
        open_ = indicator.sensitivity is Sensitivity.OPEN
        yield frozenset({"open_rows" if open_ else "office_rows"}), indicator.code


def _each(
    rows: str, value: str, relations: Callable[[Actor, Any], frozenset[str]] = lambda actor, row: NOTHING
) -> Kind:
    """Things that the stage holds in a list (or by name), by an attribute of theirs."""

    def found(world: World, stage: Stage, actor: Actor) -> Iterator[Thing]:
        held = getattr(stage, rows)
        for one in held.values() if isinstance(held, dict) else held:
            yield relations(actor, one), getattr(one, value)

    return found


def _of_log_ins(model: Any) -> Kind:
    """What belongs to a log-in: the actor's own, and somebody else's."""

    def found(world: World, stage: Stage, actor: Actor) -> Iterator[Thing]:
        for one in model.objects.order_by("pk"):
            yield frozenset({"own_login"}) if actor.user and one.user_id == actor.user.pk else NOTHING, one.pk

    return found


def _tickets(world: World, stage: Stage, actor: Actor) -> Iterator[Thing]:
    for file in IssueFile.objects.filter(issue__is_sealed=True, state=FileState.READY):
        yield NOTHING, hush.give(stage.village, receipts.FILE, file.pk)


def _places(world: World, stage: Stage, actor: Actor) -> Iterator[Thing]:
    coded = {code.place_id for code in stage.codes if code.revoked_on is None}
    for place in stage.places:
        yield frozenset({"coded"}) if place.pk in coded else NOTHING, place.pk


KINDS: dict[str, Kind] = {
    "issue": _issues,
    "issuefile": _files,
    "export": asking.lists_found,
    "unsealing": lambda *who: asking.found(issue_relations, *who),
    "figure": _figures,
    "place": _places,
    "household": _each("households", "pk", lambda actor, home: ground(actor, home.grid_id)),
    "membership": _each("members", "pk", lambda actor, one: ground(actor, one.household.grid_id) | _current(one.to_on)),
    "cardtoken": _each("cards", "pk", lambda actor, card: ground(actor, card.household.grid_id)),
    "token": _each("cards", "token"),
    "code": _each("codes", "code"),
    "placecode": _each("codes", "pk"),
    "group": _each("groups", "pk", lambda actor, group: _current(group.ended_on)),
    "body": _each("bodies", "pk"),
    "post": _each("posts", "pk"),
    "appointment": _each("appointments", "pk"),
    "emergencyaccess": lambda *_who: ((NOTHING, one.pk) for one in EmergencyAccess.objects.order_by("pk")),
    "passkey": _of_log_ins(Passkey),
    "session": _of_log_ins(LoginSession),
    "ticket": _tickets,
}
# mean the same everywhere, or belong to a log-in: there is nothing of the neighbour's to be asked for
OF_ALL_VILLAGES = {"word", "figure", "passkey", "session"}


def sorts(world: World, kind: str, stage: Stage, actor: Actor) -> list[Thing]:
    """One thing of each sort: of those in the same relations to the actor the first stands for all."""
    assert kind in KINDS, f"tell tests/reliability/cast.py: KINDS what a {kind} is"
    with scope.village(stage.village.pk):
        found: dict[frozenset[str], Any] = {}
        for relations, value in KINDS[kind](world, stage, actor):
            found.setdefault(relations, value)
    assert found, f"the village on stage holds no {kind}"
    return list(found.items())


def address(door: doors.Door, value: Any) -> str:
    """The door's address for a thing; what is only a word in it is taken as it comes."""
    given: dict[str, Any] = {}
    for param in door.params:
        is_word = doors._is_word(door, param) and door.line.of != "figure"
        given[param] = doors.values(door, param, None)[0] if is_word else value  # type: ignore[arg-type]
    return reverse(door.name, kwargs=given)
