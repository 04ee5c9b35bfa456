"""The member organisations of a coalition, and for which of them an organiser speaks."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

RULES = """
CREATE FUNCTION accounts_refuse_other_organisation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM accounts_user u
        JOIN accounts_memberorganisation o ON o.id = u.organisation_id
        JOIN platform_platform p ON p.coalition_id = o.coalition_id
        JOIN platform_demand d ON d.platform_id = p.id
        JOIN scorecards_link l ON l.demand_id = d.id
        WHERE u.id = NEW.by_id AND o.slug = NEW.organisation AND l.id = NEW.link_id
    ) THEN
        RAISE EXCEPTION 'the organiser does not speak for this organisation, or it is not of this coalition'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_TABLE_NAME || '_of_own_organisation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER accounts_own_organisation BEFORE INSERT ON scorecards_linkapproval
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_other_organisation();
CREATE TRIGGER accounts_own_organisation BEFORE INSERT ON scorecards_linkveto
    FOR EACH ROW EXECUTE FUNCTION accounts_refuse_other_organisation();
"""
UNDO = """
DROP TRIGGER accounts_own_organisation ON scorecards_linkveto;
DROP TRIGGER accounts_own_organisation ON scorecards_linkapproval;
DROP FUNCTION accounts_refuse_other_organisation();
"""
RIGHTS = {
    "link": {"approve_link": "Can approve or veto links for a member organisation"},
    "considered": {
        f"{verb}_considered": f"Can {verb} vote considered and not used" for verb in ("add", "change", "view")
    },
}


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    organisers = apps.get_model("auth", "Group").objects.get(name="Organisers")
    for model, rights in RIGHTS.items():
        kind, _ = ContentType.objects.get_or_create(app_label="scorecards", model=model)
        for codename, name in rights.items():
            right, _ = Permission.objects.get_or_create(content_type=kind, codename=codename, defaults={"name": name})
            organisers.permissions.add(right)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_history_triggers"),
        ("people", "0001_initial"),
        ("platform", "0006_demand_ids"),
        ("scorecards", "0006_two_organisations"),
    ]

    operations = [
        migrations.CreateModel(
            name="MemberOrganisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80)),
                ("name_ru", models.CharField(blank=True, max_length=200, verbose_name="name in Russian")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="name in English")),
                (
                    "coalition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="organisations",
                        to="platform.coalition",
                    ),
                ),
                (
                    "faction",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.faction",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="user",
            name="organisation",
            field=models.ForeignKey(
                blank=True,
                help_text="For whom they propose, approve and veto links; without one they cannot.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="users",
                to="accounts.memberorganisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberorganisation",
            constraint=models.UniqueConstraint(
                fields=("coalition", "slug"), name="accounts_memberorganisation_slug_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="memberorganisation",
            constraint=models.UniqueConstraint(
                fields=("coalition", "faction"), name="accounts_memberorganisation_faction_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="memberorganisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name_ru", ""), _negated=True), models.Q(("name_en", ""), _negated=True), _connector="OR"
                ),
                name="accounts_memberorganisation_has_name",
            ),
        ),
        migrations.RunSQL(RULES, UNDO),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
