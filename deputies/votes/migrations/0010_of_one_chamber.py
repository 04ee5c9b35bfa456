"""A roll call is of the chamber that its sitting is of."""

from django.db import migrations

SAME_CHAMBER = """
ALTER TABLE votes_sitting ADD CONSTRAINT votes_sitting_id_with_chamber UNIQUE (id, chamber_id);
ALTER TABLE votes_rollcall ADD CONSTRAINT votes_rollcall_of_chamber_of_sitting
    FOREIGN KEY (sitting_id, chamber_id) REFERENCES votes_sitting (id, chamber_id) DEFERRABLE INITIALLY DEFERRED;
"""
UNDO = """
ALTER TABLE votes_rollcall DROP CONSTRAINT votes_rollcall_of_chamber_of_sitting;
ALTER TABLE votes_sitting DROP CONSTRAINT votes_sitting_id_with_chamber;
"""


class Migration(migrations.Migration):
    dependencies = [("votes", "0009_drill")]
    operations = [migrations.RunSQL(SAME_CHAMBER, UNDO)]
