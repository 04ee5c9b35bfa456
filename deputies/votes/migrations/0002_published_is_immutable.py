"""A published version of a roll call and its ballots can only be followed by another version.

Statement triggers with transition tables, so that a roll call of 45 ballots costs one look at its version, not 45.
"""

from django.db import migrations

RULES = """
CREATE FUNCTION votes_refuse_change_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state IN ('published', 'corrected') THEN
            RAISE EXCEPTION 'a published roll call cannot be deleted: publish a correction'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'votes_rollcallversion_immutable';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state = 'corrected' OR (
        OLD.state = 'published'
        AND to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state'
    ) OR (OLD.state = 'published' AND NEW.state NOT IN ('published', 'corrected')) THEN
        RAISE EXCEPTION 'a published roll call cannot be changed: publish a correction'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'votes_rollcallversion_immutable';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER votes_rollcallversion_immutable BEFORE UPDATE OR DELETE ON votes_rollcallversion
    FOR EACH ROW EXECUTE FUNCTION votes_refuse_change_of_published();

CREATE FUNCTION votes_refuse_rows_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM votes_rollcallversion v
        WHERE v.id IN (SELECT DISTINCT version_id FROM touched) AND v.state IN ('published', 'corrected')
    ) THEN
        RAISE EXCEPTION 'rows of a published roll call cannot be added, changed or removed: publish a correction'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_immutable';
    END IF;
    RETURN NULL;
END $$;
"""
ON_TABLE = """
CREATE TRIGGER {table}_immutable_add AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION votes_refuse_rows_of_published();
CREATE TRIGGER {table}_immutable_change AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION votes_refuse_rows_of_published();
CREATE TRIGGER {table}_immutable_move AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION votes_refuse_rows_of_published();
CREATE TRIGGER {table}_immutable_remove AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION votes_refuse_rows_of_published();
"""
OFF_TABLE = """
DROP TRIGGER {table}_immutable_add ON {table};
DROP TRIGGER {table}_immutable_change ON {table};
DROP TRIGGER {table}_immutable_move ON {table};
DROP TRIGGER {table}_immutable_remove ON {table};
"""
UNDO = """
DROP TRIGGER votes_rollcallversion_immutable ON votes_rollcallversion;
DROP FUNCTION votes_refuse_change_of_published();
DROP FUNCTION votes_refuse_rows_of_published();
"""
SAME_PERSON = """
ALTER TABLE votes_ballot ADD CONSTRAINT votes_ballot_person_of_mandate
    FOREIGN KEY (mandate_id, person_id) REFERENCES people_mandate (id, person_id) DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("votes", "0001_initial"), ("people", "0001_initial")]
    operations = [
        migrations.RunSQL(RULES, UNDO),
        migrations.RunSQL(ON_TABLE.format(table="votes_ballot"), OFF_TABLE.format(table="votes_ballot")),
        migrations.RunSQL(
            ON_TABLE.format(table="votes_factionstatement"), OFF_TABLE.format(table="votes_factionstatement")
        ),
        migrations.RunSQL(SAME_PERSON, "ALTER TABLE votes_ballot DROP CONSTRAINT votes_ballot_person_of_mandate;"),
    ]
