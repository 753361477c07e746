"""One door for each thing that a secret opens: rests, a lock that no waiting opens, and devices that are known."""

from datetime import timedelta

import pytest
from django.http import HttpResponse

from tongxin.core import clock, guessing
from tongxin.core.errors import Locked, TooMany
from tongxin.core.guessing import MOST, REST, Door, Limits
from tongxin.core.models import Lockout, Throttle

pytestmark = pytest.mark.django_db
WIDE = Limits(here=1000, thing=1000, address=1000)


def stand(rf, address="198.51.100.7", name="clerk", cookies="", limits=None):
    request = rf.get("/", REMOTE_ADDR=address)
    if cookies:
        request.COOKIES[guessing.COOKIE] = cookies
    return Door(request, "login", name, limits)


def known(rf, *names) -> str:
    """The cookie of a browser on which these have come in."""
    cookie = ""
    for name in names:
        response = HttpResponse()
        stand(rf, name=name, cookies=cookie).remember(response)
        cookie = response.cookies[guessing.COOKIE].value
    return cookie


def wrong(rf, times, **where):
    for _ in range(times):
        stand(rf, **where).knock()


def test_five_from_one_address_then_a_rest(rf):
    wrong(rf, 5)
    with pytest.raises(TooMany):
        stand(rf).knock()
    stand(rf, "198.51.100.8").knock()  # somebody else's guessing
    with clock.stopped_at(clock.now() + REST + timedelta(seconds=1)):
        stand(rf).knock()


def test_sixty_from_one_address_at_whatever_it_is(rf):
    for n in range(60):
        stand(rf, name=f"name {n}").knock()
    with pytest.raises(TooMany):
        stand(rf, name="another").knock()
    stand(rf, "198.51.100.8", name="another").knock()


def test_all_strangers_together_have_a_limit_and_known_devices_none(rf):
    few = Limits(kind=3)
    for n in range(3):
        stand(rf, f"198.51.100.{n}", name=f"name {n}", limits=few).knock()
    with pytest.raises(TooMany):
        stand(rf, "198.51.100.9", name="name 9", limits=few).knock()
    stand(rf, "198.51.100.9", name="clerk", cookies=known(rf, "clerk"), limits=few).knock()


def test_twenty_wrong_tries_shut_it_and_no_waiting_opens_it(rf):
    wrong(rf, MOST, limits=WIDE)
    with pytest.raises(Locked):
        stand(rf, limits=WIDE).knock()
    with clock.stopped_at(clock.now() + timedelta(days=700)), pytest.raises(Locked):
        stand(rf, "203.0.113.1", limits=WIDE).knock()
    assert guessing.locked("login", ["clerk", "helper"]) == {"clerk"}
    guessing.lift("login", " CLERK ")
    stand(rf, limits=WIDE).knock()


def test_twenty_over_as_many_days_shut_it_too(rf):
    for day in range(MOST):
        with clock.stopped_at(clock.now() + timedelta(days=day)):
            wrong(rf, 1, address=f"203.0.113.{day}")
    with clock.stopped_at(clock.now() + timedelta(days=MOST)), pytest.raises(Locked):
        stand(rf).knock()


def test_the_owner_coming_in_elsewhere_gives_a_guesser_nothing_back(rf):
    wrong(rf, 15, address="203.0.113.1", limits=WIDE)
    owner = stand(rf)
    owner.knock()
    owner.opened()
    wrong(rf, 5, address="203.0.113.1", limits=WIDE)
    with pytest.raises(Locked):
        stand(rf, "203.0.113.1", limits=WIDE).knock()


def test_what_the_owner_mistyped_just_before_is_forgotten(rf):
    for _round in range(4):
        wrong(rf, 4)
        owner = stand(rf)
        owner.knock()
        owner.opened()
    assert not Lockout.objects.exists()
    assert Throttle.objects.count() == 4 * 4 * 3  # the pair's rows are gone, the three wider ones stay


def test_what_was_mistyped_long_before_is_not(rf):
    wrong(rf, 4)
    with clock.stopped_at(clock.now() + REST + timedelta(minutes=1)):
        owner = stand(rf)
        owner.knock()
        owner.opened()
    assert Lockout.objects.get().tries == 4


def test_the_first_of_two_secrets_takes_back_its_own_try_only(rf):
    wrong(rf, 3)
    door = stand(rf)
    door.knock()
    door.passed()
    assert Lockout.objects.get().tries == 3


def test_a_refused_try_is_no_try(rf):
    wrong(rf, 5)
    for _ in range(30):
        with pytest.raises(TooMany):
            stand(rf).knock()
    assert Lockout.objects.get().tries == 5


def test_a_known_device_has_its_own_count_and_its_own_lock(rf):
    cookie = known(rf, "clerk")
    wrong(rf, MOST, address="203.0.113.1", limits=WIDE)
    stand(rf, cookies=cookie).knock()  # whoever locks the door from outside locks nobody out
    wrong(rf, MOST - 1, cookies=cookie, limits=WIDE)
    with pytest.raises(Locked):
        stand(rf, cookies=cookie, limits=WIDE).knock()  # a stolen one


def test_a_device_is_known_for_what_it_opened_and_for_nothing_else(rf):
    cookie = known(rf, "clerk")
    assert stand(rf, cookies=cookie).device and not stand(rf, name="helper", cookies=cookie).device
    assert not stand(rf, cookies=cookie[:-1] + ("a" if cookie[-1] != "a" else "b")).device  # not signed by us


def test_a_shared_computer_is_known_for_the_last_four(rf):
    cookie = known(rf, "a", "b", "c", "d", "a", "e")
    assert [bool(stand(rf, name=name, cookies=cookie).device) for name in "abcde"] == [True, False, True, True, True]


def test_it_stays_the_same_device_when_it_comes_in_again(rf):
    cookie = known(rf, "clerk")
    response = HttpResponse()
    stand(rf, cookies=cookie).remember(response)
    again = response.cookies[guessing.COOKIE].value
    assert stand(rf, cookies=again).device == stand(rf, cookies=cookie).device


def test_names_are_one_however_they_are_typed(rf):
    for name in ("clerk", " Clerk", "CLERK  ", "clerk", "Clerk"):
        stand(rf, name=name).knock()
    with pytest.raises(TooMany):
        stand(rf, name="cLERK").knock()


def test_the_tables_hold_no_name_and_no_address(rf):
    wrong(rf, 1)
    held = " ".join([*Throttle.objects.values_list("key", flat=True), *Lockout.objects.values_list("key", flat=True)])
    assert "clerk" not in held and "198.51" not in held
