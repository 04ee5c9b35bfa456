"""Freezes: times in which only corrections are published."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0005_disputes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                    ("frozen", "frozen"),
                    ("thawed", "thawed"),
                    ("dispute-closed", "dispute-closed"),
                    ("hold-ended", "hold-ended"),
                ],
                max_length=30,
            ),
        ),
        migrations.CreateModel(
            name="Freeze",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "chamber",
                    models.SlugField(
                        blank=True, help_text="Slug of the chamber; empty: the whole site.", max_length=60
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("reason_ru", models.CharField(blank=True, max_length=300, verbose_name="reason, in Russian")),
                ("reason_en", models.CharField(blank=True, max_length=300, verbose_name="reason, in English")),
                (
                    "began_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [("freeze", "Can freeze publishing, and end a freeze")],
                "default_permissions": ["view"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("chamber",), name="journal_freeze_one_open"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason_ru", ""), _negated=True),
                            models.Q(("reason_en", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="journal_freeze_has_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("ended_by", None)),
                            models.Q(("ended_at__gte", models.F("began_at")), ("ended_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="journal_freeze_ended_after",
                    ),
                ],
            },
        ),
    ]
