"""`journal_keep_moves`: a table whose rows go from state to state only as they may, and whose words stay as written.

`moves` are pairs such as 'proposed>published'; with `kinds`, the name of a column, each begins with its value and a
colon. A row begins in `start`. In any state only the columns `beside` may change, and nothing is ever deleted.
"""

from django.db import migrations

KEEP = """
CREATE FUNCTION journal_hold_to_moves() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state constant text := TG_ARGV[0];
    start constant text := TG_ARGV[1];
    kinds constant text := TG_ARGV[2];
    moves constant text[] := TG_ARGV[3]::text[];
    beside constant text[] := TG_ARGV[4]::text[];
    new_row jsonb; old_row jsonb; kind text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_stays';
    END IF;
    new_row := to_jsonb(NEW);
    kind := CASE WHEN kinds = '' THEN '' ELSE new_row ->> kinds || ':' END;
    IF TG_OP = 'INSERT' THEN
        IF new_row ->> state <> start THEN
            RAISE EXCEPTION 'a row of % begins as %, not as %', TG_TABLE_NAME, start, new_row ->> state
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_moves';
        END IF;
        RETURN NEW;
    END IF;
    old_row := to_jsonb(OLD);
    IF new_row - beside - state IS DISTINCT FROM old_row - beside - state THEN
        RAISE EXCEPTION 'what a row of % says cannot be changed', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_stays';
    END IF;
    IF new_row ->> state = old_row ->> state THEN
        RETURN NEW;
    END IF;
    IF kind || (old_row ->> state) || '>' || (new_row ->> state) <> ALL (moves) THEN
        RAISE EXCEPTION 'a row of % cannot go from % to %', TG_TABLE_NAME, old_row ->> state, new_row ->> state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_moves';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION journal_keep_moves(
    kept regclass, state text, start text, moves text[], beside text[] DEFAULT '{}', kinds text DEFAULT ''
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER journal_moves BEFORE INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW'
        ' EXECUTE FUNCTION journal_hold_to_moves(%L, %L, %L, %L, %L)', kept, state, start, kinds, moves, beside);
END $$;
CREATE FUNCTION journal_forget_moves(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DROP TRIGGER IF EXISTS journal_moves ON %s', kept);
END $$;
"""
UNDO = "DROP FUNCTION journal_forget_moves, journal_keep_moves, journal_hold_to_moves"


class Migration(migrations.Migration):
    dependencies = [("journal", "0008_events_of_the_word")]
    operations = [migrations.RunSQL(KEEP, UNDO)]
