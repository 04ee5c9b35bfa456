"""The moves of findings and links of coming votes; what was expected is written once."""

from django.db import migrations

REVIEWED = ["author_id", "reviewer_id", "vouched", "rejected_why", "reviewed_at"]
BESIDE = [
    "taken_by_id", "taken_at", "asked_by_id", "asked_at", "reply_until", "reply_id", "settled_at", "published_by_id",
    "published_at", "reason_ru", "reason_en", "vouched",
]  # fmt: skip
REVIEWS = ["proposed>published", "proposed>rejected"]
DIFFERS = {
    "detected": "under-review dismissed",
    "under-review": "asked dismissed",
    "asked": "answered silent dismissed",
    "answered": "published dismissed",
    "silent": "answered published dismissed",
    "published": "withdrawn",
}
OTHERS = {"detected": "under-review dismissed", "under-review": "published dismissed", "published": "withdrawn"}
KINDS = {"differs": DIFFERS, "red-line": OTHERS, "as-pledged": OTHERS}
MOVES = [f"{k}:{old}>{new}" for k, moves in KINDS.items() for old, found in moves.items() for new in found.split()]


def array(words: list[str]) -> str:
    return "'{" + ",".join(words) + "}'"


KEEP = f"""
SELECT journal_keep_moves('findings_finding', 'state', 'detected', {array(MOVES)}, {array(BESIDE)}, 'kind');
SELECT journal_keep_moves('findings_agendalink', 'review', 'proposed', {array(REVIEWS)}, {array(REVIEWED)});
CREATE FUNCTION findings_refuse_expectation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was expected is written once, when the vote begins'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'findings_expectation_stays';
END $$;
CREATE TRIGGER findings_refuse_expectation BEFORE UPDATE OR DELETE ON findings_expectation
    FOR EACH ROW EXECUTE FUNCTION findings_refuse_expectation();
"""
UNDO = """
DROP TRIGGER findings_refuse_expectation ON findings_expectation;
DROP FUNCTION findings_refuse_expectation;
SELECT journal_forget_moves('findings_agendalink');
SELECT journal_forget_moves('findings_finding');
"""


class Migration(migrations.Migration):
    dependencies = [("findings", "0001_initial"), ("journal", "0009_moves")]
    operations = [migrations.RunSQL(KEEP, UNDO)]
