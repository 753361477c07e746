"""Ground, households, bodies: what the registers' forms are filled with."""

from datetime import timedelta
from typing import Any

from django.test import RequestFactory
from django.urls import reverse

from tests.factories import stage as stages
from tests.factories.stage import Stage
from tongxin.accounts.models import User
from tongxin.bodies.models import Appointment, Body, BodyKind, EmergencyAccess, Post
from tongxin.bodies.roles import Role
from tongxin.core import clock, guessing
from tongxin.people import queries as register
from tongxin.people.models import CardToken, Household, HouseholdPin, Membership, Person, Relation, Residence
from tongxin.territory.models import Group, Place, PlaceCode, PlaceKind

from . import PIN, Press, nth, recipe, row


# --- the ground -----------------------------------------------------------------------------------------------------
def place(stage: Stage, **more: Any) -> Place:
    fields = {"kind": PlaceKind.SPOT, "name": f"第{nth()}棵槐树", "group": stage.groups[0], "grid": stage.grids[0]}
    return row(Place, village=stage.village, opened_on=stages.LONG_AGO, **{**fields, **more})


def code(stage: Stage) -> PlaceCode:
    at = place(stage)
    return row(PlaceCode, village=stage.village, place=at, code=f"T{nth():07d}", issued_on=stages.LONG_AGO)


@recipe("territory:place_new")
def _place_new(stage: Stage) -> Press:
    to, typed = reverse("territory:place_new"), {"kind": "spot", "name": f"第{nth()}口井"}
    return Press(to, to, typed, {"name": f"第{nth()}口井"})


@recipe("territory:place_end")
def _place_end(stage: Stage) -> Press:
    to = reverse("territory:place_end", args=[code(stage).place_id])
    return Press(to, to, {"ended_on": clock.today().isoformat()}, {"ended_on": str(clock.today() - timedelta(days=1))})


@recipe("territory:code_issue")
def _code_issue(stage: Stage) -> Press:
    to = reverse("territory:code_issue", args=[place(stage).pk])
    return Press(reverse("territory:places"), to, other={"more": "x"})


@recipe("territory:code_revoke")
def _code_revoke(stage: Stage) -> Press:
    to = reverse("territory:code_revoke", args=[code(stage).pk])
    return Press(reverse("territory:places"), to, {"reason": "晒坏了"}, {"reason": "撕掉了"})


@recipe("territory:group_new")
def _group_new(stage: Stage) -> Press:
    to, n = reverse("territory:group_new"), 3 + nth() % 90
    while Group.objects.filter(number=n).exists():
        n += 1
    return Press(to, to, {"number": n, "name": f"{n}组"}, {"name": f"{n}社"})


@recipe("territory:group_end")
def _group_end(stage: Stage) -> Press:
    n = 200 + nth()
    made = row(Group, village=stage.village, number=n, name=f"{n}组", opened_on=stages.LONG_AGO)
    to = reverse("territory:group_end", args=[made.pk])
    return Press(to, to, {"ended_on": clock.today().isoformat()}, {"merged_into": str(stage.groups[1].pk)})


@recipe("territory:grid_new")
def _grid_new(stage: Stage) -> Press:
    to, n = reverse("territory:grid_new"), 100 + nth()
    return Press(to, to, {"number": n, "name": f"第{n}网格", "group": str(stage.groups[0].pk)}, {"extent": "河东"})


# --- the register -----------------------------------------------------------------------------------------------------
def household(stage: Stage, *others: str) -> Household:
    """A household of a head and of others, none of whom has been heard of before."""
    n = nth()
    made = row(
        Household, village=stage.village, number=f"9{n:04}", house_name=f"院{n}", opened_on=stages.LONG_AGO,
        group=stage.groups[0], grid=stage.grids[0],
    )  # fmt: skip
    for relation, name in zip((Relation.HEAD, Relation.SON, Relation.SPOUSE), (f"苗头{n}", *others), strict=False):
        person = stages._person(stage, f"{name}{n}")
        of = {"person": person, "household": made, "relation": relation, "residence": Residence.REGISTERED}
        row(Membership, village=stage.village, from_on=stages.LONG_AGO, **of)
    return made


def member(stage: Stage) -> Membership:
    """The son of a new household."""
    return Membership.objects.select_related("household").get(household=household(stage, "苗小"), relation=Relation.SON)


def card(stage: Stage) -> CardToken:
    home = household(stage)
    return row(CardToken, village=stage.village, household=home, token=f"card-{nth():026}", issued_on=stages.LONG_AGO)


@recipe("people:household_new")
def _household_new(stage: Stage) -> Press:
    to, n = reverse("people:household_new"), nth()
    typed = {"group": str(stage.groups[0].pk), "grid": str(stage.grids[0].pk), "head-name": f"新来的{n}"}
    return Press(to, to, {**typed, "row-0-name": f"新来的妻{n}"}, {"head-name": f"后来的{n}"})


@recipe("people:household_reveal")
def _household_reveal(stage: Stage) -> Press:
    home = stage.households[0]
    page, to = reverse("people:household", args=[home.pk]), reverse("people:household_reveal", args=[home.pk])
    return Press(page, to, {"why": "call"}, {"why": "visit"}, each=True)


@recipe("people:household_edit")
def _household_edit(stage: Stage) -> Press:
    to = reverse("people:household_edit", args=[household(stage).pk])
    return Press(to, to, {"house_name": f"新院{nth()}"}, {"house_name": f"又一院{nth()}"})


@recipe("people:household_close")
def _household_close(stage: Stage) -> Press:
    home = card(stage).household
    Membership.objects.filter(household=home).update(to_on=stages.LONG_AGO)
    to = reverse("people:household_close", args=[home.pk])
    return Press(to, to, {"on": clock.today().isoformat(), "because": "搬走"}, {"because": "全家搬走"})


@recipe("people:member_new")
def _member_new(stage: Stage) -> Press:
    to, n = reverse("people:member_new", args=[household(stage).pk]), nth()
    return Press(to, to, {"name": f"嫁来的{n}", "relation": "10"}, {"name": f"娶来的{n}"})


@recipe("people:member_leave")
def _member_leave(stage: Stage) -> Press:
    to = reverse("people:member_leave", args=[member(stage).pk])
    return Press(to, to, {"on": clock.today().isoformat(), "because": "分户"}, {"because": "打工去了"})


@recipe("people:member_move")
def _member_move(stage: Stage) -> Press:
    to, there = reverse("people:member_move", args=[member(stage).pk]), household(stage)
    return Press(to, to, {"to": there.number, "relation": "20", "on": clock.today().isoformat()}, {"relation": "28"})


@recipe("people:person_edit")
def _person_edit(stage: Stage) -> Press:
    to = reverse("people:person_edit", args=[member(stage).pk])
    return Press(to, to, {"name": f"改名{nth()}", "is_away": "on"}, {"name": f"又改名{nth()}"})


@recipe("people:person_death")
def _person_death(stage: Stage) -> Press:
    to = reverse("people:person_death", args=[member(stage).pk])
    return Press(to, to, {"on": clock.today().isoformat()}, {"on": (clock.today() - timedelta(days=1)).isoformat()})


@recipe("people:household_head")
def _household_head(stage: Stage) -> Press:
    son = member(stage)
    to = reverse("people:household_head", args=[son.household_id])
    return Press(to, to, {"member": str(son.pk), "former": "50"}, {"former": "97"})


@recipe("people:card_issue")
def _card_issue(stage: Stage) -> Press:
    home = household(stage)
    page = reverse("people:household", args=[home.pk])
    return Press(page, reverse("people:card_issue", args=[home.pk]), other={"more": "x"})


@recipe("people:card_revoke")
def _card_revoke(stage: Stage) -> Press:
    found = card(stage)
    page = reverse("people:household", args=[found.household_id])
    typed = {"reason": "丢了", "replace": "1"}
    return Press(page, reverse("people:card_revoke", args=[found.pk]), typed, {"reason": "找不见了"})


@recipe("people:cards_print")
def _cards_print(stage: Stage) -> Press:
    page, to = reverse("people:cards"), reverse("people:cards_print")
    return Press(page, to, {"household": household(stage).number}, {"household": "1"}, holding="household")


# --- bodies -----------------------------------------------------------------------------------------------------------
def body(stage: Stage) -> Body:
    name = f"第{nth()}小组"
    return row(Body, village=stage.village, kind=BodyKind.SERVICE, name=name, opened_on=stages.LONG_AGO)


def post(stage: Stage, **more: Any) -> Post:
    n = nth()
    rights = {"role": Role.MEMBER, "takes_matters": True, "position": 1000 + n, **more}
    return row(Post, village=stage.village, body=body(stage), title=f"岗位{n}", **rights)


def appointment(stage: Stage) -> Appointment:
    dates = {"from_on": stages.LONG_AGO, "entered_at": clock.now()}
    person = stages._person(stage, f"任职的{nth()}")
    return row(Appointment, village=stage.village, post=post(stage), person=person, **dates)


@recipe("bodies:body_new")
def _body_new(stage: Stage) -> Press:
    to = reverse("bodies:body_new")
    return Press(to, to, {"kind": "service", "name": f"护路队{nth()}"}, {"name": f"护林队{nth()}"})


@recipe("bodies:body_end")
def _body_end(stage: Stage) -> Press:
    to = reverse("bodies:body_end", args=[body(stage).pk])
    return Press(to, to, {"ended_on": clock.today().isoformat()}, {"ended_on": str(clock.today() - timedelta(days=1))})


@recipe("bodies:post_new")
def _post_new(stage: Stage) -> Press:
    to = reverse("bodies:post_new", args=[body(stage).pk])
    return Press(to, to, {"title": f"巡路员{nth()}", "role": "member", "seats": 1}, {"seats": 2})


@recipe("bodies:post_end")
def _post_end(stage: Stage) -> Press:
    to = reverse("bodies:post_end", args=[post(stage).pk])
    return Press(to, to, {"ended_on": clock.today().isoformat()}, {"ended_on": str(clock.today() - timedelta(days=1))})


@recipe("bodies:appoint")
def _appoint(stage: Stage) -> Press:
    """An outsider: two rows in one press, and no name to know a second press by."""
    to = reverse("bodies:appoint", args=[post(stage, seats=9).pk])
    typed = {"name": f"外来的{nth()}", "outsider": "on", "from_on": clock.today().isoformat()}
    return Press(to, to, typed, {"ground": "选举"})


def with_login(stage: Stage) -> Person:
    n = nth()
    user = row(User, username=f"lent.{n}", name=f"应急的{n}")
    person = stages._person(stage, f"应急的{n}")
    Person.objects.filter(pk=person.pk).update(user=user)
    return person


@recipe("bodies:emergency")
def _emergency(stage: Stage) -> Press:
    to = reverse("bodies:emergency", args=[post(stage, role=Role.CLERK).pk])
    typed = {"person": str(with_login(stage).pk), "hours": 3, "because": "联系不上"}
    return Press(to, to, typed, {"hours": 5})


@recipe("bodies:emergency_end")
def _emergency_end(stage: Stage) -> Press:
    seat, now = post(stage, role=Role.CLERK), clock.now()
    given = {"post": seat, "person": with_login(stage), "hours": 24, "because": "联系不上", "given_at": now}
    lent = row(EmergencyAccess, village=stage.village, **given)
    to = reverse("bodies:emergency_end", args=[lent.pk])
    return Press(reverse("bodies:body", args=[seat.body_id]), to, other={"more": "x"})


@recipe("bodies:end")
def _end(stage: Stage) -> Press:
    to = reverse("bodies:end", args=[appointment(stage).pk])
    return Press(to, to, {"to_on": clock.today().isoformat(), "because": "任满"}, {"because": "辞了"})


@recipe("bodies:leave")
def _leave(stage: Stage) -> Press:
    to, day = reverse("bodies:leave", args=[appointment(stage).pk]), clock.today()
    return Press(to, to, {"away_from": day.isoformat()}, {"away_to": (day + timedelta(days=9)).isoformat()})


@recipe("bodies:pair")
def _pair(stage: Stage) -> Press:
    to = reverse("bodies:pair", args=[post(stage).pk])
    return Press(to, to, {"partner": str(post(stage).pk)}, {"partner": str(post(stage).pk)})


@recipe("bodies:login")
def _login(stage: Stage) -> Press:
    to = reverse("bodies:login", args=[appointment(stage).pk])
    return Press(to, to, {"username": f"login{nth()}"}, {"username": f"other{nth()}"})


@recipe("people:card_unlock")
def _card_unlock(stage: Stage) -> Press:
    found = card(stage)
    door = register.door(RequestFactory().get("/"), found)
    for _turn in range(guessing.MOST):
        guessing._count(door.lock)
    page = reverse("people:household", args=[found.household_id])
    return Press(page, reverse("people:card_unlock", args=[found.pk]), {"seen": "认得本人"}, {"seen": "看了身份证"})


@recipe("people:household_pin")
def _household_pin(stage: Stage) -> Press:
    to = reverse("people:household_pin", args=[card(stage).household_id])
    return Press(to, to, {"pin": PIN, "again": PIN}, {"more": "x"})


@recipe("people:household_pin_clear")
def _household_pin_clear(stage: Stage) -> Press:
    home = card(stage).household
    row(HouseholdPin, village=stage.village, household=home, secret="argon2", set_at=clock.now())
    page, to = reverse("people:household", args=[home.pk]), reverse("people:household_pin_clear", args=[home.pk])
    return Press(page, to, {"because": "认得本人"}, {"because": "看了身份证"})
