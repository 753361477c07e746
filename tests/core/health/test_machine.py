"""Disks, clocks, certificates, ports: each fault is found and comes with its mend."""

import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from django.db import transaction
from django.utils import translation

from tongxin.core import clock, outbox
from tongxin.core.health import State, machine
from tongxin.core.models import OutboxItem


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("used", "files", "state"),
    [(50, 10, State.OK), (79, 10, State.OK), (81, 10, State.LATE), (91, 10, State.FAULT), (10, 95, State.FAULT)],
)
def test_a_disk_is_late_at_eighty_percent_and_a_fault_at_ninety(monkeypatch, tmp_path, used, files, state):
    room = {"f_blocks": 100, "f_bfree": 100 - used, "f_bavail": 100 - used, "f_frsize": 4096}
    seen = SimpleNamespace(**room, f_files=100, f_ffree=100 - files)
    monkeypatch.setattr(machine.os, "statvfs", lambda place: seen)
    found = machine._disk(tmp_path)
    assert found.state is state and f"{max(used, files)}%" in found.words
    assert bool(found.mend) is (state is not State.OK)


@pytest.mark.django_db
def test_each_disk_is_looked_at_once(settings, tmp_path):
    settings.DATA = settings.BACKUPS = tmp_path
    settings.BACKUPS_COPY = str(tmp_path / "gone")
    assert 1 <= len(list(machine.disks())) <= 2


@pytest.mark.django_db(transaction=True)
def test_clocks_that_disagree_and_a_clock_that_was_set_back():
    assert [one.state for one in machine.clocks()] == [State.OK]
    with clock.stopped_at(clock.now() + timedelta(hours=1)):
        [found] = machine.clocks()
        assert found.state is State.FAULT and "3600 seconds" in found.words
        with transaction.atomic():
            outbox.put("test.nobody", {})
    [found] = machine.clocks()
    assert found.state is State.FAULT and "set back" in found.words
    OutboxItem.objects.all().delete()


def certificate(path: Path, days: int) -> Path:
    key, name = ed25519.Ed25519PrivateKey.generate(), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now - timedelta(days=90)).not_valid_after(now + timedelta(days=days, hours=1)).sign(key, None)
    )  # fmt: skip
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(("days", "state"), [(60, State.OK), (20, State.LATE), (5, State.FAULT), (-2, State.FAULT)])
def test_a_certificate_is_counted_in_days(settings, tmp_path, days, state):
    settings.CERTIFICATE = str(certificate(tmp_path / "c.pem", days))
    [found] = machine.certificate()
    assert found.state is state and str(days) in found.words


def test_a_certificate_that_cannot_be_read_is_a_fault(settings, tmp_path):
    settings.CERTIFICATE = ""
    assert list(machine.certificate()) == []
    settings.CERTIFICATE = str(tmp_path / "none.pem")
    assert next(machine.certificate()).state is State.FAULT
    assert machine.certified("127.0.0.1:1").state is State.FAULT  # nobody listens there


@pytest.mark.parametrize(
    ("address", "is_loopback"),
    [
        ("0100007F", True),  # 127.0.0.1 as the kernel writes it
        ("00000000", False),
        ("0101A8C0", False),
        ("00000000000000000000000001000000", True),  # ::1
        ("00000000000000000000000000000000", False),
        ("0000000000000000FFFF00000100007F", True),  # ::ffff:127.0.0.1
    ],
)
def test_loopback_is_told_from_the_rest(address, is_loopback):
    assert machine._is_loopback(address) is is_loopback


def test_a_database_that_others_can_reach_is_a_fault(monkeypatch, tmp_path):
    table = tmp_path / "tcp"
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    line = "   0: {} 00000000:0000 {} 00000000:00000000 00:00000000 00000000     0        0 {} 1\n"
    lines = [("00000000:1538", "0A", 11), ("0100007F:18EB", "0A", 12), ("00000000:0CEA", "01", 13)]
    table.write_text(head + "".join(line.format(*one) for one in lines))
    assert list(machine._listening([table, tmp_path / "none"])) == [(5432, "11")]
    monkeypatch.setattr(machine, "_listening", lambda: [(5432, "11"), (22, "9")])
    [found] = machine.ports()
    assert found.state is State.FAULT and "5432 PostgreSQL" in found.words


def test_pages_that_answer_without_the_proxy_are_noticed():
    with socket.socket() as open_:
        open_.bind(("0.0.0.0", 0))
        open_.listen()
        if not Path("/proc/net/tcp").exists():
            return
        found = list(machine.ports())
        assert any(one.state is State.LATE and str(open_.getsockname()[1]) in one.words for one in found)


@pytest.mark.django_db
def test_unsafe_settings_come_with_their_mend(settings):
    settings.SECRET_KEY = "short"
    found = list(machine.safe_settings())
    assert any(one.state is State.FAULT and "E002" in one.words and one.mend for one in found)


@pytest.mark.django_db
def test_versions_are_named(on_postgres):
    [found] = machine.versions()
    assert ("PostgreSQL" if on_postgres else "SQLite") in found.words and "Django 5.2" in found.words
