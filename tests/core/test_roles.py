"""The role that serves can add to history and not bend it; the role that migrates is another."""

import stat

import psycopg
import pytest
from django.core.checks import Error, Warning
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import ProgrammingError, connection, connections, transaction

from tests import databases
from tongxin.core import append_only, roles
from tongxin.core.checks import DISCREET
from tongxin.core.models import Counter
from tongxin.people.models import RegisterEntry
from tongxin.settings import database

HISTORY = RegisterEntry._meta.db_table
on_postgres = pytest.mark.postgres


@pytest.mark.parametrize(
    ("rights", "said"),
    [
        (roles.Rights("tongxin", True), "superuser"),
        (roles.Rights("tongxin", False, owns=[HISTORY], may_change=[HISTORY]), "owns"),
        (roles.Rights("tongxin", False, may_change=[HISTORY]), "may change"),
    ],
)
def test_each_right_too_many_is_said_once(rights, said):
    [fault] = rights.faults()
    assert said in fault
    assert roles.Rights("tongxin_app", False).faults() == []


def test_sqlite_has_no_roles(db):
    if connection.vendor == "sqlite":
        assert roles.not_the_owner(None, databases=["default"]) == []
        roles.grant(connection)
        with pytest.raises(CommandError, match="no roles"):
            call_command("setup_database")


@on_postgres
@pytest.mark.django_db
def test_one_role_for_everything_is_a_warning_at_home_and_refused_with_foreign_hosts(settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    [said] = roles.not_the_owner(None, databases=["default"])
    assert isinstance(said, Warning)
    settings.ALLOWED_HOSTS = ["county.example.org"]
    [said] = roles.not_the_owner(None, databases=["default"])
    assert isinstance(said, Error)
    assert "setup_database" in said.hint
    with append_only.being_mended():  # the owner migrates
        assert roles.not_the_owner(None, databases=["default"]) == []


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_the_application_reads_and_writes_and_adds_to_history(settings):
    settings.ALLOWED_HOSTS = ["county.example.org"]
    with databases.as_application() as using:
        assert roles.not_the_owner(None, databases=[using]) == []
        counter = Counter(name="n", year=2026)
        counter.save(using=using)
        Counter.objects.using(using).update(value=5)
        with transaction.atomic(using=using):
            assert Counter.objects.using(using).select_for_update().get().value == 5
        Counter.objects.using(using).all().delete()
        for refused in ("UPDATE django_migrations SET app = 'x'", "CREATE TABLE mine (a int)", f"TRUNCATE {HISTORY}"):
            with pytest.raises(ProgrammingError), transaction.atomic(using=using):
                connections[using].cursor().execute(refused)


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_rows_that_are_held_and_never_changed_can_be_held(monkeypatch):
    monkeypatch.setitem(append_only._tables, RegisterEntry, True)
    with databases.as_application() as using:
        with transaction.atomic(using=using):
            assert list(RegisterEntry._base_manager.using(using).select_for_update()) == []
        with pytest.raises(ProgrammingError), transaction.atomic(using=using):
            connections[using].cursor().execute(f"UPDATE {HISTORY} SET what = 'x'")
    with databases.as_application() as using:
        monkeypatch.setitem(append_only._tables, RegisterEntry, False)
        roles.grant(connection)  # what was given for holding is taken back
        with pytest.raises(ProgrammingError), transaction.atomic(using=using):
            list(RegisterEntry._base_manager.using(using).select_for_update())


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_the_database_is_handed_over_and_both_addresses_are_kept(settings, tmp_path, capsys):
    owner, app = f"tx_owner_{databases.WORKER}", f"tx_serve_{databases.WORKER}"
    settings.DATA, settings.APP_ROLE, me = tmp_path, app, connection.settings_dict["USER"]
    drills = f"{connection.settings_dict['NAME']}_drill"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{drills}"')
    try:
        call_command("setup_database", owner=owner)
        url = {name: (tmp_path / name).read_text() for name in ("database-owner.env", "database.env")}
        for name, role in (("database-owner.env", owner), ("database.env", app)):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
            given = database(url[name].strip().removeprefix("DATABASE_URL="))
            assert given["USER"] == role
            assert given["NAME"] == connection.settings_dict["NAME"]
            with psycopg.connect(
                host=given["HOST"] or given["OPTIONS"]["host"],
                dbname=given["NAME"],
                user=role,
                password=given["PASSWORD"],
            ) as session:
                [[may]] = session.execute(f"SELECT has_table_privilege('{HISTORY}', 'DELETE')").fetchall()
                assert may is (role == owner)
                shown = {name: session.execute(f"SHOW {name}").fetchall()[0][0] for name in DISCREET}
                assert shown == DISCREET
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = %s", [drills])
            assert cursor.fetchall() == [(app,)]
        assert roles.rights(connection).is_superuser
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {owner}")
            assert roles.rights(connection).owns == sorted(append_only.protected())
            cursor.execute("RESET ROLE")
        (tmp_path / "database.env").unlink()
        call_command("setup_database", owner=owner)  # again: roles and passwords stay as they are
        assert not (tmp_path / "database.env").exists()
        assert "unchanged" in capsys.readouterr().out
    finally:
        roles.hand_over(connection, me)
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{drills}"')
            cursor.execute(f"DROP OWNED BY {owner}, {app}; DROP ROLE {owner}, {app}")


@on_postgres
@pytest.mark.django_db(transaction=True)
def test_an_old_address_is_not_written_over(settings, tmp_path):
    settings.DATA, settings.APP_ROLE = tmp_path, f"tx_serve_{databases.WORKER}"
    with pytest.raises(CommandError, match="two roles"):
        call_command("setup_database", owner=settings.APP_ROLE)
    (tmp_path / "database.env").write_text("kept")
    with pytest.raises(CommandError, match="put it away"):
        call_command("setup_database", owner=f"tx_owner_{databases.WORKER}")
    assert (tmp_path / "database.env").read_text() == "kept"
    with connection.cursor() as cursor:  # nothing was begun
        names = [f"tx_owner_{databases.WORKER}", settings.APP_ROLE]
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [names])
        assert cursor.fetchone() == (0,)
