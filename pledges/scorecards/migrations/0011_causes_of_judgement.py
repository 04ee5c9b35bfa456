"""Rulings, and the choice of a main vote, as causes of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scorecards", "0010_who_publishes"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="scorechange",
            name="scorecards_scorechange_known_cause",
        ),
        migrations.AlterField(
            model_name="scorechange",
            name="cause",
            field=models.CharField(
                choices=[
                    ("new-vote", "new vote"),
                    ("correction", "correction"),
                    ("platform-edit", "change of the platform"),
                    ("method-version", "new version of the method"),
                    ("mandate-change", "change of a mandate"),
                    ("ruling", "ruling on a vote"),
                    ("main-vote", "choice of the vote that counts for a text"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="scorechange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "cause__in",
                        [
                            "new-vote",
                            "correction",
                            "platform-edit",
                            "method-version",
                            "mandate-change",
                            "ruling",
                            "main-vote",
                        ],
                    )
                ),
                name="scorecards_scorechange_known_cause",
            ),
        ),
    ]
