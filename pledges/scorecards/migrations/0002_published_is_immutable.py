"""A published link can only be retired, and the history of scores only grows."""

from django.db import migrations

RULES = """
CREATE FUNCTION scorecards_refuse_change_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND (
        TG_OP = 'DELETE'
        OR OLD.state = 'retired'
        OR NEW.state = 'draft'
        OR to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state'
    ) THEN
        RAISE EXCEPTION 'a published link cannot be changed: publish another version'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'scorecards_link_immutable';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER scorecards_link_immutable BEFORE UPDATE OR DELETE ON scorecards_link
    FOR EACH ROW EXECUTE FUNCTION scorecards_refuse_change_of_published();
CREATE TRIGGER scorecards_scorechange_append_only BEFORE UPDATE OR DELETE ON scorecards_scorechange
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
"""
UNDO = """
DROP TRIGGER scorecards_scorechange_append_only ON scorecards_scorechange;
DROP TRIGGER scorecards_link_immutable ON scorecards_link;
DROP FUNCTION scorecards_refuse_change_of_published();
"""


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0001_initial"), ("journal", "0002_append_only")]
    operations = [migrations.RunSQL(RULES, UNDO)]
