"""A version begins as a draft: it cannot be put into the record as submitted, approved or published."""

from django.db import migrations

BEGIN = """
CREATE FUNCTION votes_refuse_late_beginning() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a roll call begins as a draft, not as %', NEW.state
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'votes_rollcallversion_begins_as_draft';
END $$;
CREATE TRIGGER votes_rollcallversion_begins_as_draft BEFORE INSERT ON votes_rollcallversion FOR EACH ROW
    WHEN (NOT NEW.vouched AND NEW.state IN ('submitted', 'reviewed', 'published', 'corrected'))
    EXECUTE FUNCTION votes_refuse_late_beginning();
"""
UNDO = """
DROP TRIGGER votes_rollcallversion_begins_as_draft ON votes_rollcallversion;
DROP FUNCTION votes_refuse_late_beginning();
"""


class Migration(migrations.Migration):
    dependencies = [("votes", "0012_sources_stay")]
    operations = [migrations.RunSQL(BEGIN, UNDO)]
