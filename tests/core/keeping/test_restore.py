"""Into a fresh place only, equal or not at all, and mute."""

import json
import sqlite3

import pytest
from django.db import connection

from tongxin.core.keeping import backup, drill, dumping, restore, retention, sealing, unpacking
from tongxin.core.keeping.digest import Digest

from .conftest import digests


@pytest.fixture
def target(tmp_path, on_postgres):
    """(folder, url) of a fresh place; on PostgreSQL an empty database that goes away."""
    folder = tmp_path / "restored"
    if not on_postgres:
        yield folder, ""
        return
    with drill._database() as url:
        yield folder, url


def asked(url, folder, sql):
    """One answer of the restored database, by another road than the product's."""
    if not url:
        file = sqlite3.connect(folder / "tongxin.sqlite3")
        try:
            return file.execute(sql).fetchone()
        finally:
            file.close()
    with dumping.opened(url) as restored, restored.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()


def test_all_of_it_comes_back_and_the_copy_is_mute(place, target):
    folder, url = target
    place.put_file("ab", b"a photo")
    place.put_file("cd", b"a memo", tree="spool")
    backup.site.claim()
    before = digests()
    made = backup.make()
    report = restore.put(made.path, [place.keys["town"]], folder, url=url)
    assert report.found == before
    assert report.faults == []
    assert report.opened_by == "town"
    assert (folder / "media" / "ab" / f"{'ab' * 16}.jpg").read_bytes() == b"a photo"
    assert (folder / "spool" / "cd" / f"{'cd' * 16}.jpg").read_bytes() == b"a memo"
    assert asked(url, folder, "SELECT live_id, restored_from FROM core_sitestate") == ("", made.path.name)
    assert not (folder / "live.id").exists() and not list(folder.glob("*.key"))
    assert not list(folder.glob(".restoring*"))


def test_it_never_goes_over_anything(place, target):
    folder, url = target
    made = backup.make()
    folder.mkdir()
    (folder / "tongxin.sqlite3").write_text("somebody's village")
    with pytest.raises(restore.Refused, match="not fresh"):
        restore.put(made.path, [place.keys["town"]], folder, url=url)
    assert (folder / "tongxin.sqlite3").read_text() == "somebody's village"


def test_keys_that_lie_there_already_stay(place, target):
    folder, url = target
    made = backup.make(with_keys=True)
    folder.mkdir()
    (folder / "field.key").write_text("mine\n")
    restore.put(made.path, [place.keys["town"]], folder, url=url)
    assert (folder / "field.key").read_text() == "mine\n"
    assert (folder / "secret.key").exists()


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda raw: raw[:-1], sealing.CutShort),
        (lambda raw: raw[: len(raw) // 2], sealing.CutShort),
        (lambda raw: raw[:20000] + bytes([raw[20000] ^ 1]) + raw[20001:], sealing.Altered),
    ],
)
def test_a_spoilt_archive_leaves_nothing_behind(place, target, spoil, kind):
    folder, url = target
    made = backup.make()
    made.path.write_bytes(spoil(made.path.read_bytes()))
    with pytest.raises(kind):
        restore.put(made.path, [place.keys["town"]], folder, url=url)
    assert list(folder.iterdir()) == []


def resealed(place, made, change):
    """The archive as somebody would seal it who has the public keys and a changed manifest."""
    out = place.data / "unsealed"
    unpacked = unpacking.unpack(made.path, [place.keys["town"]], out)
    manifest = change(json.loads(unpacked.raw))
    forged = retention.archives(place.backups)[-1].with_name("tongxin-20300101T000000000Z-abcdef.txb")
    with forged.open("wb") as raw:
        writer = sealing.Writer(raw, backup.recipients(), {})
        import gzip
        import io
        import tarfile

        with tarfile.open(mode="w|", fileobj=writer) as tar:
            dump = (out / "database").read_bytes()
            dump = gzip.compress(dump) if manifest["database"] == "sqlite" else dump
            import hashlib

            manifest["dump"] = [len(dump), hashlib.sha256(dump).hexdigest()]
            for name, data in {
                "database": dump,
                "manifest.json": json.dumps(manifest).encode(),
                "manifest.sign": unpacked.signature.encode(),
            }.items():
                tar.addfile(backup._member(name, len(data)), io.BytesIO(data))
        writer.finish()
    return forged


def test_an_archive_that_somebody_else_sealed_is_refused(place, target):
    folder, url = target
    forged = resealed(place, backup.make(), lambda manifest: manifest | {"product": "9"})
    with pytest.raises(restore.Refused, match="does not hold the field key"):
        restore.put(forged, [place.keys["town"]], folder, url=url)


def test_the_field_key_of_another_site_is_refused(place, target, monkeypatch):
    folder, url = target
    made = backup.make()
    monkeypatch.setenv("TONGXIN_FIELD_KEY", "/////////////////////////////////////////wA=")
    with pytest.raises(restore.Refused, match="field key here"):
        restore.put(made.path, [place.keys["town"]], folder, url=url)


def test_a_newer_release_is_not_restored_by_an_older_one(place):
    made = backup.make()
    unpacked = unpacking.unpack(made.path, [place.keys["town"]], place.data / "u")
    unpacked.manifest["migrations"]["core"].append("0999_of_next_year")
    with pytest.raises(restore.Refused, match="newer release"):
        restore._readable(unpacked.manifest)


def test_a_database_that_is_not_what_the_manifest_says_is_refused(place, target, monkeypatch):
    folder, url = target
    made = backup.make()
    wanted = unpacking.Unpacked.tables.fget

    def other(self):
        return wanted(self) | {"core_upkeep": Digest(9, "aa")}

    monkeypatch.setattr(unpacking.Unpacked, "tables", property(other))
    with pytest.raises(restore.Refused, match="core_upkeep"):
        restore.put(made.path, [place.keys["town"]], folder, url=url)
    assert list(folder.iterdir()) == []


def test_sqlite_goes_into_a_folder_and_postgresql_into_an_empty_database(place, target, on_postgres):
    folder, _url = target
    made = backup.make()
    wrong = "" if on_postgres else "postgresql://nobody@/nowhere"
    with pytest.raises(restore.Refused):
        restore.put(made.path, [place.keys["town"]], folder, url=wrong)
    if on_postgres:
        with pytest.raises(dumping.Failed, match="tables already"):
            mine = dumping.url_of(connection, connection.settings_dict["NAME"])
            restore.put(made.path, [place.keys["town"]], folder, url=mine)
