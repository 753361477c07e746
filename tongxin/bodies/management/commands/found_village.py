"""`manage.py found_village`: a village, its committee, and the clerk who enters all the rest by form."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_slug
from django.db import transaction
from django.db.models import Q

from tongxin.bodies import actions
from tongxin.bodies.models import BodyKind
from tongxin.bodies.roles import Role
from tongxin.casework.actors import Operator
from tongxin.core import clock
from tongxin.core.errors import DomainError
from tongxin.territory import actions as territory
from tongxin.territory import queries, scope
from tongxin.territory.models import Village


class Command(BaseCommand):
    help = "Found a village: its division chain, the committee, a clerk with a one-time code. All or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--slug", required=True, help="short name in addresses, lower-case letters, digits, -")
        parser.add_argument("--phone", required=True, help="the village's telephone, printed on every poster")
        parser.add_argument(
            "--chain",
            required=True,
            nargs=5,
            metavar="CODE:NAME",
            help="province, city, county, township, village: 62:甘肃省 6211:定西市 … 621122105204:通安驿村",
        )
        parser.add_argument("--office-hours", default="", help="8:30–17:30, say")
        parser.add_argument("--clerk-name", required=True)
        parser.add_argument("--clerk-login", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"]
        try:
            validate_slug(slug)
        except ValidationError as error:
            raise CommandError("--slug: lower-case letters, digits and - only.") from error
        if slug != slug.lower() or "_" in slug:
            raise CommandError("--slug: lower-case letters, digits and - only.")
        code = options["chain"][-1].partition(":")[0].strip()
        if Village.objects.filter(Q(slug=slug) | Q(division__code=code)).exists():
            raise CommandError(f"The village {slug} ({code}) is founded already.")
        try:
            with transaction.atomic():
                village, code = found(**{name: options[name] for name in NEEDED})
        except DomainError as error:
            queries.forget_villages()  # rolled back, so forgotten
            raise CommandError(str(error.message)) from None
        self.stdout.write(f"{village.name} ({village.division.code}) /{village.slug}/")
        self.stdout.write(f"{options['clerk_name']}: {options['clerk_login'].strip().lower()} / {code}")
        self.stdout.write("A one-time code, good for 72 hours: they set their password at /login/invited/.")


NEEDED = ("slug", "phone", "chain", "office_hours", "clerk_name", "clerk_login")


def found(
    *, slug: str, phone: str, chain: list[str], office_hours: str, clerk_name: str, clerk_login: str
) -> tuple[Village, str]:
    """The village and whoever may enter the rest of it, with their one-time code.

    Raises:
        DomainError: a chain that does not nest, a log-in name that is taken.
    """
    by = Operator("found_village")
    levels = [(code.strip(), name.strip()) for code, _colon, name in (link.partition(":") for link in chain)]
    if not all(name for _code, name in levels):
        raise DomainError("--chain: write each level as CODE:NAME.")
    village = territory.found_village(by=by, slug=slug, chain=levels, phone=phone, office_hours=office_hours)
    today = clock.today(village.tz)
    with scope.village(village.pk):
        committee = actions.found_body(
            village, by=by, kind=BodyKind.COMMITTEE, name=str(BodyKind.COMMITTEE.label), opened_on=today
        )
        post = actions.create_post(committee, by=by, title=str(Role.CLERK.label), role=Role.CLERK, takes_matters=True)
        clerk = actions.register_outsider(village, by=by, name=clerk_name)
        actions.appoint(post, clerk, by=by, from_on=today)
        code = actions.give_login(clerk, by=by, username=clerk_login)
    return village, code
