"""The moves of pledges, their statuses and answers."""

from django.db import migrations

REVIEWED = ["author_id", "reviewer_id", "vouched", "rejected_why", "reviewed_at"]
ANSWERED = [
    "confirmed_by_id", "confirmed_how", "confirmed_at", "published_by_id", "published_at", "set_aside_why", "vouched",
    "pledge_id", "signature_id",
]  # fmt: skip
REVIEWS = ["proposed>published", "proposed>rejected"]
ANSWERS = ["received>confirmed", "received>set-aside", "confirmed>published", "confirmed>set-aside"]
STATUSES = {
    "promised": "in-progress kept partly-kept differs stalled overtaken not-measurable",
    "in-progress": "kept partly-kept differs stalled overtaken",
    "stalled": "in-progress kept partly-kept differs overtaken",
    "partly-kept": "in-progress kept differs stalled overtaken",
    "kept": "partly-kept differs",
    "differs": "in-progress kept partly-kept overtaken",
    "not-measurable": "overtaken",
}
MOVES = [f"{old}>{new}" for old, found in STATUSES.items() for new in found.split()]


def array(words: list[str]) -> str:
    return "'{" + ",".join(words) + "}'"


KEEP = f"""
SELECT journal_keep_moves('tracker_pledge', 'review', 'proposed', {array(REVIEWS)}, {array(REVIEWED)});
SELECT journal_keep_moves('tracker_pledgestatus', 'review', 'proposed', {array(REVIEWS)}, {array(REVIEWED)});
SELECT journal_keep_moves('tracker_answer', 'state', 'received', {array(ANSWERS)}, {array(ANSWERED)});

CREATE FUNCTION tracker_refuse_status() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    pledge tracker_pledge;
    latest tracker_pledgestatus;
BEGIN
    SELECT * INTO pledge FROM tracker_pledge WHERE id = NEW.pledge_id FOR UPDATE;
    IF pledge.review <> 'published' OR pledge.stance <> 'promised' THEN
        RAISE EXCEPTION 'only a published promise has statuses'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'tracker_pledgestatus_of_a_promise';
    END IF;
    IF NOT pledge.is_measurable AND NEW.status NOT IN ('not-measurable', 'overtaken')
        OR pledge.is_measurable AND NEW.status = 'not-measurable'
    THEN
        RAISE EXCEPTION 'a promise without a criterion is never assessed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'tracker_pledgestatus_measured';
    END IF;
    SELECT * INTO latest FROM tracker_pledgestatus s
        WHERE s.pledge_id = NEW.pledge_id AND s.review = 'published' AND s.id <> NEW.id
        ORDER BY s."on" DESC, s.id DESC LIMIT 1;
    IF coalesce(latest.status, 'promised') || '>' || NEW.status <> ALL ({array(MOVES)}) THEN
        RAISE EXCEPTION 'a pledge cannot go from % to %', coalesce(latest.status, 'promised'), NEW.status
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'tracker_pledgestatus_moves_on';
    END IF;
    IF NEW."on" < greatest(pledge.said_on, latest."on") THEN
        RAISE EXCEPTION 'a status cannot begin before the one it follows'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'tracker_pledgestatus_forward';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tracker_refuse_status BEFORE INSERT OR UPDATE ON tracker_pledgestatus
    FOR EACH ROW WHEN (NEW.review <> 'rejected') EXECUTE FUNCTION tracker_refuse_status();
"""  # noqa: S608 - only the words above go into it
UNDO = """
DROP TRIGGER tracker_refuse_status ON tracker_pledgestatus;
DROP FUNCTION tracker_refuse_status;
SELECT journal_forget_moves('tracker_answer');
SELECT journal_forget_moves('tracker_pledgestatus');
SELECT journal_forget_moves('tracker_pledge');
"""


class Migration(migrations.Migration):
    dependencies = [("tracker", "0002_pledges_and_answers"), ("journal", "0009_moves")]
    operations = [migrations.RunSQL(KEEP, UNDO)]
