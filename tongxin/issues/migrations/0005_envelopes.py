from typing import Any

from django.db import migrations


def move(apps: Any, schema_editor: Any) -> None:
    """Who told a sealed matter leaves its row and goes into the envelope."""
    Issue = apps.get_model("issues", "Issue")
    Envelope = apps.get_model("issues", "Envelope")
    rows = Issue._base_manager
    rows.filter(about_post__isnull=False).update(is_sealed=True)
    for issue in rows.filter(is_sealed=True).iterator():
        if issue.phone or issue.told_by_name or issue.told_by_id or issue.household_id:
            Envelope(
                village_id=issue.village_id,
                issue_id=issue.pk,
                phone=issue.phone.in_clear(),
                name=issue.told_by_name.in_clear(),
                told_by_id=issue.told_by_id,
                household_id=issue.household_id,
            ).save(force_insert=True)
        rows.filter(pk=issue.pk).update(phone="", told_by_name="", told_by=None, household=None, phone_tail_index="")


def move_back(apps: Any, schema_editor: Any) -> None:
    Issue = apps.get_model("issues", "Issue")
    Envelope = apps.get_model("issues", "Envelope")
    for envelope in Envelope._base_manager.iterator():
        issue = Issue._base_manager.get(pk=envelope.issue_id)
        issue.phone, issue.told_by_name = envelope.phone.in_clear(), envelope.name.in_clear()
        issue.told_by_id, issue.household_id = envelope.told_by_id, envelope.household_id
        issue.save()
        Envelope._base_manager.filter(pk=envelope.pk).delete()


class Migration(migrations.Migration):
    dependencies = [("core", "0003_sealing_keys"), ("issues", "0004_sealing")]

    operations = [migrations.RunPython(move, move_back)]
