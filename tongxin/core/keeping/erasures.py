"""What was erased stays erased (R15): a restore of an older archive does it again, as far as any anchor has heard.

Beside every archive lie the names of the keys that had been destroyed and of the rows whose secrets had been taken away
by then: ids, nothing of whom.
"""

from collections.abc import Sequence
from typing import Any

from tongxin.core import clock, erasure, keyring, rotation
from tongxin.core.keeping import anchors
from tongxin.core.keeping.anchors import Leap
from tongxin.core.models import SealingKey
from tongxin.core.sealing import ERASED


def now() -> dict[str, Any]:
    rows: dict[str, list[str]] = {}
    for field in rotation.fields():
        gone = field.model._base_manager.filter(**{f"{field.name}__sealed_by": [ERASED]}).order_by("pk")
        if ids := [str(pk) for pk in gone.values_list("pk", flat=True)]:
            rows.setdefault(field.model._meta.label, []).extend(ids)
    destroyed = SealingKey.objects.exclude(destroyed_at=None).order_by("pk")
    return {"keys": [str(pk) for pk in destroyed.values_list("pk", flat=True)], "rows": rows}


def again(told: Sequence[Any]) -> list[Leap]:
    """Destroy and erase in the restored database what later anchors call destroyed and erased."""
    keys = {id_ for one in told for id_ in one["keys"]}
    moment = clock.now()
    alive = SealingKey.objects.filter(pk__in=keys, destroyed_at=None)
    alive.filter(retired_at=None).update(retired_at=moment)
    alive.update(wrapped="", destroyed_at=moment, destroyed_because="destroyed after the backup that was restored")
    keyring.forget_keys()
    models = {field.model._meta.label: field.model for field in rotation.fields()}
    for one in told:
        for label, ids in one["rows"].items():
            if label in models:
                erasure.erase(models[label]._base_manager.filter(pk__in=ids))
    return []


anchors.register("erasures", now, again)
