"""`tongxin rotate_keys`: other keys for secrets; finishes what was begun, stopped at any point loses nothing."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongxin.core import keyring, rotation
from tongxin.core.models import KeyPurpose


class Command(BaseCommand):
    help = (
        "Wrap the villages' keys by the first line of the master key and seal anew what is not sealed by a current "
        "key. Without --new it only finishes what is pending. May be stopped and started again at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new", action="store_true", help="give the villages new keys first")
        parser.add_argument("--index", action="store_true", help="with --new: also new keys for finding numbers")
        parser.add_argument("--village", action="append", type=UUID, help="with --new: only this one (its id)")
        parser.add_argument("--drop", action="store_true", help="take away old keys that seal nothing any more")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["index"] or options["village"]) and not options["new"]:
            raise CommandError("--index and --village go with --new.")
        wrapped, lost = keyring.rewrap()
        self.stdout.write(f"wrapped by the first line of the master key: {wrapped}")
        if lost:
            raise CommandError(
                f"{lost} keys do not open: a line of field.key is missing. Put it back; nothing is lost."
            )
        if options["new"]:
            for purpose in [KeyPurpose.FIELD, KeyPurpose.INDEX][: 1 + options["index"]]:
                count = rotation.renew(options["village"], purpose)
                self.stdout.write(f"new keys ({purpose.value}): {count}")
        works = [rotation.reseal(field, self._say) for field in rotation.fields()]
        if rotation.index_pending():
            works += rotation.reindex(self._say)
        if options["drop"]:
            self.stdout.write(f"old keys taken away: {rotation.drop()}")
        self._end(works)

    def _say(self, work: rotation.Work) -> None:
        self.stdout.write(f"{work.name}: {work.done + work.unread} of {work.total}")
        self.stdout.flush()

    def _end(self, works: list[rotation.Work]) -> None:
        if unread := sum(work.unread for work in works):
            self.stderr.write(f"{unread} secrets open with no key that is here; they were left as they are")
        needed = rotation.lines_needed()
        lines = list(keyring.masters())
        if spare := [str(lines.index(id_) + 1) for id_ in lines[1:] if id_ not in needed]:
            numbers = ", ".join(spare)
            self.stdout.write(f"no longer needed here, but by older backups: line {numbers} of field.key; keep a copy")
        self.stdout.write("done")
