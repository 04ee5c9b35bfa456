"""The chain of bundles, which only grows."""

import django.db.models.deletion
from django.db import migrations, models

RULES = """
CREATE TRIGGER scorecards_bundle_append_only BEFORE UPDATE OR DELETE ON scorecards_bundle
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
"""
UNDO = "DROP TRIGGER scorecards_bundle_append_only ON scorecards_bundle;"


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_append_only"),
        ("scorecards", "0003_rulings"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bundle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("ident", models.CharField(max_length=64)),
                ("content", models.CharField(max_length=64)),
                ("at", models.DateTimeField(help_text="When the last event that it includes happened.")),
                ("code", models.CharField(help_text="Which version of the counting wrote it.", max_length=40)),
                ("archive", models.BinaryField()),
                ("built_at", models.DateTimeField()),
                (
                    "event",
                    models.ForeignKey(
                        help_text="The last event that it includes.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="journal.event",
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="scorecards.bundle"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("number",), name="scorecards_bundle_number_once"),
                    models.UniqueConstraint(fields=("ident",), name="scorecards_bundle_ident_once"),
                    models.UniqueConstraint(
                        fields=("previous",), name="scorecards_bundle_chain_never_forks", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", 1), ("previous", None)),
                            models.Q(("number__gt", 1), ("previous__isnull", False)),
                            _connector="OR",
                        ),
                        name="scorecards_bundle_only_first_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("content__regex", "^[0-9a-f]{64}$"), ("ident__regex", "^[0-9a-f]{64}$")),
                        name="scorecards_bundle_of_hashes",
                    ),
                ],
            },
        ),
        migrations.RunSQL(RULES, UNDO),
    ]
