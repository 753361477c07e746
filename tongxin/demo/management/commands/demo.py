"""`manage.py demo`: the demonstration villages, once."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tongxin.demo.scenes import play


class Command(BaseCommand):
    help = "Play the demonstration: two invented villages, by real actions. A second call changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This fills the database with invented people. Set TONGXIN_DEMO=1 if you mean it.")
        began = time.monotonic()
        if play.everything(lambda line: self.stdout.write(f"      {line}")):
            self.stdout.write(f"      好了 · done ({time.monotonic() - began:.0f} s)")
        else:
            self.stdout.write("      已经有了 · it is there already")
