"""Pages that stay as they were drawn until something changes: nine of ten looks at an inbox find what the last found.

A page is kept in this process under everything that it hangs on: a stamp that every write moves, the reader, the day,
the address, the language and the letter size. The stamp is read in the same request, so that a page is never older than
what was committed before the request came, and other processes need no word from this one. Rights are asked before, at
every look. Forms that carry a key of their own (R6) are drawn each time: two sheets must not share one.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import get_script_prefix
from django.utils.translation import get_language

from tongxin.core import clock

MOST, LARGEST = 128, 120_000  # pages, and bytes of one: 15 MB a process at the very most, two or three as a rule
TOKEN = re.compile(rb'(name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}(")')
HIDDEN = re.compile(rb'type="?hidden')
_pages: OrderedDict[Hashable, list[bytes]] = OrderedDict()
_lock = threading.Lock()


def page(request: HttpRequest, stamp: Hashable, reader: Hashable, draw: Callable[[], HttpResponse]) -> HttpResponse:
    """What `draw` answers, drawn again only when the stamp, the reader, the day or the address differ from before.

    Args:
        stamp: moves with every write that the page could show; None when nobody knows, and the page is drawn.
        reader: whatever of the reader the page shows or hangs on, beyond the rights that were asked already.
    """
    if stamp is None or request.method not in ("GET", "HEAD") or len(get_messages(request)):
        return draw()
    key = (
        stamp,
        reader,
        clock.today(getattr(getattr(request, "village", None), "zone", None)),
        get_language(),
        getattr(request, "display", None),
        request.get_host(),
        get_script_prefix(),
        request.get_full_path(),
    )
    with _lock:
        parts = _pages.get(key)
        if parts is not None:
            _pages.move_to_end(key)
    if parts is not None:
        return HttpResponse(get_token(request).encode().join(parts) if len(parts) > 1 else parts[0])
    response = draw()
    if _is_keepable(request, response):
        parts = TOKEN.sub(rb"\1\0\2", response.content).split(b"\0")
        with _lock:
            _pages[key] = parts
            while len(_pages) > MOST:
                _pages.popitem(last=False)
    return response


def _is_keepable(request: HttpRequest, response: HttpResponse) -> bool:
    """A plain page of ours: no file, no cookie of its own, no word for one script, no hidden field but the token."""
    return (
        response.status_code == 200
        and not response.streaming
        and response.get("Content-Type", "").startswith("text/html")
        and not response.cookies
        and not getattr(request, "_csp_nonce", None)
        and len(response.content) <= LARGEST
        and b"\0" not in response.content
        and len(HIDDEN.findall(response.content)) == len(TOKEN.findall(response.content))
    )


def forget() -> None:
    """For tests, and for whoever changes what no stamp knows of."""
    with _lock:
        _pages.clear()
