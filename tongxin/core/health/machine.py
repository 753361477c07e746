"""The machine below: settings, disks, clock, certificate, open ports, versions."""

import os
import platform
import socket
import sqlite3
import ssl
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cryptography
import django
from cryptography import x509
from django.conf import settings
from django.core.checks import Tags, run_checks
from django.db import connection, connections
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

import tongxin
from tongxin.core import clock
from tongxin.core.health import Finding, State, register
from tongxin.core.health.work import said
from tongxin.core.models import OutboxItem

FULL, VERY_FULL = 80, 90  # percent
APART = timedelta(seconds=5)  # that the clocks of database and program may differ
DAYS_LEFT, DAYS_FEW = 21, 7
INSIDE = {5432: "PostgreSQL", 3306: "MySQL", 6379: "Redis", 11211: "memcached", 9200: "Elasticsearch"}


def safe_settings() -> Iterator[Finding]:
    """What the start refuses, and what it only warns of."""
    name = _("Settings")
    found = run_checks(tags=[Tags.security, Tags.database], databases=list(connections))
    ours = [message for message in found if str(message.id).startswith("tongxin.")]
    for message in ours:
        state = State.FAULT if message.is_serious() else State.LATE
        yield Finding(name, state, f"{message.id} {message.msg}", str(message.hint or ""))
    if not ours:
        yield Finding(name, State.OK, _("Nothing unsafe."))


def disks() -> Iterator[Finding]:
    """Each disk once, whatever lies on it; room and files both."""
    places = [Path(settings.DATA), Path(settings.BACKUPS), Path(settings.MEDIA_ROOT)]
    if connection.vendor == "sqlite":
        places.append(Path(connection.settings_dict["NAME"]).parent)
    if settings.BACKUPS_COPY:
        places.append(Path(settings.BACKUPS_COPY))
    seen: set[int] = set()
    for place in places:
        if not place.exists() or (device := place.stat().st_dev) in seen:
            continue
        seen.add(device)
        yield _disk(place)


def _disk(place: Path) -> Finding:
    room = os.statvfs(place)
    used = _percent(room.f_blocks - room.f_bfree, room.f_blocks - room.f_bfree + room.f_bavail)
    files = _percent(room.f_files - room.f_ffree, room.f_files) if room.f_files else 0
    most, free = max(used, files), f"{room.f_bavail * room.f_frsize / 1e9:.1f}"
    words = _("%(place)s: %(percent)s%% full, %(free)s GB free.") % {"place": place, "percent": most, "free": free}
    state = State.OK if most < FULL else State.LATE if most < VERY_FULL else State.FAULT
    mend = "" if state is State.OK else _("Make room or enlarge the disk; when it is full, nothing new can be kept.")
    return Finding(_("Disk"), state, words, mend)


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def clocks() -> Iterator[Finding]:
    """Program against database, and both against what has been written: a clock that was set back shows there."""
    name = _("Clock")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # of the same machine
            cursor.execute("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')")
            theirs = datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)
        else:
            cursor.execute("SELECT clock_timestamp()")
            theirs = cursor.fetchone()[0]
    apart = abs(clock.now() - theirs)
    newest = OutboxItem.objects.order_by("-put_at").values_list("put_at", flat=True).first()
    mend = _("Let the machine take its time from a time server (systemd-timesyncd, chrony).")
    if apart > APART:
        words = _("Program and database are %(seconds)s seconds apart.") % {"seconds": round(apart.total_seconds())}
        yield Finding(name, State.FAULT, words, mend)
    elif newest is not None and newest > clock.now() + APART:
        words = _("There are entries of %(moment)s, which is yet to come: the clock was set back.")
        yield Finding(name, State.FAULT, words % {"moment": said(newest)}, mend)
    else:
        yield Finding(name, State.OK, _("Program and database agree."))


# --- what others see of the machine -------------------------------------------------------------------------------
def certificate() -> Iterator[Finding]:
    """The days of the proxy's certificate, from its file."""
    if settings.CERTIFICATE:
        yield certified(str(settings.CERTIFICATE))


def certified(source: str) -> Finding:
    """A PEM file, or NAME[:PORT] that is asked for it."""
    name = _("Certificate")
    try:
        pem = Path(source).read_bytes() if "/" in source else _served(source)
        ends = x509.load_pem_x509_certificate(pem).not_valid_after_utc
    except (OSError, ValueError) as error:
        words = _("%(source)s cannot be read: %(words)s") % {"source": source, "words": type(error).__name__}
        return Finding(name, State.FAULT, words, _("Correct TONGXIN_CERTIFICATE, or ask the proxy's keeper."))
    days = (ends - clock.now()).days
    words = ngettext("%(source)s holds for %(days)s day.", "%(source)s holds for %(days)s days.", days)
    state = State.FAULT if days < DAYS_FEW else State.LATE if days < DAYS_LEFT else State.OK
    mend = "" if state is State.OK else _("Renew it at the proxy.")
    return Finding(name, state, words % {"source": source, "days": days}, mend)


def _served(source: str) -> bytes:
    host, _colon, port = source.partition(":")
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # one that has run out is to be read as well
    with (
        socket.create_connection((host, int(port or 443)), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=host) as wrapped,
    ):
        return ssl.DER_cert_to_PEM_cert(wrapped.getpeercert(binary_form=True) or b"").encode()


def ports() -> Iterator[Finding]:
    """What others can reach of this machine and should not: databases, and the pages without a proxy."""
    listening = dict(_listening())
    if not listening:
        return  # no Linux, or not ours to see
    name = _("Open ports")
    mine = {inode for inode in _own_sockets() if inode in listening.values()}
    wrong = [f"{port} {INSIDE[port]}" for port in sorted(listening) if port in INSIDE]
    if wrong:
        words = _("Others can reach: %(ports)s") % {"ports": ", ".join(wrong)}
        mend = _("Let it listen on 127.0.0.1 or a socket only, and close it in the firewall.")
        yield Finding(name, State.FAULT, words, mend)
    if mine:
        open_ = ", ".join(str(port) for port, inode in sorted(listening.items()) if inode in mine)
        words = _("The pages answer on port %(ports)s without the proxy.") % {"ports": open_}
        yield Finding(name, State.LATE, words, _("Start the server with --host 127.0.0.1 behind the proxy."))
    if not wrong and not mine:
        seen = ", ".join(str(port) for port in sorted(listening)[:12])
        words = _("No database can be reached from other machines (open: %(ports)s).") % {"ports": seen}
        yield Finding(name, State.OK, words)


def _listening(tables: Iterable[Path] = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))) -> Iterator[tuple[int, str]]:
    """(port, inode) of whatever listens on more than loopback."""
    for table in tables:
        try:
            lines = table.read_text().splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            fields = line.split()
            address, _colon, port = fields[1].partition(":")
            if fields[3] == "0A" and not _is_loopback(address):
                yield int(port, 16), fields[9]


def _is_loopback(address: str) -> bool:
    """As the kernel writes it: words of four bytes, each in the machine's own order."""
    raw = b"".join(bytes.fromhex(address[at : at + 8])[::-1] for at in range(0, len(address), 8))
    if len(raw) == 4:
        return raw[0] == 127
    return raw == b"\0" * 15 + b"\1" or (raw[:12] == b"\0" * 10 + b"\xff\xff" and raw[12] == 127)


def _own_sockets() -> Iterator[str]:
    for link in Path("/proc/self/fd").glob("*"):
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if target.startswith("socket:["):
            yield target[8:-1]


def versions() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            below = f"SQLite {sqlite3.sqlite_version}"
        else:
            cursor.execute("SHOW server_version")
            below = f"PostgreSQL {cursor.fetchone()[0]}"
    parts = [f"Tongxin {tongxin.__version__}", f"Python {platform.python_version()}", f"Django {django.__version__}"]
    yield Finding(_("Versions"), State.OK, ", ".join([*parts, below, f"cryptography {cryptography.__version__}"]))


register("settings", safe_settings)
register("disks", disks)
register("clock", clocks)
register("certificate", certificate)
register("ports", ports)
register("versions", versions)
