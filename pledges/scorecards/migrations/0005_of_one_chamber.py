"""A link and a ruling are about votes of the chamber whose platform they belong to."""

from django.db import migrations

RULES = """
CREATE FUNCTION scorecards_refuse_other_chamber() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_platform bigint;
BEGIN
    IF TG_TABLE_NAME = 'scorecards_link' THEN
        SELECT d.platform_id INTO of_platform FROM platform_demand d WHERE d.id = NEW.demand_id;
    ELSE
        of_platform := NEW.platform_id;
    END IF;
    IF NOT EXISTS (
        SELECT FROM platform_platform p
        JOIN platform_coalition c ON c.id = p.coalition_id
        JOIN votes_rollcall r ON r.chamber_id = c.chamber_id
        WHERE p.id = of_platform AND r.id = NEW.roll_call_id
    ) THEN
        RAISE EXCEPTION 'the vote was held in another chamber than the platform''s'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_of_one_chamber';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scorecards_link_of_one_chamber BEFORE INSERT OR UPDATE OF demand_id, roll_call_id ON scorecards_link
    FOR EACH ROW EXECUTE FUNCTION scorecards_refuse_other_chamber();
CREATE TRIGGER scorecards_ruling_of_one_chamber BEFORE INSERT OR UPDATE OF platform_id, roll_call_id
    ON scorecards_ruling FOR EACH ROW EXECUTE FUNCTION scorecards_refuse_other_chamber();
"""
UNDO = """
DROP TRIGGER scorecards_ruling_of_one_chamber ON scorecards_ruling;
DROP TRIGGER scorecards_link_of_one_chamber ON scorecards_link;
DROP FUNCTION scorecards_refuse_other_chamber();
"""


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0004_bundles"), ("platform", "0005_method_in_shadow"), ("votes", "0003_decisions")]
    operations = [migrations.RunSQL(RULES, UNDO)]
