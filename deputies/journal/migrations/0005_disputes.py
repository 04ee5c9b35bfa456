"""Disputes with their evidence; exclusion of numbers and periods together needs an extension."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0004_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS btree_gist", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("vote-published", "vote-published"),
                    ("vote-corrected", "vote-corrected"),
                    ("platform-published", "platform-published"),
                    ("method-announced", "method-announced"),
                    ("scores-recounted", "scores-recounted"),
                    ("mandate-changed", "mandate-changed"),
                    ("dispute-closed", "dispute-closed"),
                    ("hold-ended", "hold-ended"),
                ],
                max_length=30,
            ),
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField()),
                ("running", models.PositiveIntegerField(help_text="Counts the reports of a year.")),
                (
                    "token_hash",
                    models.CharField(help_text="SHA-256 of the secret in the address of its page.", max_length=64),
                ),
                ("chamber", models.SlugField(blank=True, help_text="Slug of the chamber.", max_length=60)),
                ("roll_call", models.BigIntegerField(blank=True, help_text="Id of the roll call.", null=True)),
                ("person", models.BigIntegerField(blank=True, help_text="Id of the deputy.", null=True)),
                ("page", models.CharField(blank=True, help_text="Address of the page.", max_length=300)),
                ("shown", models.CharField(blank=True, help_text="What the page says.", max_length=500)),
                ("should_say", models.CharField(help_text="What it should say.", max_length=500)),
                ("text", models.TextField(blank=True, max_length=5000)),
                (
                    "claims_office",
                    models.BooleanField(default=False, help_text="The sender writes for the deputy's office."),
                ),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("confirmed_how", models.CharField(blank=True, help_text="Never shown to readers.", max_length=500)),
                ("filed_at", models.DateTimeField()),
                ("answer_by", models.DateField()),
                (
                    "held",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        blank=True, help_text="While it keeps its row out of letters and pictures.", null=True
                    ),
                ),
                (
                    "is_released",
                    models.BooleanField(default=False, help_text="The journal says that the hold has ended."),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "received"),
                            ("confirmed", "the office is confirmed"),
                            ("under-review", "under review"),
                            ("upheld", "upheld"),
                            ("not-upheld", "not upheld"),
                            ("duplicate", "the same as an earlier report"),
                        ],
                        default="received",
                        max_length=20,
                    ),
                ),
                ("outcome_ru", models.TextField(blank=True)),
                ("outcome_en", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "handled_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="Never shown.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "report of a mistake",
                "verbose_name_plural": "reports of mistakes",
                "permissions": [("answer_dispute", "Can answer disputes")],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("url", models.URLField(blank=True, max_length=1000)),
                ("title", models.CharField(blank=True, help_text="What the sender's file was called.", max_length=100)),
                ("media_type", models.CharField(blank=True, max_length=100)),
                ("content", models.BinaryField(blank=True, null=True)),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="evidence", to="journal.dispute"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "evidence",
            },
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(fields=["roll_call", "person"], name="journal_dispute_by_row"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(fields=("year", "running"), name="journal_dispute_number_once"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(fields=("token_hash",), name="journal_dispute_token_once"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at", None), ("confirmed_how", "")),
                    models.Q(
                        ("claims_office", True),
                        ("confirmed_at__isnull", False),
                        models.Q(("confirmed_how", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="journal_dispute_confirmed_says_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "confirmed"), _negated=True), ("confirmed_at__isnull", False), _connector="OR"
                ),
                name="journal_dispute_state_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("state__in", ["upheld", "not-upheld", "duplicate"]), _negated=True),
                        ("closed_at", None),
                        ("outcome_en", ""),
                        ("outcome_ru", ""),
                    ),
                    models.Q(
                        ("state__in", ["upheld", "not-upheld", "duplicate"]),
                        ("closed_at__isnull", False),
                        models.Q(("outcome_ru", ""), _negated=True),
                        models.Q(("outcome_en", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="journal_dispute_closed_with_outcome",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("held", None), models.Q(("person__isnull", False), ("roll_call__isnull", False)), _connector="OR"
                ),
                name="journal_dispute_holds_a_row",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("roll_call", "="), ("person", "="), ("held", "&&")], name="journal_dispute_one_hold_a_row"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(fields=("dispute", "digest"), name="journal_evidence_once"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("content__isnull", False), ("url", "")),
                    models.Q(models.Q(("url", ""), _negated=True), ("content", None)),
                    _connector="OR",
                ),
                name="journal_evidence_file_or_address",
            ),
        ),
    ]
