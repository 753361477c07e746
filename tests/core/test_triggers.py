"""What the database should keep, what it keeps, and the difference in words."""

import pytest
from django.db import IntegrityError, connection, transaction

from tests import history
from tongxin.core import triggers
from tongxin.core.models import Counter
from tongxin.core.triggers import OnPostgres, OnSqlite, Trigger, raised, refused

TABLE = Counter._meta.db_table
pytestmark = pytest.mark.django_db


def small(name="tx_small", **changes):
    """A rule that numbers are small, in both tongues."""
    fields = {
        "sqlite": OnSqlite("BEFORE INSERT", f"WHEN NEW.value > 9 {refused('too big')}"),
        "postgres": OnPostgres(
            "BEFORE INSERT OR UPDATE", f"BEGIN IF NEW.value > 9 THEN {raised('too big')} END IF; RETURN NEW; END"
        ),
        "needs": frozenset({f"{TABLE}.value"}),
    }
    return Trigger(name, TABLE, **(fields | changes))


@pytest.fixture
def asked(monkeypatch):
    """A list of triggers that an app asks for, beside those of the product."""
    rows: list[Trigger] = []
    monkeypatch.setattr(triggers, "_sources", [*triggers._sources, lambda connection, known: rows])
    return rows


def insert(value):
    with transaction.atomic():
        Counter(name="n", year=2026, value=value).save(force_insert=True)


def test_a_rule_is_kept_from_its_installation_on(asked):
    insert(10)
    asked.append(small())
    assert triggers.faults(connection) == [f"tx_small on {TABLE} is missing"]
    assert triggers.install(connection) == ["tx_small"]
    assert triggers.faults(connection) == []
    assert triggers.install(connection) == []  # nothing to mend, nothing touched
    with pytest.raises(IntegrityError, match="too big"):
        Counter.objects.all().delete()
        insert(10)


def test_what_was_changed_is_told_and_put_right(asked):
    asked.append(small())
    triggers.install(connection)
    asked[0] = small(
        sqlite=OnSqlite("BEFORE INSERT", f"WHEN NEW.value > 99 {refused('too big')}"),
        postgres=OnPostgres("BEFORE INSERT", "BEGIN RETURN NEW; END"),
    )
    assert triggers.faults(connection) == [f"tx_small on {TABLE} is not as it was installed"]
    triggers.install(connection)
    assert triggers.faults(connection) == []
    insert(10)


def test_what_nobody_asked_for_any_more_is_told_and_taken_down(asked):
    asked.append(small())
    triggers.install(connection)
    asked.clear()
    assert triggers.faults(connection) == [f"tx_small on {TABLE} is nobody's"]
    triggers.install(connection)
    assert triggers.faults(connection) == []


def test_a_stranger_on_a_guarded_table_is_told_and_left_alone(asked):
    asked.append(small())
    triggers.install(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"CREATE TRIGGER quiet BEFORE INSERT ON {TABLE} BEGIN SELECT RAISE(IGNORE); END")
        else:
            cursor.execute("CREATE FUNCTION quiet() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")
            cursor.execute(f"CREATE TRIGGER quiet BEFORE INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION quiet()")
    assert triggers.faults(connection) == [f"quiet on {TABLE} is nobody's"]
    triggers.install(connection)
    assert "quiet" in triggers.found(connection)


def test_a_rule_waits_for_the_column_it_speaks_of(asked):
    asked.append(small(needs=frozenset({f"{TABLE}.colour"})))
    assert triggers.faults(connection) == []
    assert "tx_small" not in triggers.wanted(connection)


def test_all_can_be_taken_down_and_put_up_again(asked):
    asked.append(small())
    triggers.install(connection)
    before = triggers.found(connection)
    with history.unguarded():
        assert not any(name.startswith(triggers.PREFIX) for name in triggers.found(connection))
    assert triggers.found(connection) == before


@pytest.mark.postgres
def test_a_function_whose_body_was_exchanged_is_told(asked):
    asked.append(small())
    triggers.install(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION tx_small() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
        )
    assert triggers.faults(connection) == [f"tx_small on {TABLE} is not as it was installed"]


@pytest.mark.postgres
def test_a_function_asks_our_tables_and_not_a_temporary_one_of_the_same_name(asked):
    body = f"BEGIN IF EXISTS (SELECT 1 FROM {TABLE} WHERE name = 'shut') THEN {raised('shut')} END IF; RETURN NEW; END"
    asked.append(small(postgres=OnPostgres("BEFORE INSERT", body)))
    triggers.install(connection)
    Counter(name="open", year=2026).save(force_insert=True)
    Counter(name="shut", year=2026).save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE {TABLE} (name text)")
    with pytest.raises(IntegrityError, match="shut"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO public.{TABLE} (id, name, year, value) VALUES (gen_random_uuid(), 'x', 2026, 1)")
