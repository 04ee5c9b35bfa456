"""The document that a submitted or published version names stays as it was when a second person saw it."""

from django.db import migrations

STAYS = """
CREATE FUNCTION votes_refuse_other_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM votes_rollcallversion v WHERE OLD.id IN (v.source_id, v.evidence_id)
        AND v.state IN ('submitted', 'reviewed', 'published', 'corrected')
    ) THEN
        RAISE EXCEPTION 'a document that a submitted or published roll call names cannot be changed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'votes_rollcallversion_source_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER votes_rollcallversion_source_stays BEFORE UPDATE ON sources_document FOR EACH ROW WHEN (
    (NEW.url, NEW.title, NEW.media_type, NEW.sha256, NEW.content)
    IS DISTINCT FROM (OLD.url, OLD.title, OLD.media_type, OLD.sha256, OLD.content)
) EXECUTE FUNCTION votes_refuse_other_source();
"""
UNDO = """
DROP TRIGGER votes_rollcallversion_source_stays ON sources_document;
DROP FUNCTION votes_refuse_other_source();
"""


class Migration(migrations.Migration):
    dependencies = [("votes", "0011_hands")]
    operations = [migrations.RunSQL(STAYS, UNDO)]
