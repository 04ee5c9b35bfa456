"""Editions: what tells one state of the readers' pages from another, and `journal_keep_editions`, which has a table tell.

Every transaction that changes something readers see leaves one row for each such table. Writers share no row and never
wait for each other. The newest row alone would not name a state: a transaction that began earlier may commit later. So
the state is the number of rows that can be seen, which only grows, since the last clearing; a clearing leaves a row of
its own, which no earlier state has.
"""

from django.db import migrations

TABLE = """
CREATE TABLE journal_edition (
    subject text NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (xid, subject)
);
INSERT INTO journal_edition (subject) VALUES ('');
"""

# The arguments of a trigger name a column and its values in a row that readers see; without values any but NULL.
# A row that readers saw before or see after the statement tells; a statement that touches none does not.
TELL = """
CREATE FUNCTION journal_is_seen(kept jsonb, wanted text[]) RETURNS boolean LANGUAGE sql IMMUTABLE
    RETURN CASE cardinality(wanted) WHEN 1 THEN kept ->> wanted[1] IS NOT NULL
        ELSE coalesce(kept ->> wanted[1] = ANY (wanted[2:]), false) END;
CREATE FUNCTION journal_tell_edition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    wanted text[] := ARRAY(SELECT unnest(TG_ARGV));
    is_seen boolean := TG_OP = 'TRUNCATE';
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        is_seen := EXISTS (SELECT FROM after_rows n WHERE TG_NARGS = 0 OR public.journal_is_seen(to_jsonb(n), wanted));
    END IF;
    IF TG_OP IN ('DELETE', 'UPDATE') AND NOT is_seen THEN
        is_seen := EXISTS (SELECT FROM before_rows o WHERE TG_NARGS = 0 OR public.journal_is_seen(to_jsonb(o), wanted));
    END IF;
    IF is_seen THEN
        INSERT INTO public.journal_edition (subject) VALUES (TG_TABLE_NAME) ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION journal_tell_edition FROM PUBLIC;
"""

# They tell even where other triggers sleep, as in a copy of the database that follows another.
ATTACH = """
CREATE FUNCTION journal_keep_editions(kept regclass, seen text[] DEFAULT '{}', additions boolean DEFAULT true)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    arguments text := (SELECT coalesce(string_agg(quote_literal(word), ', '), '') FROM unnest(seen) word);
    name text; event text; transition text;
BEGIN
    FOR name, event, transition IN VALUES
        ('journal_edition_add', 'INSERT', 'REFERENCING NEW TABLE AS after_rows'),
        ('journal_edition_change', 'UPDATE', 'REFERENCING OLD TABLE AS before_rows NEW TABLE AS after_rows'),
        ('journal_edition_remove', 'DELETE', 'REFERENCING OLD TABLE AS before_rows'),
        ('journal_edition_empty', 'TRUNCATE', '')
    LOOP
        CONTINUE WHEN event = 'INSERT' AND NOT additions;
        EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT'
            ' EXECUTE FUNCTION journal_tell_edition(%s)', name, event, kept, transition, arguments);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', kept, name);
    END LOOP;
END $$;
CREATE FUNCTION journal_forget_editions(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['add', 'change', 'remove', 'empty'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', 'journal_edition_' || name, kept);
    END LOOP;
END $$;
"""

# What is not yet committed cannot be seen, so it stays, and counts once it is.
CLEAR = """
CREATE FUNCTION journal_clear_editions(most bigint) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (SELECT count(*) FROM public.journal_edition) <= most THEN
        RETURN false;
    END IF;
    DELETE FROM public.journal_edition;
    INSERT INTO public.journal_edition (subject) VALUES ('');
    RETURN true;
END $$;
"""
UNDO = """
DROP FUNCTION journal_clear_editions, journal_forget_editions, journal_keep_editions, journal_tell_edition,
    journal_is_seen;
DROP TABLE journal_edition;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0006_freeze")]
    operations = [migrations.RunSQL(TABLE + TELL + ATTACH + CLEAR, UNDO)]
