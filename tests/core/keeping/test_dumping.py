"""The picture is taken the safe way, and a password stands in no list of processes."""

import subprocess
from types import SimpleNamespace

import pytest
from django.db import connection

from tongxin.core.keeping import dumping
from tongxin.settings import database


def test_the_address_of_another_database_is_read_back_as_it_was_meant():
    held = database("postgresql://county:p%40ss%2Fword@db.example:5433/tongxin?sslmode=require") | {"TIME_ZONE": None}
    other = database(dumping.url_of(SimpleNamespace(settings_dict=held), "tongxin_drill"))
    assert other["NAME"] == "tongxin_drill"
    for key in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS"):
        assert other[key] == held[key], key


def test_a_password_goes_through_the_environment_and_an_error_without_rows(monkeypatch):
    seen = {}

    def run(command, env, **_):
        seen.update(command=command, env=env)
        return SimpleNamespace(returncode=1, stderr="pg_dump: error: no 13822220001 here\n")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(dumping, "program", lambda name: name)
    monkeypatch.setenv("PGHOST", "somewhere-else")
    held = database("postgresql://county:secret@/tongxin?host=/run/pg")
    with pytest.raises(dumping.Failed) as failed:
        dumping._run(SimpleNamespace(settings_dict=held), "pg_dump", "-Fc")
    assert "secret" not in " ".join(seen["command"])
    assert seen["env"]["PGPASSWORD"] == "secret" and seen["env"]["PGHOST"] == "/run/pg"
    assert "13822220001" not in str(failed.value)


@pytest.mark.django_db(transaction=True)
def test_the_file_is_for_its_owner_only(tmp_path):
    found = dumping.snapshot(tmp_path / "picture")
    assert set(found) == set(connection.introspection.table_names())
    if connection.vendor == "sqlite":
        assert (tmp_path / "picture").stat().st_mode & 0o777 == 0o600


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_it_is_taken_is_in_neither_the_dump_nor_the_digest(tmp_path, monkeypatch):
    """The digest and the dump are of one moment, though somebody writes between them."""
    import psycopg

    plain = dumping._run
    held = connection.settings_dict

    def run(connection_, name, *arguments):
        plain(connection_, name, *arguments)
        with psycopg.connect(host=held["HOST"], user=held["USER"], dbname=held["NAME"], autocommit=True) as other:
            other.execute("INSERT INTO core_heartbeat VALUES (gen_random_uuid(), 'late', now())")

    monkeypatch.setattr(dumping, "_run", run)
    assert dumping.snapshot(tmp_path / "picture")["core_heartbeat"].rows == 0


def test_a_missing_program_is_named_with_its_package(monkeypatch):
    monkeypatch.setattr(dumping.glob, "glob", lambda _: [])
    monkeypatch.setattr(dumping.shutil, "which", lambda _: None)
    with pytest.raises(dumping.Failed, match="postgresql-client"):
        dumping.program("pg_dump")
