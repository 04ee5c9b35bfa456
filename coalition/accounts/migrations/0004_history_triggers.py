"""Every table of the record, and who may edit it, keep their history; organisers may read it.

A ballot is never added to a published version and says in its version what was entered, so imports write it once.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WHOLE = """
people_chamber people_votingrule people_term people_district people_party people_faction people_person
people_identifier people_alias people_mandate people_factionmembership people_sidemembership people_office
votes_rollcall votes_rollcallversion votes_decision votes_factionstatement
platform_coalition platform_coalitionmembership platform_platform platform_platformversion platform_demand
platform_demandtext
tracker_signature
scorecards_link scorecards_ruling
accounts_user_groups accounts_user_user_permissions auth_group auth_group_permissions
"""
IN_PART = {
    "sources_document": ", unkept => '{content}'",
    "votes_ballot": ", additions => false",
    # Neither secrets nor what names a person; a sign-in is no change of the record.
    "accounts_user": ", unkept => '{password,last_login,email,first_name,last_name}'",
}
TABLES = {**dict.fromkeys(WHOLE.split(), ""), **IN_PART}
KEEP = "".join(f"SELECT journal_keep_history('{table}'{how});\n" for table, how in TABLES.items())
FORGET = "".join(f"SELECT journal_forget_history('{table}');\n" for table in TABLES)


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="journal", model="history")
    permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=kind, codename="view_history", defaults={"name": "Can view history"}
    )
    apps.get_model("auth", "Group").objects.get(name="Organisers").permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_organisers_judge"),
        ("journal", "0004_history"),
        ("sources", "0001_initial"),
        ("people", "0001_initial"),
        ("votes", "0003_decisions"),
        ("platform", "0006_demand_ids"),
        ("tracker", "0001_initial"),
        ("scorecards", "0005_of_one_chamber"),
    ]
    operations = [
        migrations.RunSQL(KEEP, FORGET),  # first: no table with waiting foreign keys can be given a trigger
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
