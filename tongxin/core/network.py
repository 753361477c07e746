"""From where a request comes, as far as that can be known."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address(request: HttpRequest) -> str:
    """The visitor's address for limits; "" when there is none (a Unix socket without a proxy).

    `X-Forwarded-For` is written by whoever asks, so it counts for nothing unless the operator says how many proxies of
    ours stand in front (`PROXY_DEPTH`): then the entry that the outermost of them has added counts, and what stands
    before it is the visitor's own invention. An IPv6 visitor has a whole /64 to choose from and is counted as that.
    """
    told = request.META.get("REMOTE_ADDR", "")
    depth = settings.PROXY_DEPTH
    if depth > 0:
        hops = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(hops) >= depth:
            told = hops[-depth]
    return _plain(told)


def _plain(text: str) -> str:
    """Spelt in one way, without a port; what is no address is left as it came, cut short."""
    try:
        found = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        host, _, port = text.rpartition(":")
        if port.isdigit() and host:
            return _plain(host)
        return text[:64]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
