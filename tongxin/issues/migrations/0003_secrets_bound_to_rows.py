"""Secrets are bound to their row and sealed by their village's key from now on; those from before stay readable.

Receipts are known by their fingerprint only, so the key of the fingerprints from before is kept.
"""

from django.db import migrations

import tongxin.core.crypto
from tongxin.core import keyring
from tongxin.core.rechecking import recheck


def keep_the_first_index_key(apps, schema_editor):
    issues, voices = apps.get_model("issues", "Issue").objects, apps.get_model("issues", "Voice").objects
    sealed = issues.filter(phone__sealed_by=["g1:"]).exists() or voices.filter(phone__sealed_by=["g1:"]).exists()
    if sealed or issues.exclude(receipt_index="").exists():
        keyring.keep_first_index_key(apps.get_model("core", "SealingKey"))


class Migration(migrations.Migration):
    dependencies = [("core", "0003_sealing_keys"), ("issues", "0002_leaner_indexes")]

    operations = [
        migrations.AlterField(
            model_name="issue",
            name="phone",
            field=tongxin.core.crypto.EncryptedTextField(blank=True, default="", verbose_name="Telephone"),
        ),
        migrations.AlterField(
            model_name="issue",
            name="told_by_name",
            field=tongxin.core.crypto.EncryptedTextField(blank=True, default="", verbose_name="Told by"),
        ),
        migrations.AlterField(
            model_name="voice",
            name="phone",
            field=tongxin.core.crypto.EncryptedTextField(blank=True, default=""),
        ),
        recheck("issues", "issue.phone", "issue.told_by_name", "voice.phone"),
        migrations.RunPython(keep_the_first_index_key, migrations.RunPython.noop),
    ]
