"""Secrets are bound to their row and sealed by their village's key from now on; those from before stay readable.

`tongxin rotate_keys` seals them anew. Until then numbers are found by the fingerprints that they have, so their key is
kept.
"""

from django.db import migrations

import tongxin.core.crypto
from tongxin.core import keyring
from tongxin.core.rechecking import recheck


def keep_the_first_index_key(apps, schema_editor):
    if apps.get_model("people", "Person").objects.filter(phone__sealed_by=["g1:"]).exists():
        keyring.keep_first_index_key(apps.get_model("core", "SealingKey"))


class Migration(migrations.Migration):
    dependencies = [("core", "0003_sealing_keys"), ("people", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="phone",
            field=tongxin.core.crypto.EncryptedTextField(blank=True, default="", verbose_name="Telephone"),
        ),
        recheck("people", "person.phone"),
        migrations.RunPython(keep_the_first_index_key, migrations.RunPython.noop),
    ]
