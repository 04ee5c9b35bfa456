"""The moves a version can make, and that what waits for review or was approved cannot be changed."""

from django.db import migrations, models

MOVES = """
CREATE OR REPLACE FUNCTION votes_refuse_change_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    editable constant text[] := ARRAY['draft', 'matched', 'checked', 'rejected'];
    -- what may change once others look at it: how far it is, and who did what when
    beside constant text[] := ARRAY['state', 'reviewed_by_id', 'reviewed_hash', 'reviewed_at', 'returned', 'vouched',
        'published_by_id', 'published_at', 'content_hash', 'submitted_at'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> ALL (editable) THEN
            RAISE EXCEPTION 'a roll call that was submitted or published cannot be deleted'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'votes_rollcallversion_immutable';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state = 'corrected'
        OR OLD.state = 'published' AND to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state'
        OR OLD.state IN ('submitted', 'reviewed') AND to_jsonb(NEW) - beside IS DISTINCT FROM to_jsonb(OLD) - beside
    THEN
        RAISE EXCEPTION 'a roll call that was submitted or published cannot be changed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'votes_rollcallversion_immutable';
    END IF;
    IF NOT (
        NEW.state = OLD.state
        OR OLD.state = ANY (editable) AND NEW.state = ANY (editable)
        OR (OLD.state, NEW.state) IN (
            ('checked', 'submitted'), ('submitted', 'draft'), ('submitted', 'rejected'), ('submitted', 'reviewed'),
            ('reviewed', 'draft'), ('reviewed', 'rejected'), ('reviewed', 'published'), ('published', 'corrected'))
        OR NEW.state = 'published' AND NEW.vouched AND OLD.state <> 'published'
    ) THEN
        RAISE EXCEPTION 'a roll call cannot go from % to %', OLD.state, NEW.state
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'votes_rollcallversion_moves';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION votes_refuse_rows_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM votes_rollcallversion v WHERE v.id IN (SELECT DISTINCT version_id FROM touched)
        AND v.state IN ('submitted', 'reviewed', 'published', 'corrected')
    ) THEN
        RAISE EXCEPTION 'rows of a roll call that was submitted or published cannot be added, changed or removed'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_immutable';
    END IF;
    RETURN NULL;
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION votes_refuse_change_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state IN ('published', 'corrected') THEN
            RAISE EXCEPTION 'a published roll call cannot be deleted: publish a correction'
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'votes_rollcallversion_immutable';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state = 'corrected' OR (
        OLD.state = 'published' AND (
            to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state'
            OR NEW.state NOT IN ('published', 'corrected'))
    ) THEN
        RAISE EXCEPTION 'a published roll call cannot be changed: publish a correction'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'votes_rollcallversion_immutable';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION votes_refuse_rows_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
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


class Migration(migrations.Migration):
    dependencies = [("votes", "0005_known_reviews")]
    operations = [
        migrations.RunSQL(MOVES, BEFORE),
        migrations.RemoveConstraint(
            model_name="rollcallversion",
            name="votes_rollcallversion_published_by_two",
        ),
        migrations.RemoveConstraint(
            model_name="rollcallversion",
            name="votes_rollcallversion_published_is_sealed",
        ),
        migrations.RemoveConstraint(
            model_name="rollcallversion",
            name="votes_rollcallversion_correction_has_reason",
        ),
        migrations.AddConstraint(
            model_name="rollcallversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["draft", "matched", "checked", "submitted", "reviewed", "published", "corrected", "rejected"],
                    )
                ),
                name="votes_rollcallversion_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="rollcallversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["draft", "matched", "checked", "rejected", "submitted"]),
                    ("vouched", True),
                    models.Q(
                        ("entered_by__isnull", False),
                        ("reviewed_by__isnull", False),
                        models.Q(("entered_by", models.F("reviewed_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="votes_rollcallversion_published_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="rollcallversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("draft", "matched", "checked", "rejected", "submitted", "reviewed")),
                    ("vouched", True),
                    ("reviewed_hash", models.F("content_hash")),
                    _connector="OR",
                ),
                name="votes_rollcallversion_published_as_reviewed",
            ),
        ),
        migrations.AddConstraint(
            model_name="rollcallversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("draft", "matched", "checked", "rejected", "submitted", "reviewed")),
                    models.Q(("published_at__isnull", False), models.Q(("content_hash", ""), _negated=True)),
                    _connector="OR",
                ),
                name="votes_rollcallversion_published_is_sealed",
            ),
        ),
        migrations.AddConstraint(
            model_name="rollcallversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "reviewed"), _negated=True),
                    models.Q(("reviewed_hash", ""), _negated=True),
                    _connector="OR",
                ),
                name="votes_rollcallversion_reviewed_is_sealed",
            ),
        ),
        migrations.AddConstraint(
            model_name="rollcallversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "rejected"), _negated=True),
                    models.Q(("returned", ""), _negated=True),
                    _connector="OR",
                ),
                name="votes_rollcallversion_sent_back_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="rollcallversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number", 1),
                    ("state__in", ("draft", "matched", "checked", "rejected")),
                    models.Q(models.Q(("reason", ""), _negated=True), ("evidence__isnull", False)),
                    _connector="OR",
                ),
                name="votes_rollcallversion_correction_has_reason",
            ),
        ),
    ]
