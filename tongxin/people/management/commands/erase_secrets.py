"""`tongxin erase_secrets`: one person's numbers, or a whole village's, taken away for ever."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongxin.casework.actors import Operator
from tongxin.core import erasure
from tongxin.people import actions
from tongxin.people.models import Person
from tongxin.territory import queries, scope

SURE = "Nobody can undo this. Type the short name of the village to go on: "


class Command(BaseCommand):
    help = "Take away for ever the secrets of one person (--person ID), or of a whole village (--all)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--village", required=True, help="short name")
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--person", type=UUID, help="the person's id")
        whose.add_argument("--all", action="store_true", help="destroy the village's keys")
        parser.add_argument("--because", required=True, help="who asked, on what ground; stands in the history")
        parser.add_argument("--sure", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        village = queries.by_slug(options["village"])
        if village is None:
            raise CommandError("There is no such village.")
        if not options["sure"] and input(SURE) != village.slug:
            raise CommandError("Nothing was done.")
        by = Operator("erase_secrets")
        with scope.village(village.pk):
            if options["all"]:
                count = actions.destroy_village_secrets(village, by=by, because=options["because"])
                self.stdout.write(f"{count} keys destroyed: the secrets of {village.slug} cannot be read any more")
            else:
                person = Person.objects.filter(village=village, pk=options["person"]).first()
                if person is None:
                    raise CommandError("There is no such person in this village.")
                count = actions.erase_person(person, by=by, because=options["because"])
                self.stdout.write(f"{count} secrets erased")
        if erasure.sweep_traces():
            self.stdout.write("the database has cleared up; copies in backups go when those expire")
        else:
            self.stderr.write(
                "have the owner of the tables run VACUUM FULL: old versions of the rows still lie on disk"
            )
