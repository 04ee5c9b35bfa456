"""A coming vote goes on and off the agenda until it is held; once voting has begun, what it says stays.

What was expected of it is written down when voting begins, so only then can it be held.
"""

from django.db import migrations, models

MOVES = "{planned>withdrawn,withdrawn>planned,planned>held}"
BESIDE = (
    "{number,title_ru,title_en,summary_ru,summary_en,starts_at,is_day_only,threshold,threshold_number,source_id,"
    "sequence,frozen_at,roll_call_id}"
)
KEEP = f"""
SELECT journal_keep_moves('votes_agendaitem', 'state', 'planned', '{MOVES}', '{BESIDE}');
CREATE FUNCTION votes_hold_begun_item() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_change constant text[] := CASE WHEN OLD.state = 'held' THEN '{{}}' ELSE '{{state,sequence,roll_call_id}}' END;
BEGIN
    IF OLD.frozen_at IS NOT NULL AND to_jsonb(NEW) - may_change IS DISTINCT FROM to_jsonb(OLD) - may_change THEN
        RAISE EXCEPTION 'voting has begun: what the agenda says stays'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'votes_agendaitem_begun_stays';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER votes_hold_begun_item BEFORE UPDATE ON votes_agendaitem
    FOR EACH ROW EXECUTE FUNCTION votes_hold_begun_item();
"""  # noqa: S608 - names of ours
UNDO = """
DROP TRIGGER votes_hold_begun_item ON votes_agendaitem;
DROP FUNCTION votes_hold_begun_item;
SELECT journal_forget_moves('votes_agendaitem');
"""


class Migration(migrations.Migration):
    dependencies = [("votes", "0016_agenda"), ("journal", "0009_moves")]
    operations = [
        migrations.AddConstraint(
            model_name="agendaitem",
            constraint=models.CheckConstraint(
                name="votes_agendaitem_held_is_frozen",
                condition=models.Q(("state", "held"), _negated=True) | models.Q(("frozen_at__isnull", False)),
            ),
        ),
        migrations.RunSQL(KEEP, UNDO),
    ]
