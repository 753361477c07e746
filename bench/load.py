"""A small load: a few connections kept open, raw sockets so that the client's own work stays small. Loopback only."""

import re
import socket
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Result:
    """What a burst saw: requests, seconds, statuses, and each request's milliseconds."""

    count: int = 0
    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    millis: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.count / self.seconds if self.seconds else 0.0

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.millis, n=20)[18] if len(self.millis) > 20 else max(self.millis, default=0)


class Connection:
    """One HTTP/1.1 connection to a server on this machine."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None
        self.rest = b""

    def send(self, request: bytes) -> tuple[int, bytes, bytes]:
        """(status, head, body) of the answer."""
        for attempt in (1, 2):
            try:
                if self.socket is None:
                    self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
                    self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.rest = b""
                self.socket.sendall(request)
                return self._read()
            except (ConnectionError, OSError):
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError("not reached")

    def _read(self) -> tuple[int, bytes, bytes]:
        assert self.socket is not None
        data = self.rest
        while b"\r\n\r\n" not in data:
            chunk = self.socket.recv(65536)
            if not chunk:
                raise ConnectionError("closed")
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        if b"transfer-encoding: chunked" in head.lower():
            while not body.endswith(b"0\r\n\r\n"):
                body += self.socket.recv(65536)
            self.rest = b""
            return int(head.split(b" ", 2)[1]), head, body
        length = re.search(rb"(?i)content-length: (\d+)", head)
        want = int(length.group(1)) if length else 0
        while len(body) < want:
            chunk = self.socket.recv(65536)
            if not chunk:
                raise ConnectionError("closed")
            body += chunk
        self.rest = body[want:]
        if b"connection: close" in head.lower():
            self.close()
        return int(head.split(b" ", 2)[1]), head, body[:want]

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def burst(port: int, make: Callable[[], bytes], seconds: float, connections: int = 4) -> Result:
    """Send what `make` makes over `connections` connections for `seconds`."""
    result = Result()
    lock = threading.Lock()
    stop = time.monotonic() + seconds

    def work() -> None:
        connection = Connection(port)
        statuses: dict[int, int] = {}
        millis = []
        while time.monotonic() < stop:
            request = make()
            began = time.perf_counter()
            status, _head, _body = connection.send(request)
            millis.append((time.perf_counter() - began) * 1000)
            statuses[status] = statuses.get(status, 0) + 1
        connection.close()
        with lock:
            result.millis += millis
            for status, count in statuses.items():
                result.statuses[status] = result.statuses.get(status, 0) + count

    began = time.monotonic()
    threads = [threading.Thread(target=work) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.monotonic() - began
    result.count = sum(result.statuses.values())
    return result


def request(method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> bytes:
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    head += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def pairs(
    first: tuple[int, Callable[[], bytes]], second: tuple[int, Callable[[], bytes]], rounds: int, seconds: float
) -> tuple[float, list[Result], list[Result]]:
    """Bursts A B A B …; the median of A's rate by B's, pair by pair, so that a drifting machine cancels out."""
    ours, theirs = [], []
    burst(*first, seconds=1)
    burst(*second, seconds=1)
    for _ in range(rounds):
        ours.append(burst(*first, seconds=seconds))
        theirs.append(burst(*second, seconds=seconds))
    return statistics.median(a.rate / b.rate for a, b in zip(ours, theirs, strict=True)), ours, theirs
