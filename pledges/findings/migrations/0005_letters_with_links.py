"""The letter that asks has a personal link of its own, which is noted beside what a finding says."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

FIRST = import_module("pledges.findings.migrations.0002_moves")


def keep(beside: list[str]) -> str:
    """The moves of findings as they are, with other columns that may change beside them."""
    moves, may_change = FIRST.array(FIRST.MOVES), FIRST.array(beside)
    return (
        "SELECT journal_forget_moves('findings_finding');"
        f"SELECT journal_keep_moves('findings_finding', 'state', 'detected', {moves}, {may_change}, 'kind')"
    )


class Migration(migrations.Migration):
    dependencies = [("findings", "0004_grounds_of_expectations"), ("tracker", "0005_statements")]
    operations = [
        migrations.AddField(
            model_name="finding",
            name="invitation",
            field=models.ForeignKey(
                blank=True,
                help_text="The personal link in the letter.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="questions",
                to="tracker.invitation",
            ),
        ),
        migrations.RunSQL(keep([*FIRST.BESIDE, "invitation_id"]), keep(FIRST.BESIDE)),
    ]
