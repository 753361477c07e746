"""The tree of bodies, and the forms around it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import stage as stages
from tongxin.bodies.models import Appointment, Body, Post
from tongxin.core import clock
from tongxin.territory import scope


def test_the_tree_shows_who_holds_what_today_and_who_did_then(stage, as_user):
    clerk = as_user("clerk")
    text = clerk.get(reverse("bodies:bodies")).content.decode()
    assert "支部书记" in text and stage.appointments[0].person.name in text
    assert "前文书" not in text
    then = (clock.today() - timedelta(days=200)).isoformat()
    assert "前文书" in clerk.get(reverse("bodies:bodies"), {"on": then}).content.decode()
    assert clerk.get(reverse("bodies:bodies"), {"as": "xlsx"}).content[:2] == b"PK"
    assert "审核人" in clerk.get(reverse("bodies:bodies"), {"as": "print"}).content.decode()


def test_a_body_a_post_and_an_appointment_by_form(stage, as_user):
    clerk = as_user("clerk")
    made = {"kind": "law_team", "name": "普法队", "opened_on": "2022-03-01"}
    assert clerk.post(reverse("bodies:body_new"), made).status_code == 303
    body = Body.objects.get(name="普法队")
    seat = {"title": "队长", "role": "member", "seats": "1"}
    assert clerk.post(reverse("bodies:post_new", args=[body.pk]), seat).status_code == 303
    post = Post.objects.get(title="队长")
    given = {"name": "苗小满", "from_on": "2022-03-01", "phone": "0932-6000001"}
    assert clerk.post(reverse("bodies:appoint", args=[post.pk]), given).status_code == 303
    assert "苗小满" in clerk.get(reverse("bodies:body", args=[body.pk])).content.decode()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"name": "", "from_on": "2022-03-01"}, "写上姓名。"),
        ({"name": "查无此人", "from_on": "2022-03-01"}, "户册里没有叫这个名字的。"),
        ({"name": "苗小满", "from_on": "1990-01-01"}, "那天还没有这个组织。"),
        ({"name": "苗小满", "from_on": "哪天"}, "这不是日子。"),
    ],
)
def test_wrong_input_is_said_in_words(stage, as_user, given, sentence):
    post = stage.posts["helper"]
    Appointment.objects.filter(post=post).update(to_on=clock.today())
    answer = as_user("clerk").post(reverse("bodies:appoint", args=[post.pk]), given)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_appointing_oneself_is_a_403_in_words(stage, as_user):
    post = stage.posts["helper"]
    Appointment.objects.filter(post=post).update(to_on=clock.today())
    me = Appointment.objects.get(person__user=stage.users["clerk"], to_on=None).person.name
    answer = as_user("clerk").post(
        reverse("bodies:appoint", args=[post.pk]), {"name": me, "from_on": clock.today().isoformat()}
    )
    assert answer.status_code == 403
    assert "自己不能任自己" in answer.content.decode()


def test_lookers_on_read_and_enter_nothing(stage, as_user):
    eyes = as_user("supervisor")
    assert eyes.get(reverse("bodies:bodies")).status_code == 200
    assert eyes.get(reverse("bodies:body_new")).status_code == 403


def test_leave_partner_log_in_and_end_by_form(stage, as_user):
    clerk = as_user("clerk")
    row = stage.appointments[0]
    soon = (clock.today() + timedelta(days=3)).isoformat()
    today = clock.today().isoformat()
    assert clerk.post(reverse("bodies:leave", args=[row.pk]), {"away_from": today, "away_to": soon}).status_code == 303
    pair = {"partner": stage.posts["helper"].pk, "stood": stage.posts["worker2"].pk}
    assert clerk.post(reverse("bodies:pair", args=[stage.posts["worker"].pk]), pair).status_code == 303
    leader = Appointment.objects.get(post=stage.posts["leader"])
    made = clerk.post(reverse("bodies:login", args=[leader.pk]), {"username": "leader.new"})
    assert made.status_code == 200 and "一次性码" in made.content.decode()
    assert clerk.post(reverse("bodies:end", args=[leader.pk]), {"to_on": today}).status_code == 303
    body = Body.objects.get(pk=leader.post.body_id)
    assert clerk.post(reverse("bodies:body_end", args=[body.pk]), {"ended_on": "x"}).status_code == 422


def test_before_an_appointment_ends_stands_what_stays_with_the_post(stage, as_user):
    seen = stages.given(stage, "given")
    stages.given(stage, "hidden", is_sealed=True, phone="")
    row = Appointment.objects.get(post=stage.posts["worker"], to_on=None)
    with scope.village(stage.village.pk):
        text = as_user("clerk").get(reverse("bodies:end", args=[row.pk])).content.decode()
    assert "手上还有 2 件事" in text
    assert seen.number in text and stage.issues["hidden"].number not in text
    other = Appointment.objects.get(post=stage.posts["helper"], to_on=None)
    assert "手上还有" not in as_user("clerk").get(reverse("bodies:end", args=[other.pk])).content.decode()


def test_a_post_ends_by_form_once_nobody_holds_it(stage, as_user):
    clerk, post = as_user("clerk"), stage.posts["helper"]
    way = reverse("bodies:post_end", args=[post.pk])
    held = clerk.post(way, {"ended_on": clock.today()})
    assert held.status_code == 422 and "先办离任" in held.content.decode()
    Appointment.objects.filter(post=post).update(to_on=clock.today())
    assert way in clerk.get(reverse("bodies:body", args=[post.body_id])).content.decode()
    assert clerk.post(way, {"ended_on": clock.today()}).status_code == 303
    assert Post.objects.get(pk=post.pk).ended_on == clock.today()


def test_a_term_with_its_last_day_is_entered_at_once(stage, as_user):
    post = stage.posts["helper"]
    Appointment.objects.filter(post=post).update(to_on="2022-03-01")
    given = {"name": "苗小满", "from_on": "2022-03-01", "to_on": "2023-03-01"}
    assert as_user("clerk").post(reverse("bodies:appoint", args=[post.pk]), given).status_code == 303
    assert Appointment.objects.get(post=post, person__name="苗小满").to_on.isoformat() == "2023-03-01"


def test_a_leave_and_a_partner_changed_meanwhile_show_both_and_a_second_press_is_a_choice(stage, as_user):
    """R7: nothing is written over a change that nobody has seen."""
    clerk, secretary = as_user("clerk"), as_user("secretary")
    row, post = stage.appointments[-2], stage.posts["worker"]
    today = clock.today()
    leave, pair = reverse("bodies:leave", args=[row.pk]), reverse("bodies:pair", args=[post.pk])
    for at, quicker, mine, now in (
        (leave, {"away_from": today}, {"away_from": today + timedelta(days=3)}, str(today.day)),
        (pair, {"partner": stage.posts["helper"].pk}, {"partner": stage.posts["mediator"].pk}, "管水员"),
    ):
        shown = {"stood": clerk.get(at).context["form"]["stood"].value() or ""}
        assert secretary.post(at, {**quicker, **shown}).status_code == 303
        answer = clerk.post(at, {**mine, **shown})
        assert answer.status_code == 409
        assert any(now in value for _label, value in answer.context["now"])
        name, value = next(iter(mine.items()))
        assert str(answer.context["form"][name].value()) == str(value)
        seen = {"stood": answer.context["form"]["stood"].value()}
        assert clerk.post(at, {**mine, **seen}).status_code == 303
    row.refresh_from_db()
    post.refresh_from_db()
    assert row.away_from == today + timedelta(days=3) and post.partner == stage.posts["mediator"]
