"""A check passes where what it compares is not there: the term and the moment it was over must be."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("findings", "0002_moves")]

    operations = [
        migrations.RemoveConstraint(
            model_name="finding",
            name="findings_finding_asked_with_term",
        ),
        migrations.RemoveConstraint(
            model_name="finding",
            name="findings_finding_silent_after_term",
        ),
        migrations.RemoveConstraint(
            model_name="finding",
            name="findings_finding_published_after_reply",
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "differs"), _negated=True),
                    ("state__in", ["detected", "dismissed", "under-review"]),
                    models.Q(
                        ("asked_at__isnull", False),
                        ("reply_until__gt", models.F("asked_at")),
                        ("reply_until__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="findings_finding_asked_with_term",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "silent"), _negated=True),
                    models.Q(("settled_at__gte", models.F("reply_until")), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="findings_finding_silent_after_term",
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "differs"), _negated=True),
                    models.Q(("state__in", ["published", "withdrawn"]), _negated=True),
                    ("reply__isnull", False),
                    models.Q(("settled_at__gte", models.F("reply_until")), ("settled_at__isnull", False)),
                    _connector="OR",
                ),
                name="findings_finding_published_after_reply",
            ),
        ),
    ]
