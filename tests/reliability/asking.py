"""Requests for envelopes and lists, and how everybody stands to each, worked out from the rows alone."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

from tests.factories import exports
from tests.factories.stage import row
from tongxin.bodies.models import Appointment, Post
from tongxin.core import clock, matrix
from tongxin.exports.models import Export
from tongxin.issues.models import Issue, Unsealing, UnsealingEntry


def requests(world: Any, lying: list[Issue]) -> None:
    """By everybody who might ask: each once waiting, and once agreed to by the next of another body."""
    might = [_signed(world, actor) for actor in world.of("here") if actor.roles & matrix.roles("issues.unsealers")]
    for issue, (n, first) in product(lying, enumerate(might)):
        others = (other for other in (*might[n + 1 :], *might[:n]) if other["body"] != first["body"])
        for second in (None, next(others)):
            asked = row(Unsealing, issue=issue, at=clock.now(), reason="-", case_number="-", **first)
            if second is not None:
                row(UnsealingEntry, unsealing=asked, step="agree", at=clock.now(), **second)


def _signed(world: Any, actor: Any) -> dict[str, Any]:
    post = Post.objects.select_related("body").filter(pk__in=actor.posts).earliest("pk")
    names = {"by_name": actor.name, "by_post": post.title, "by_body": post.body.name}
    return {"village": world.here.village, "by": actor.user, "post": post, "body": post.body, **names}


def lists(world: Any) -> None:
    """The same roll, asked for by everybody who holds a post here."""
    ends_at = clock.now() + Export.WAITS
    for actor in world.of("here"):
        if actor.roles & matrix.roles("exports.ask"):
            row(Export, **exports.ROLL, at=clock.now(), reason="-", ends_at=ends_at, **_signed(world, actor))


def lists_found(world: Any, stage: Any, actor: Any) -> Iterator[tuple[frozenset[str], Any]]:
    """(relations to the actor, request) of each."""
    bodies = _sitting()
    for asked in Export.objects.order_by("pk"):
        mine = actor.user is not None and asked.by_id == actor.user.pk
        same = asked.body_id in actor.bodies or actor.bodies <= bodies[asked.by_id]
        more = {"asked": mine, "same_body": same}
        yield frozenset({"listed", *(name for name, is_so in more.items() if is_so)}), asked.pk


def _sitting() -> dict[Any, set[Any]]:
    """The bodies in which each log-in sits today."""
    bodies: dict[Any, set[Any]] = {}
    sitting = Appointment.objects.on(clock.today()).filter(person__user__isnull=False)
    for user, body in sitting.values_list("person__user", "post__body"):
        bodies.setdefault(user, set()).add(body)
    return bodies


def found(
    to_matter: Callable[..., frozenset[str]], world: Any, stage: Any, actor: Any
) -> Iterator[tuple[frozenset[str], Any]]:
    """(relations to the actor, request) of each; `to_matter` says how they stand to what it is about."""
    bodies = _sitting()
    agreed = dict(UnsealingEntry.objects.filter(step="agree").values_list("unsealing", "by"))
    me = actor.user.pk if actor.user else None
    for asked in Unsealing.objects.select_related("issue").order_by("pk"):
        more = {
            "asked": asked.by_id == me,
            "agreed": me is not None and agreed.get(asked.pk) == me,
            "same_body": asked.body_id in actor.bodies or actor.bodies <= bodies[asked.by_id],
        }
        relations = to_matter(world, actor, asked.issue)
        yield relations | {name for name, is_so in more.items() if is_so}, asked.pk
