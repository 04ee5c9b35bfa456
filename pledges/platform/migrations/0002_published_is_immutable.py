"""A published version of a platform and its texts can only be followed by another version."""

from django.db import migrations

RULES = """
CREATE FUNCTION platform_refuse_change_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND (
        TG_OP = 'DELETE'
        OR OLD.state = 'replaced'
        OR NEW.state = 'draft'
        OR to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state'
    ) THEN
        RAISE EXCEPTION 'a published platform cannot be changed: publish another version'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'platform_version_immutable';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER platform_version_immutable BEFORE UPDATE OR DELETE ON platform_platformversion
    FOR EACH ROW EXECUTE FUNCTION platform_refuse_change_of_published();

CREATE FUNCTION platform_refuse_text_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM platform_platformversion v
        WHERE v.state <> 'draft'
        AND v.id IN (
            CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END,
            CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END
        )
    ) THEN
        RAISE EXCEPTION 'the text of a published platform cannot be changed: publish another version'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'platform_demandtext_immutable';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER platform_demandtext_immutable BEFORE INSERT OR UPDATE OR DELETE ON platform_demandtext
    FOR EACH ROW EXECUTE FUNCTION platform_refuse_text_of_published();
"""
UNDO = """
DROP TRIGGER platform_demandtext_immutable ON platform_demandtext;
DROP FUNCTION platform_refuse_text_of_published();
DROP TRIGGER platform_version_immutable ON platform_platformversion;
DROP FUNCTION platform_refuse_change_of_published();
"""


class Migration(migrations.Migration):
    dependencies = [("platform", "0001_initial")]
    operations = [migrations.RunSQL(RULES, UNDO)]
