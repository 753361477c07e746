"""The address that limits count by: what a visitor writes into a header counts for nothing."""

import pytest

from tongxin.core import network


def ask(rf, remote="10.0.0.9", forwarded=None):
    more = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return rf.get("/", REMOTE_ADDR=remote, **more)


def test_without_a_proxy_of_ours_the_header_is_a_visitors_invention(rf, settings):
    settings.PROXY_DEPTH = 0
    told = {network.address(ask(rf, "198.51.100.7", f"203.0.113.{n}")) for n in range(200)}
    assert told == {"198.51.100.7"}


@pytest.mark.parametrize(
    ("depth", "forwarded", "address"),
    [
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "1.1.1.1, 2.2.2.2, 198.51.100.7", "198.51.100.7"),
        (2, "1.1.1.1, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        (2, "198.51.100.7", "10.0.0.9"),  # shorter than it must be: somebody came past the outer proxy
        (1, None, "10.0.0.9"),
        (1, "", "10.0.0.9"),
        (1, "198.51.100.7:51234", "198.51.100.7"),
        (1, "nonsense", "nonsense"),
    ],
)
def test_behind_proxies_only_what_ours_have_added_counts(rf, settings, depth, forwarded, address):
    settings.PROXY_DEPTH = depth
    assert network.address(ask(rf, forwarded=forwarded)) == address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),  # one household has the whole /64
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:DB8:0001:0002::1", "2001:db8:1:2::1"),
    ],
)
def test_one_visitor_is_one_address(rf, settings, one, other):
    settings.PROXY_DEPTH = 0
    assert network.address(ask(rf, one)) == network.address(ask(rf, other))


def test_neighbours_are_two(rf, settings):
    settings.PROXY_DEPTH = 0
    assert network.address(ask(rf, "2001:db8:1:2::1")) != network.address(ask(rf, "2001:db8:1:3::1"))


def test_a_socket_without_an_address_has_none(rf, settings):
    settings.PROXY_DEPTH = 0
    assert network.address(ask(rf, "")) == ""
