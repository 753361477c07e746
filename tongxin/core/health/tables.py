"""Whether the tables are those of this release, and what no model can see of them."""

from collections.abc import Iterator

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.core import triggers
from tongxin.core.health import Finding, State, register


def migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    ahead = executor.loader.applied_migrations.keys() - executor.loader.graph.nodes.keys()
    ahead = {key for key in ahead if key[0] in {app for app, _name in executor.loader.graph.nodes}}
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    name = _("Tables")
    if ahead:
        words = _("The database is of a newer release (%(name)s).") % {"name": ".".join(min(ahead))}
        yield Finding(name, State.FAULT, words, _("Install the newer release; this one must not write here."))
    elif plan:
        words = ngettext("%(count)s migration is missing.", "%(count)s migrations are missing.", len(plan))
        mend = _("Run: tongxin upgrade")
        yield Finding(name, State.FAULT, words % {"count": len(plan)}, mend)
    else:
        yield Finding(name, State.OK, _("All tables are those of this release."))


def guards() -> Iterator[Finding]:
    """The triggers that keep history, against the list of what should be there (R10)."""
    name = _("Guards of history")
    if faults := triggers.faults(connection):
        mend = _("Find out who took it away, compare with the last printed anchor, then run: tongxin migrate")
        yield Finding(name, State.FAULT, _("Not as it should be: %(names)s") % {"names": ", ".join(faults[:5])}, mend)
    else:
        count = len(triggers.found(connection))
        words = ngettext("%(count)s trigger is in its place.", "%(count)s triggers are in their places.", count)
        yield Finding(name, State.OK, words % {"count": count})


def sound() -> Iterator[Finding]:
    """SQLite reads every page of its file; PostgreSQL counts torn pages itself when checksums are on."""
    name = _("Pages of the database")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check(1)")
            said = str(cursor.fetchone()[0])
            cursor.execute("PRAGMA foreign_key_check")
            if cursor.fetchone() is not None:
                said = _("a row points to one that is not there")
            is_ok = said == "ok"
        else:
            cursor.execute("SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()")
            failures = cursor.fetchone()[0]
            is_ok, said = not failures, _("%(count)s pages with a wrong checksum") % {"count": failures}
    if is_ok:
        yield Finding(name, State.OK, _("The database finds nothing torn in itself."))
    else:
        mend = _("Stop the site, keep this disk as it is, and restore the newest backup on another.")
        yield Finding(name, State.FAULT, said, mend)


register("migrations", migrations, in_copy=True)
register("guards", guards, in_copy=True)
register("pages", sound, is_deep=True, in_copy=True)
