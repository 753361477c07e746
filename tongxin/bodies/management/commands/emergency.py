"""`manage.py emergency VILLAGE LOG-IN POST --because WORDS [--hours N] | --take-back`: no officer is reached."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongxin.bodies import actions, queries
from tongxin.bodies.models import Post
from tongxin.casework.actors import Operator
from tongxin.core import clock
from tongxin.core.errors import DomainError
from tongxin.people.models import Person
from tongxin.territory import scope
from tongxin.territory.models import Village


class Command(BaseCommand):
    help = "Lend a staff post to somebody's own log-in for 24 hours at most, or take it back. The supervisors see it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("village", help="its short name in addresses")
        parser.add_argument("name", help="the log-in of whoever gets it")
        parser.add_argument("post", help="the title of the post")
        parser.add_argument("--body", default="", help="the name of its body, when several posts bear the title")
        parser.add_argument("--hours", type=int, default=24)
        one = parser.add_mutually_exclusive_group(required=True)
        one.add_argument("--because", metavar="WORDS", help="what has happened; everybody on the staff reads it")
        one.add_argument("--take-back", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        village = Village.objects.filter(slug=options["village"]).first()
        if village is None:
            raise CommandError("There is no such village.")
        with scope.village(village.pk):
            person = Person.objects.filter(user__username=options["name"].strip().lower()).first()
            if person is None:
                raise CommandError("There is no such log-in in this village.")
            rows = Post.objects.filter(title=options["post"], ended_on=None).select_related("body", "village")
            posts = list(rows.filter(body__name=options["body"]) if options["body"] else rows)
            if len(posts) != 1:
                raise CommandError(f"{len(posts)} posts bear this title; --body says which.")
            try:
                if options["take_back"]:
                    self._take_back(person, posts[0])
                    return
                by = Operator("emergency")
                lent = actions.lend_post(posts[0], person, by=by, hours=options["hours"], because=options["because"])
            except DomainError as error:
                raise CommandError(str(error.message)) from None
            self.stdout.write(f"{person.name}: {posts[0].title}, until {clock.local(lent.until):%Y-%m-%d %H:%M}")

    def _take_back(self, person: Person, post: Post) -> None:
        now = clock.now()
        lent = queries.emergencies(post.village_id, post=post, person=person)
        row = next((one for one in lent if one.is_open(now)), None)
        if row is None:
            raise CommandError("It is not lent to them.")
        actions.take_back(row, by=Operator("emergency"))
        self.stdout.write("Taken back.")
