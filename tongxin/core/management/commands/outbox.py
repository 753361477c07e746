"""`tongxin outbox`: what was set aside, and what to do with it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tongxin.core import clock, outbox


class Command(BaseCommand):
    help = "Show what the worker set aside; try it again, or let it be."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--again", action="store_true", help="try all of it again")
        what.add_argument("--drop", action="store_true", help="let all of it be: it is not done any more")
        parser.add_argument("--topic", default="", help="only this topic")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["again"]:
            self.stdout.write(f"{outbox.again(options['topic'])} again")
        elif options["drop"]:
            self.stdout.write(f"{outbox.drop(options['topic'])} dropped")
        for item in outbox.aside(options["topic"]):
            put = clock.local(item.put_at)
            self.stdout.write(f"{item.pk} {item.topic} {put:%Y-%m-%d %H:%M} tries {item.attempts}: {item.last_error}")
