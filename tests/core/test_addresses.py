"""Nobody is led from our site to another by an address that they brought along."""

import pytest

from tongxin.core.addresses import own_page

ELSEWHERE = [
    "https://elsewhere.example/",
    "http:elsewhere.example",
    "//elsewhere.example",
    "///elsewhere.example",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    " //elsewhere.example",
    "/%2f%2felsewhere.example",
    "/%2Felsewhere.example",
    "/%5celsewhere.example",
    "/%252f%252felsewhere.example",
    "／／elsewhere.example",
    "/／elsewhere.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "elsewhere.example",
    "/%09//elsewhere.example",
    "/x@elsewhere.example",
    "",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_what_may_lead_elsewhere_in_some_reading_is_refused(address):
    assert own_page(address) == ""


@pytest.mark.parametrize(
    "address", ["/", "/v/say/?q=水&back=//x", "/v/hh/018f/#cards", "/gucheng/v/", "/v/?q=%E6%B0%B4"]
)
def test_our_own_pages_are_led_back_to(address):
    assert own_page(address) == address
