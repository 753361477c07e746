"""The order of the scenes."""

from collections.abc import Callable
from datetime import date

from django.db import transaction

from tongxin.core import clock, outbox
from tongxin.demo import actions, matters, offices, roster
from tongxin.demo.scenes import matters as scene
from tongxin.demo.scenes import registers
from tongxin.demo.scenes.matters import Cast
from tongxin.issues import actions as issues
from tongxin.territory import queries as territory
from tongxin.territory import scope
from tongxin.territory.models import Village

Say = Callable[[str], None]
SET_UP = clock.at(date(2022, 5, 1), 9)


def everything(say: Say) -> bool:
    """Play all of it, in one transaction a village; False when it has been played before."""
    if territory.by_slug("tonganyi") is not None or Village.objects.filter(slug="tonganyi").exists():
        return False
    with transaction.atomic():
        say("通安驿村 · 户、人、组织、地点 · registers")
        village = actions.found("tonganyi", "通安驿村", "621122105204", "0932-0000000")
        with scope.village(village.pk):
            cast = first_village(village, say)
    with transaction.atomic():
        say("古城村 · 邻村 · the neighbour")
        neighbour = actions.found("gucheng", "古城村", "621122105201", "0932-0000001")
        with scope.village(neighbour.pk):
            second_village(neighbour)
    territory.forget_villages()
    say(f"照片 · photos ({len(cast.issues)} 件事 · matters)")
    while outbox.work_once(200):
        pass
    return True


def first_village(village: Village, say: Say) -> Cast:
    with clock.stopped_at(SET_UP):
        ground = registers.tonganyi(village)
        cast = Cast(village, prefix="demo-t-")
        registers.seat_everybody(ground, cast, {"5": "demo-wangge"})
        registers.cards(village, 300)
        for category, (title, question) in offices.USUAL.items():
            issues.set_usual_handler(
                village, by=cast.clerk, category=category, post=cast.posts[title], question=question
            )
    plan = matters.plan()
    say("说过的事 · matters of the past")
    past = [m for section in ("solved", "working", "sent_on", "near_misses") for m in plan[section]]
    for matter in sorted(past, key=lambda m: m.told):
        scene.play(cast, matter, [m for m in plan["merged"] if m.path == f"merged:{matter.key}"])
    scene.sittings(cast, date(2023, 8, 1))
    say("眼前的事 · matters of these days")
    for matter in sorted(plan["fresh"], key=lambda m: -m.ago):
        scene.stage(cast, matter, clock.today())
    return cast


def second_village(village: Village) -> None:
    """A smaller neighbour with people, officers and two matters of its own; never seen from the first."""
    with clock.stopped_at(SET_UP):
        ground = actions.lay_ground(village, {1: [1], 2: [2]}, registers.OPENED)
        actions.load_households(ground, roster.gucheng())
        for kind, name, grid, functions in offices.ROOMS[:1]:
            actions.open_place(ground, kind, f"古城村{name}", grid, date(2018, 5, 1), functions=functions)
        actions.open_place(ground, "spot", "古城村口", 1, date(2018, 5, 1))
        actions.open_place(ground, "spot", "古城涝坝", 2, date(2018, 5, 1))
        registers.codes(ground, ["古城村口", "古城涝坝"])
        cast = Cast(village, prefix="demo-g-", renames={"通安驿村": "古城村"})
        registers.seat_everybody(ground, cast, {"1": "demo-gucheng-wangge"})
        registers.cards(village, 10)
    today = clock.today()
    for matter in matters.plan()["neighbour"]:
        scene.stage(cast, matter, today)
