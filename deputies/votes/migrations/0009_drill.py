"""A roll call of a drill never becomes published, and nothing moves between drills and the record."""

from django.db import migrations

NEVER = """
CREATE FUNCTION votes_refuse_published_drill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM votes_rollcall r JOIN votes_sitting s ON s.id = r.sitting_id
        WHERE r.id = NEW.roll_call_id AND s.is_drill
    ) THEN
        RAISE EXCEPTION 'a roll call of a drill cannot be published'
            USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'votes_rollcallversion_drill_never_published';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER votes_rollcallversion_drill_never_published BEFORE INSERT OR UPDATE ON votes_rollcallversion
    FOR EACH ROW WHEN (NEW.state IN ('published', 'corrected')) EXECUTE FUNCTION votes_refuse_published_drill();

CREATE FUNCTION votes_refuse_change_of_drill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'votes_rollcall' THEN
        IF NOT EXISTS (SELECT FROM votes_sitting WHERE id IN (OLD.sitting_id, NEW.sitting_id) AND is_drill) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a sitting stays a drill or not, and its roll calls stay with it'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'votes_sitting_stays_drill';
END $$;
CREATE TRIGGER votes_sitting_stays_drill BEFORE UPDATE ON votes_sitting
    FOR EACH ROW WHEN (NEW.is_drill <> OLD.is_drill) EXECUTE FUNCTION votes_refuse_change_of_drill();
CREATE TRIGGER votes_rollcall_stays_drill BEFORE UPDATE ON votes_rollcall
    FOR EACH ROW WHEN (NEW.sitting_id IS DISTINCT FROM OLD.sitting_id) EXECUTE FUNCTION votes_refuse_change_of_drill();
"""
UNDO = """
DROP TRIGGER votes_rollcall_stays_drill ON votes_rollcall;
DROP TRIGGER votes_sitting_stays_drill ON votes_sitting;
DROP TRIGGER votes_rollcallversion_drill_never_published ON votes_rollcallversion;
DROP FUNCTION votes_refuse_change_of_drill();
DROP FUNCTION votes_refuse_published_drill();
"""


class Migration(migrations.Migration):
    dependencies = [("votes", "0008_reported")]
    operations = [migrations.RunSQL(NEVER, UNDO)]
