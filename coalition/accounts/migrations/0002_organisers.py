"""The group "Organisers": everything on the content of the site, nothing on users, groups and the journal."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CONTENT = {
    "sources": ["document"],
    "people": [
        "chamber", "votingrule", "term", "district", "party", "faction", "person", "identifier", "alias", "mandate",
        "factionmembership", "sidemembership", "office",
    ],
    "votes": ["rollcall", "rollcallversion", "ballot"],
    "platform": ["coalition", "coalitionmembership", "platform", "platformversion", "demand", "demandtext"],
    "tracker": ["signature"],
    "scorecards": ["link"],
}  # fmt: skip
VIEW_ONLY = {"scorecards": ["scorechange"], "journal": ["event"]}


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # Django creates permissions after all migrations; the group needs them now.
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    organisers, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Organisers")
    for rooms, verbs in ((CONTENT, ["add", "change", "delete", "view"]), (VIEW_ONLY, ["view"])):
        for room, models in rooms.items():
            for model in models:
                words = apps.get_model(room, model)._meta.verbose_name
                kind, _ = ContentType.objects.get_or_create(app_label=room, model=model)
                for verb in verbs:
                    permission, _ = Permission.objects.get_or_create(
                        content_type=kind, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {words}"}
                    )
                    organisers.permissions.add(permission)


def revoke(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("auth", "Group").objects.filter(name="Organisers").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sources", "0001_initial"),
        ("journal", "0001_initial"),
        ("people", "0001_initial"),
        ("votes", "0001_initial"),
        ("platform", "0001_initial"),
        ("tracker", "0001_initial"),
        ("scorecards", "0001_initial"),
    ]
    operations = [migrations.RunPython(grant, revoke)]
