"""A link counts when two member organisations stand behind it; one that objects is heard; what was not used is said."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RULES = """
CREATE FUNCTION scorecards_link_seal(l scorecards_link) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(jsonb_build_array(l.demand_id, l.roll_call_id, l.wants, l.weight, l.role, l.scope,
        l.contested, l.reasoning_ru, l.reasoning_en)::text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION scorecards_refuse(rule text, why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', why USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = rule;
END $$;

CREATE FUNCTION scorecards_guard_link() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was text := CASE WHEN TG_OP = 'INSERT' THEN 'draft' ELSE OLD.state END;
    moving text[] := CASE WHEN was = 'proposed' THEN '{state,approver_id,published_at}' ELSE '{state}' END;
    stands boolean;
BEGIN
    IF was <> 'draft' AND (
        TG_OP = 'DELETE'
        OR was || ' ' || NEW.state NOT IN ('proposed draft', 'proposed proposed', 'proposed published',
            'proposed vetoed', 'published published', 'published vetoed', 'published retired', 'vetoed vetoed',
            'vetoed proposed', 'vetoed published', 'vetoed retired')
        OR (NEW.state = 'proposed' AND NEW.published_at IS NOT NULL)
        OR (NEW.state <> 'draft' AND to_jsonb(NEW) - moving IS DISTINCT FROM to_jsonb(OLD) - moving)
    ) THEN
        PERFORM scorecards_refuse('scorecards_link_immutable', 'what was agreed on is not changed: write a new version');
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF NEW.state = 'published' AND was IN ('draft', 'proposed') AND NOT (was = 'draft' AND NEW.vouched) AND (
        SELECT count(*) FROM scorecards_linkapproval a
        WHERE a.link_id = NEW.id AND a.seal = scorecards_link_seal(NEW) AND a.by_id IN (NEW.author_id, NEW.approver_id)
    ) < 2 THEN
        PERFORM scorecards_refuse('scorecards_link_by_two_organisations', 'two organisations have to approve these words');
    END IF;
    stands := EXISTS (SELECT FROM scorecards_linkveto v WHERE v.link_id = NEW.id AND v.withdrawn_at IS NULL);
    IF stands AND NEW.state IN ('proposed', 'published') OR NEW.state = 'vetoed' AND NOT stands THEN
        PERFORM scorecards_refuse('scorecards_link_veto_stands', 'a link is disputed while a veto stands, and only then');
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER scorecards_link_immutable ON scorecards_link;
CREATE TRIGGER scorecards_link_guard BEFORE INSERT OR UPDATE OR DELETE ON scorecards_link
    FOR EACH ROW EXECUTE FUNCTION scorecards_guard_link();

CREATE FUNCTION scorecards_guard_approval() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said scorecards_link;
BEGIN
    SELECT * INTO said FROM scorecards_link WHERE id = COALESCE(NEW.link_id, OLD.link_id) FOR UPDATE;
    IF TG_OP = 'UPDATE' OR (TG_OP = 'DELETE' AND said.state <> 'draft') THEN
        PERFORM scorecards_refuse('scorecards_linkapproval_kept', 'an approval stands as long as its link is not edited');
    ELSIF TG_OP = 'DELETE' THEN
        RETURN OLD;
    ELSIF said.state <> 'proposed' THEN
        PERFORM scorecards_refuse('scorecards_linkapproval_of_proposed', 'only a proposed link can be approved');
    END IF;
    NEW.seal := scorecards_link_seal(said);
    RETURN NEW;
END $$;
CREATE TRIGGER scorecards_linkapproval_guard BEFORE INSERT OR UPDATE OR DELETE ON scorecards_linkapproval
    FOR EACH ROW EXECUTE FUNCTION scorecards_guard_approval();

CREATE FUNCTION scorecards_refuse_all_but_withdrawal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
        OR to_jsonb(NEW) - 'withdrawn_at' IS DISTINCT FROM to_jsonb(OLD) - 'withdrawn_at' THEN
        PERFORM scorecards_refuse(TG_TABLE_NAME || '_kept', 'it is history: it can only be withdrawn, once');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scorecards_linkveto_kept BEFORE UPDATE OR DELETE ON scorecards_linkveto
    FOR EACH ROW EXECUTE FUNCTION scorecards_refuse_all_but_withdrawal();
CREATE TRIGGER scorecards_considered_kept BEFORE UPDATE OR DELETE ON scorecards_considered
    FOR EACH ROW EXECUTE FUNCTION scorecards_refuse_all_but_withdrawal();

CREATE FUNCTION scorecards_refuse_considered_elsewhere() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM platform_demand d
        JOIN platform_platform p ON p.id = d.platform_id
        JOIN platform_coalition c ON c.id = p.coalition_id
        JOIN votes_rollcall r ON r.chamber_id = c.chamber_id
        WHERE d.id = NEW.demand_id AND r.id = NEW.roll_call_id
    ) THEN
        PERFORM scorecards_refuse('scorecards_considered_of_one_chamber', 'the vote was held in another chamber');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scorecards_considered_of_one_chamber BEFORE INSERT ON scorecards_considered
    FOR EACH ROW EXECUTE FUNCTION scorecards_refuse_considered_elsewhere();
"""
UNDO = """
DROP TRIGGER scorecards_considered_of_one_chamber ON scorecards_considered;
DROP TRIGGER scorecards_considered_kept ON scorecards_considered;
DROP TRIGGER scorecards_linkveto_kept ON scorecards_linkveto;
DROP TRIGGER scorecards_linkapproval_guard ON scorecards_linkapproval;
DROP TRIGGER scorecards_link_guard ON scorecards_link;
DROP FUNCTION scorecards_refuse_considered_elsewhere, scorecards_refuse_all_but_withdrawal, scorecards_guard_approval,
    scorecards_guard_link, scorecards_refuse, scorecards_link_seal;
CREATE TRIGGER scorecards_link_immutable BEFORE UPDATE OR DELETE ON scorecards_link
    FOR EACH ROW EXECUTE FUNCTION scorecards_refuse_change_of_published();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("platform", "0006_demand_ids"),
        ("scorecards", "0005_of_one_chamber"),
        ("sources", "0001_initial"),
        ("votes", "0003_decisions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Considered",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason_ru", models.TextField(blank=True, verbose_name="reason, in Russian")),
                ("reason_en", models.TextField(blank=True, verbose_name="reason, in English")),
                ("at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "vote considered and not used",
                "verbose_name_plural": "votes considered and not used",
            },
        ),
        migrations.CreateModel(
            name="LinkApproval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation", models.SlugField(max_length=80)),
                ("organisation_ru", models.CharField(blank=True, max_length=200)),
                ("organisation_en", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("seal", models.CharField(editable=False, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="LinkVeto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organisation", models.SlugField(max_length=80)),
                ("organisation_ru", models.CharField(blank=True, max_length=200)),
                ("organisation_en", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField()),
                ("reason_ru", models.TextField(blank=True, verbose_name="reason, in Russian")),
                ("reason_en", models.TextField(blank=True, verbose_name="reason, in English")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AlterModelOptions(
            name="link",
            options={"permissions": [("approve_link", "Can approve or veto links for a member organisation")]},
        ),
        migrations.RemoveConstraint(
            model_name="link",
            name="scorecards_link_published_by_two",
        ),
        migrations.RemoveConstraint(
            model_name="link",
            name="scorecards_link_published_has_date",
        ),
        migrations.RemoveConstraint(
            model_name="ruling",
            name="scorecards_ruling_published_by_two",
        ),
        migrations.RemoveConstraint(
            model_name="ruling",
            name="scorecards_ruling_published_has_date",
        ),
        migrations.AddField(
            model_name="link",
            name="contested",
            field=models.BooleanField(default=False, verbose_name="it can be read in two ways, so it is not counted"),
        ),
        migrations.AlterField(
            model_name="link",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("proposed", "Proposed"),
                    ("published", "Published"),
                    ("retired", "Replaced or withdrawn"),
                    ("vetoed", "Disputed, not counted"),
                ],
                default="draft",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="ruling",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draft"),
                    ("proposed", "Proposed"),
                    ("published", "Published"),
                    ("retired", "Replaced or withdrawn"),
                    ("vetoed", "Disputed, not counted"),
                ],
                default="draft",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("draft", "proposed", "vetoed")),
                    ("vouched", True),
                    models.Q(
                        ("approver__isnull", False),
                        ("author__isnull", False),
                        models.Q(("author", models.F("approver")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="scorecards_link_published_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("draft", "proposed", "vetoed")), ("published_at__isnull", False), _connector="OR"
                ),
                name="scorecards_link_published_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(
                condition=models.Q(("contested", False), ("role", "informative"), _connector="OR"),
                name="scorecards_link_contested_is_informative",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("draft", "proposed", "vetoed")),
                    ("vouched", True),
                    models.Q(
                        ("approver__isnull", False),
                        ("author__isnull", False),
                        models.Q(("author", models.F("approver")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="scorecards_ruling_published_by_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruling",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("draft", "proposed", "vetoed")), ("published_at__isnull", False), _connector="OR"
                ),
                name="scorecards_ruling_published_has_date",
            ),
        ),
        migrations.AddField(
            model_name="considered",
            name="author",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="considered",
            name="demand",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="considered", to="platform.demand"
            ),
        ),
        migrations.AddField(
            model_name="considered",
            name="roll_call",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="considered", to="votes.rollcall"
            ),
        ),
        migrations.AddField(
            model_name="linkapproval",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="linkapproval",
            name="link",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="approvals", to="scorecards.link"
            ),
        ),
        migrations.AddField(
            model_name="linkveto",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="linkveto",
            name="link",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="vetoes", to="scorecards.link"
            ),
        ),
        migrations.AddConstraint(
            model_name="considered",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("demand", "roll_call"),
                name="scorecards_considered_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="considered",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason_ru", ""), _negated=True),
                    models.Q(("reason_en", ""), _negated=True),
                    _connector="OR",
                ),
                name="scorecards_considered_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="linkapproval",
            constraint=models.UniqueConstraint(
                fields=("link", "organisation"), name="scorecards_linkapproval_once_each"
            ),
        ),
        migrations.AddConstraint(
            model_name="linkapproval",
            constraint=models.UniqueConstraint(fields=("link", "by"), name="scorecards_linkapproval_once_a_person"),
        ),
        migrations.AddConstraint(
            model_name="linkveto",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("link", "organisation"),
                name="scorecards_linkveto_once_each",
            ),
        ),
        migrations.AddConstraint(
            model_name="linkveto",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason_ru", ""), _negated=True),
                    models.Q(("reason_en", ""), _negated=True),
                    _connector="OR",
                ),
                name="scorecards_linkveto_has_reason",
            ),
        ),
        migrations.RunSQL(RULES, UNDO),
    ]
