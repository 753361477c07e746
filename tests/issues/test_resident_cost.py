"""What a page costs: statements on the hot path, kilobytes on the wire, requests before the first word."""

import gzip
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import stage
from tongxin.issues.models import Issue

WIRE = 15_000


def statements(client, method, address, data=None):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        response = getattr(client, method)(address, data or {})
    plain = [q["sql"] for q in seen.captured_queries if not re.match(r"(SAVEPOINT|RELEASE|BEGIN|COMMIT)", q["sql"])]
    return response, plain


def test_a_plain_report_takes_eight_statements_at_most(client, here, sheet):
    client.post("/say/new/", sheet())  # counters, calendar and the village are in memory now
    response, plain = statements(client, "post", "/say/new/", sheet(phone="13811112222"))
    assert response.status_code == 303 and Issue.objects.count() == 2
    assert len(plain) <= 8, "\n".join(plain)
    assert not [sql for sql in plain if "core_loginsession" in sql or "bodies_" in sql or "territory_group" in sql]


def test_a_second_press_takes_four(client, here, sheet):
    data = sheet()
    client.post("/say/new/", data)
    _response, plain = statements(client, "post", "/say/new/", data)
    assert len(plain) <= 4, "\n".join(plain)


@pytest.mark.parametrize(
    ("address", "most"),
    [("/", 2), ("/say/new/", 3), ("/say/", 3), ("/board/", 6), ("/who/", 16)],
)
def test_a_page_asks_no_more_when_there_is_more(client, here, address, most):
    client.get(address)
    stage.solved(here, "one")
    _response, few = statements(client, "get", address)
    for n in range(3):
        stage.solved(here, f"more {n}")
    _response, many = statements(client, "get", address)
    assert len(few) == len(many) <= most, "\n".join(many)


@pytest.mark.parametrize("address", ["/", "/say/new/", "/q/{code}/", "/c/{token}/", "/board/", "/say/new/?q={code}"])
def test_an_entry_page_is_light_and_one_request(client, here, address):
    for n in range(4):
        stage.solved(here, f"old {n}")
        stage.told(here, f"open {n}")
    page = client.get(address.format(code=here.codes[0].code, token=here.cards[0].token))
    html = page.content
    assert len(gzip.compress(html, 6)) <= WIRE
    text = html.decode()
    assert '<link rel="stylesheet"' not in text
    assert all(" defer" in tag for tag in re.findall(r"<script[^>]*src=[^>]*>", text))
    assert len(re.findall(r"<script", text)) <= 1
