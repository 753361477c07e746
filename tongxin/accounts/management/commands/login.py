"""`manage.py login NAME --code | --unlock WORDS | --reset-factor | --log-out WORDS`: for when no officer can help."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongxin.accounts import actions
from tongxin.accounts.models import User
from tongxin.core.errors import DomainError


class Command(BaseCommand):
    help = "Help a log-in from the console: a one-time code, a lock, a lost second factor."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        one = parser.add_mutually_exclusive_group(required=True)
        one.add_argument("--code", action="store_true", help="a one-time code, shown once, good for 72 hours")
        one.add_argument("--unlock", metavar="WORDS", help="how you know that it is them")
        one.add_argument("--reset-factor", action="store_true", help="a new one is due at once")
        one.add_argument("--log-out", metavar="WORDS", help="end all sessions; why")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["name"].strip().lower()).first()
        if user is None:
            raise CommandError("There is no such log-in.")
        try:
            if options["code"]:
                self.stdout.write(f"{user.username} / {actions.invite(user, by=None)}")
            elif options["unlock"] is not None:
                actions.unlock(user, by=None, seen=options["unlock"])
            elif options["log_out"] is not None:
                actions.end_everywhere(user, by=None, because=options["log_out"])
            else:
                actions.reset_from_console(user)
        except DomainError as error:
            raise CommandError(str(error.message)) from None
        self.stdout.write("Done.")
