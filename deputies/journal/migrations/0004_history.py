"""The history: a table that triggers alone write, and `journal_keep_history`, which attaches them to a table.

The table is not Django's to create, flush or drop (`managed = False`). The function that writes it runs as its owner, so
whoever may change a row leaves a trace without being able to touch the history itself.
"""

from django.db import migrations, models

TABLE = """
CREATE TABLE journal_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    table_name text NOT NULL,
    row_id bigint NOT NULL,
    operation text NOT NULL,
    before jsonb,
    after jsonb,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    account_id bigint,
    action text NOT NULL
);
CREATE INDEX journal_history_of_row ON journal_history (table_name, row_id, id);
CREATE TRIGGER journal_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_history
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
ALTER TABLE journal_history ENABLE ALWAYS TRIGGER journal_history_append_only;
"""

# Plain statements, whose plans are kept for the session: publishing may not wait. Only a table that keeps columns out
# has its columns named anew each time, since to_jsonb of a whole row would write out stored bytes to drop them again.
# An id that is changed shows as a row removed and a row added.
WRITE = """
CREATE FUNCTION journal_write(kept text, id bigint, old jsonb, new jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE done text := CASE WHEN old IS NULL THEN 'add' WHEN new IS NULL THEN 'remove' ELSE 'change' END;
BEGIN
    IF old = new THEN
        RETURN;
    END IF;
    IF done = 'change' THEN
        SELECT jsonb_object_agg(key, value), jsonb_object_agg(key, new -> key) INTO old, new
        FROM jsonb_each(old) WHERE value <> new -> key;
    END IF;
    INSERT INTO public.journal_history (table_name, row_id, operation, before, after, account_id, action) VALUES (
        kept, id, done, old, new, nullif(current_setting('nakaz.account', true), '')::bigint,
        coalesce(nullif(current_setting('nakaz.action', true), ''), current_setting('application_name')));
END $$;
CREATE FUNCTION journal_keep_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
DECLARE names text;
BEGIN
    IF TG_NARGS > 0 THEN
        names := (SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
            WHERE attrelid = TG_RELID AND attnum > 0 AND NOT attisdropped AND attname <> ALL (TG_ARGV));
        EXECUTE format(
            CASE TG_OP
            WHEN 'INSERT' THEN 'SELECT public.journal_write($1, id, NULL, to_jsonb(n)) FROM (SELECT %1$s FROM after_rows) n'
            WHEN 'DELETE' THEN 'SELECT public.journal_write($1, id, to_jsonb(o), NULL) FROM (SELECT %1$s FROM before_rows) o'
            ELSE 'SELECT public.journal_write($1, id, to_jsonb(o), to_jsonb(n))
                FROM (SELECT %1$s FROM before_rows) o FULL JOIN (SELECT %1$s FROM after_rows) n USING (id)'
            END, names) USING TG_TABLE_NAME;
    ELSIF TG_OP = 'INSERT' THEN
        PERFORM public.journal_write(TG_TABLE_NAME, n.id, NULL, to_jsonb(n)) FROM after_rows n;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM public.journal_write(TG_TABLE_NAME, o.id, to_jsonb(o), NULL) FROM before_rows o;
    ELSE
        PERFORM public.journal_write(TG_TABLE_NAME, id, to_jsonb(o), to_jsonb(n))
        FROM before_rows o FULL JOIN after_rows n USING (id);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION journal_write, journal_keep_change FROM PUBLIC;
"""

# Firing a trigger needs no right on its function; without one, nobody else can attach it to a table of their own.
ATTACH = """
CREATE FUNCTION journal_keep_history(kept regclass, unkept text[] DEFAULT '{}', additions boolean DEFAULT true)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    arguments text := (SELECT coalesce(string_agg(quote_literal(name), ', '), '') FROM unnest(unkept) name);
    name text; event text; transition text;
BEGIN
    FOR name, event, transition IN VALUES
        ('journal_history_add', 'INSERT', 'NEW TABLE AS after_rows'),
        ('journal_history_change', 'UPDATE', 'OLD TABLE AS before_rows NEW TABLE AS after_rows'),
        ('journal_history_remove', 'DELETE', 'OLD TABLE AS before_rows')
    LOOP
        CONTINUE WHEN event = 'INSERT' AND NOT additions;
        EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER %s ON %s REFERENCING %s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION journal_keep_change(%s)', name, event, kept, transition, arguments);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', kept, name);
    END LOOP;
END $$;
CREATE FUNCTION journal_forget_history(kept regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['journal_history_add', 'journal_history_change', 'journal_history_remove'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', name, kept);
    END LOOP;
END $$;
"""
UNDO = """
DROP FUNCTION journal_forget_history, journal_keep_history, journal_keep_change, journal_write;
DROP TABLE journal_history;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_method_announced")]
    operations = [
        migrations.CreateModel(
            name="History",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("table_name", models.TextField()),
                ("row_id", models.BigIntegerField()),
                ("operation", models.TextField()),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("at", models.DateTimeField()),
                ("account_id", models.BigIntegerField(null=True)),
                ("action", models.TextField()),
            ],
            options={"verbose_name_plural": "history", "managed": False},
        ),
        migrations.RunSQL(TABLE + WRITE + ATTACH, UNDO),
    ]
