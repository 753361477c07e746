"""The tree of bodies: who sits where, who stands in, what is vacant, what has ended."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tongxin.bodies.models import Appointment, Body
from tongxin.bodies.views.tree import grown
from tongxin.core import clock


def sitting(stage, post):
    return Appointment.objects.select_related("person").get(post=stage.posts[post], to_on=None)


def page(client, **query):
    return client.get(reverse("bodies:bodies"), query).content.decode()


def test_on_leave_shows_who_stands_in_with_the_telephone(stage, as_user):
    away, partner = sitting(stage, "worker"), sitting(stage, "worker2")
    Appointment.objects.filter(pk=away.pk).update(away_from=clock.today(), away_to=clock.today() + timedelta(days=4))
    for text in (
        page(as_user("clerk")),
        as_user("clerk").get(reverse("bodies:body", args=[away.post.body_id])).content.decode(),
    ):
        assert "请假中" in text and f"{partner.person.name}代班" in text and partner.phone in text
    later = (clock.today() + timedelta(days=4)).isoformat()
    assert "请假中" not in page(as_user("clerk"), on=later)


def test_when_the_partner_is_away_too_nobody_stands_in(stage, as_user):
    for post in ("worker", "worker2"):
        Appointment.objects.filter(pk=sitting(stage, post).pk).update(away_from=clock.today())
    text = page(as_user("clerk"))
    assert text.count("没人代班") == 2


def test_a_vacant_seat_is_marked_and_offers_whom_to_appoint_only_to_keepers(stage, as_user):
    row = sitting(stage, "helper")
    Appointment.objects.filter(pk=row.pk).update(to_on=clock.today())
    way = reverse("bodies:appoint", args=[stage.posts["helper"].pk])
    text = page(as_user("clerk"))
    assert "空缺" in text and way in text
    text = page(as_user("supervisor"))
    assert "空缺" in text and way not in text


def test_an_ended_body_is_behind_a_fold_and_keeps_its_history(stage, as_user):
    row = sitting(stage, "leader")
    body = Body.objects.get(pk=row.post.body_id)
    today = clock.today()
    Appointment.objects.filter(post__body=body, to_on=None).update(to_on=today)
    clerk = as_user("clerk")
    assert clerk.post(reverse("bodies:body_end", args=[body.pk]), {"ended_on": today.isoformat()}).status_code == 303
    fold = page(clerk).split("<details", 2)[-1]
    assert body.name in fold
    text = clerk.get(reverse("bodies:body", args=[body.pk])).content.decode()
    assert "这个组织已经结束" in text and row.person.name in text
    assert reverse("bodies:post_new", args=[body.pk]) not in text


def test_a_nonsense_day_is_today(stage, as_user):
    assert "您看的不是今天" not in page(as_user("clerk"), on="哪天")
    assert "您看的不是今天" in page(as_user("clerk"), on="2020-01-01")


@pytest.mark.parametrize("away", [False, True])
def test_the_tree_costs_the_same_however_many_there_are(stage, django_assert_num_queries, away):
    if away:
        Appointment.objects.update(away_from=clock.today())
    with django_assert_num_queries(4 if away else 3):
        grown(stage.village, clock.today())
