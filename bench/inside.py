"""Run inside the product's settings in a process of its own: `python -m bench.inside WHAT …` prints one JSON line."""

import json
import os
import statistics
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongxin.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench import fill  # noqa: E402
from tongxin.accounts.models import User  # noqa: E402
from tongxin.territory import queries as territory  # noqa: E402


def _client() -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.get(username="demo-wenshu"))
    return client


def _page(client: Client, path: str, times: int = 40) -> dict[str, float]:
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path)
    queries = len(seen)  # now: the next request empties the log
    assert answer.status_code == 200, (path, answer.status_code)
    millis = []
    for _ in range(times):
        began = time.perf_counter()
        client.get(path)
        millis.append((time.perf_counter() - began) * 1000)
    return {"queries": queries, "p50_ms": statistics.median(millis), "p95_ms": statistics.quantiles(millis, n=20)[18]}


def main(what: str, *rest: str) -> None:
    village = territory.home()
    assert village is not None
    if what == "fill":
        open_count, settled_count, prefix = int(rest[0]), int(rest[1]), rest[2]
        began = time.monotonic()
        fill.open_and_settled(village.pk, open_count, settled_count, prefix)
        print(json.dumps({"seconds": round(time.monotonic() - began, 1)}))
    elif what == "inbox":
        print(json.dumps(_page(_client(), "/v/say/")))
    elif what == "report":
        print(json.dumps(_page(Client(SERVER_NAME="127.0.0.1"), "/report/?on=2023-06-30", times=10)))
    elif what == "session":
        client = _client()
        print(json.dumps({"cookie": client.cookies["sessionid"].value}))


if __name__ == "__main__":
    main(*sys.argv[1:])
