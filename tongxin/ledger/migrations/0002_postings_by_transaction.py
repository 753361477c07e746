from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("posting", "ledger_posting_once"),
        migrations.AddConstraint(
            "posting",
            models.UniqueConstraint(fields=("transaction", "account"), name="ledger_posting_once"),
        ),
    ]
