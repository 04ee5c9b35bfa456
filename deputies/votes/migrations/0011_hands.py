"""Everybody who had a hand in a version is remembered, and none of them can approve it."""

import django.contrib.postgres.fields
from django.db import migrations, models

FILL = """
ALTER TABLE votes_rollcallversion DISABLE TRIGGER votes_rollcallversion_immutable;
UPDATE votes_rollcallversion SET hands = ARRAY[entered_by_id] WHERE entered_by_id IS NOT NULL;
ALTER TABLE votes_rollcallversion ENABLE TRIGGER votes_rollcallversion_immutable;
ALTER TABLE votes_rollcallversion ADD CONSTRAINT votes_rollcallversion_reviewed_by_no_hand
    CHECK (vouched OR reviewed_by_id <> ALL (hands));
"""
UNDO = "ALTER TABLE votes_rollcallversion DROP CONSTRAINT votes_rollcallversion_reviewed_by_no_hand;"


class Migration(migrations.Migration):
    dependencies = [("votes", "0010_of_one_chamber")]
    operations = [
        migrations.AddField(
            model_name="rollcallversion",
            name="hands",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                editable=False,
                help_text="Ids of all who entered something of it or acknowledged a warning: none of them can approve"
                " it.",
                size=None,
            ),
        ),
        migrations.RunSQL(FILL, UNDO),
    ]
