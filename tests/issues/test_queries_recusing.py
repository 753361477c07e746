"""Whom a complaint concerns, by office, with their kin; and who is left to take it."""

from datetime import timedelta

import pytest

from tests.factories import stage
from tongxin.bodies.models import BodyKind
from tongxin.bodies.roles import Role
from tongxin.core import clock
from tongxin.issues import queries
from tongxin.issues.models import Recusal, RecusedBecause, Route
from tongxin.people.models import Household, Membership, Relation


def home(here, *people, number="900", left=(), relation=None):
    """A household of these persons; those in `left` have moved out a month ago."""
    household = stage.row(
        Household,
        village=here.village,
        number=number,
        opened_on=stage.LONG_AGO,
        group=here.groups[0],
        grid=here.grids[0],
    )
    for n, person in enumerate(people):
        stage.row(
            Membership,
            village=here.village,
            household=household,
            person=person,
            relation=(relation or {}).get(person.name, Relation.OTHER if n else Relation.HEAD),
            from_on=stage.LONG_AGO,
            to_on=clock.today() - timedelta(days=30) if person in left else None,
        )
    return household


def person(here, who):
    return here.persons[here.users[who].name]


def concerned(here, *who):
    return queries.concerned(here.village.pk, [here.posts[name].pk for name in who], clock.today())


def names(here, people, because=None):
    by_id = {p.pk: who for who in here.users for p in [person(here, who)]}
    return {by_id.get(one.person_id, "?") for one in people if because in (None, one.because)}


def route(here, *who):
    posts = [here.posts[name].pk for name in who]
    return queries.route_for(here.village.pk, posts, concerned(here, *who), clock.today())


def county(here):
    """A county officer, whom the small village does not have."""
    body = stage.row(stage.Body, village=here.village, kind=BodyKind.COUNTY, name="县里", opened_on=stage.LONG_AGO)
    post = {"role": Role.COUNTY, "title": "县纪检干部", "position": 90}
    here.posts["county"] = stage.row(stage.Post, village=here.village, body=body, **post)
    user = stage.officer(here, "county", "县干部")
    stage.appoint(here, "county", stage._person(here, user.name, user))
    return user


def leave(here, who, days=0):
    for row in here.appointments:
        if row.post_id == here.posts[who].pk:
            row.to_on = clock.today() - timedelta(days=days)
            row.save()


# --- who ----------------------------------------------------------------------------------------------------------
def test_the_holder_of_the_office_and_nobody_else(here):
    assert names(here, concerned(here, "secretary")) == {"secretary"}
    assert names(here, concerned(here, "secretary", "helper")) == {"secretary", "helper"}


def test_who_handed_the_office_over_within_a_year_too(here):
    assert names(here, concerned(here, "clerk")) == {"clerk", "former"}
    leave(here, "secretary", days=400)
    assert names(here, concerned(here, "secretary")) == set()


def test_the_household_of_today_and_kin_of_before(here):
    lodger = {person(here, "mediator").name: Relation.NOT_RELATED, person(here, "helper").name: Relation.NOT_RELATED}
    people = [person(here, who) for who in ("secretary", "council", "worker", "mediator", "helper")]
    home(here, *people, left=(people[2], people[4]), relation=lodger)
    found = concerned(here, "secretary")
    assert names(here, found, RecusedBecause.OFFICE) == {"secretary"}
    # the wife, the son who moved out, the lodger who lives there; the lodger who has left is a stranger
    assert names(here, found, RecusedBecause.KIN) == {"council", "worker", "mediator"}


def test_people_who_never_lived_together_are_no_kin(here):
    house = home(here, person(here, "secretary"))
    row = {"village": here.village, "household": house, "person": person(here, "council"), "relation": Relation.SON}
    stage.row(Membership, from_on=stage.LONG_AGO, to_on=stage.LONG_AGO, **row)
    assert names(here, concerned(here, "secretary")) == {"secretary"}


# --- where --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "to"),
    [
        ("secretary", Route.SUPERVISORS),
        ("worker", Route.SUPERVISORS),
        ("leader", Route.SUPERVISORS),
        ("supervisor", Route.TOWNSHIP),
    ],
)
def test_to_the_supervisors_and_about_them_to_the_township(here, who, to):
    assert route(here, who) == to


def test_both_offices_in_one_person_go_past_both(here):
    stage.appoint(here, "supervisor", person(here, "secretary"))
    assert route(here, "secretary") == Route.TOWNSHIP


def test_two_offices_named_go_past_both(here):
    assert route(here, "secretary", "supervisor") == Route.TOWNSHIP


def test_where_the_only_supervisor_is_kin_it_goes_up(here):
    home(here, person(here, "secretary"), person(here, "supervisor"))
    assert route(here, "secretary") == Route.TOWNSHIP


def test_another_supervisor_takes_what_concerns_the_kin_of_one(here):
    home(here, person(here, "secretary"), person(here, "supervisor"))
    stage.appoint(here, "supervisor", person(here, "accountant"))
    assert route(here, "secretary") == Route.SUPERVISORS


def test_about_the_township_to_the_county_and_to_a_colleague_only_without_one(here):
    assert route(here, "township") == Route.COUNTY, "nobody: neither county nor colleague"
    post = {"role": Role.TOWNSHIP, "title": "镇司法所", "body": here.posts["township"].body}
    here.posts["next door"] = stage.row(stage.Post, village=here.village, position=80, **post)
    stage.appoint(here, "next door", person(here, "mediator"))
    assert route(here, "township") == Route.TOWNSHIP
    county(here)
    assert route(here, "township") == Route.COUNTY


def test_where_nobody_is_left_it_is_the_countys_and_nobodys(here):
    leave(here, "supervisor", days=5)
    leave(here, "township", days=5)
    issue = stage.told(here, "c", about_post=here.posts["secretary"])
    assert issue.route == Route.COUNTY
    assert queries.is_orphan(here.village.pk, issue.pk, issue.route, clock.today())
    user = county(here)
    assert not queries.is_orphan(here.village.pk, issue.pk, issue.route, clock.today())
    assert queries.orders_for(user, here.village.pk).get() == issue


def test_a_county_officer_sees_nothing_else(here):
    user = county(here)
    stage.told(here, "plain")
    stage.told(here, "c", about_post=here.posts["secretary"])
    assert not queries.visible_to(user, here.village.pk).exists()


# --- what a text says ---------------------------------------------------------------------------------------------
def test_an_office_or_its_holder_is_found_in_words(here):
    def found(text):
        return {post.title for post in queries.offices_named(text, clock.today())}

    assert found("支部书记不在") == found("书记不在") == found(f"{here.users['secretary'].name}不在") == {"支部书记"}
    assert found("路上有个坑") == set()


def test_kept_by_person_and_reason(here):
    home(here, person(here, "secretary"), person(here, "council"))
    issue = stage.told(here, "c", about_post=here.posts["secretary"])
    rows = {row.person_id: (row.because, row.post_id) for row in Recusal.objects.filter(issue=issue)}
    assert rows[person(here, "secretary").pk] == (RecusedBecause.OFFICE, here.posts["secretary"].pk)
    assert rows[person(here, "council").pk] == (RecusedBecause.KIN, None)
