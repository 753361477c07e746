from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("issues", "0005_envelopes")]

    operations = [
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_sealed", False),
                    models.Q(
                        ("household__isnull", True),
                        ("phone", ""),
                        ("phone_tail_index", ""),
                        ("told_by__isnull", True),
                        ("told_by_name", ""),
                    ),
                    _connector="OR",
                ),
                name="issues_issue_sealed_names_nobody",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(("about_post__isnull", True), ("is_sealed", True), _connector="OR"),
                name="issues_issue_complaint_is_sealed",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.UniqueConstraint(
                condition=models.Q(("receipt_index", ""), _negated=True),
                fields=("village", "receipt_index"),
                name="issues_issue_receipt_once",
            ),
        ),
    ]
