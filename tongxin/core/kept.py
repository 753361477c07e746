"""Pages that stay as they were drawn until something changes: nine of ten looks at an inbox find what the last found.

A page is kept in this process under everything that it hangs on: a stamp that every write moves, the reader, the day,
the address, the language and the letter size. The stamp is read in the same request, so that a page is never older than
what was committed before the request came, and other processes need no word from this one. Rights are asked before, at
every look. The token of a form and its key (R6) are put in anew each time; a page with any other hidden field is drawn.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from uuid import uuid4

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import get_script_prefix
from django.utils.translation import get_language

from tongxin.core import clock

MOST, LARGEST = 128, 120_000  # pages, and bytes of one: 15 MB a process at the very most, two or three as a rule
HOLE = re.compile(rb'(?<=name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}|(?<=name="once" value=")[0-9a-f-]{36}')
KEY_LENGTH = 36
HIDDEN = re.compile(rb'type="?hidden')
_pages: OrderedDict[Hashable, "Cut"] = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True)
class Cut:
    """A page in pieces; between two of them stood a form's token, or its key."""

    pieces: list[bytes]
    is_key: list[bool]

    @classmethod
    def of(cls, content: bytes) -> "Cut":
        return cls(HOLE.split(content), [len(found) == KEY_LENGTH for found in HOLE.findall(content)])

    def filled(self, request: HttpRequest) -> bytes:
        """With this reader's token, and for each form a key that no other page has."""
        token = get_token(request).encode() if self.is_key else b""
        between = [str(uuid4()).encode() if is_key else token for is_key in self.is_key]
        return b"".join(piece + more for piece, more in zip(self.pieces, [*between, b""], strict=True))


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
        cut = _pages.get(key)
        if cut is not None:
            _pages.move_to_end(key)
    if cut is not None:
        return HttpResponse(cut.filled(request))
    response = draw()
    if _is_keepable(request, response):
        with _lock:
            _pages[key] = Cut.of(response.content)
            while len(_pages) > MOST:
                _pages.popitem(last=False)
    return response


def _is_keepable(request: HttpRequest, response: HttpResponse) -> bool:
    """A plain page of ours: no file, no cookie of its own, no word for one script, no other hidden field."""
    return (
        response.status_code == 200
        and not response.streaming
        and response.get("Content-Type", "").startswith("text/html")
        and not response.cookies
        and not getattr(request, "_csp_nonce", None)
        and len(response.content) <= LARGEST
        and len(HIDDEN.findall(response.content)) == len(HOLE.findall(response.content))
    )


def forget() -> None:
    """For tests, and for whoever changes what no stamp knows of."""
    with _lock:
        _pages.clear()
