"""Organisers also write rulings, decisions and what sources claim of factions."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CONTENT = {"votes": ["decision", "factionstatement"], "scorecards": ["ruling"]}


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    ContentType = apps.get_model("contenttypes", "ContentType")
    Permission = apps.get_model("auth", "Permission")
    organisers = apps.get_model("auth", "Group").objects.get(name="Organisers")
    for room, models in CONTENT.items():
        for model in models:
            words = apps.get_model(room, model)._meta.verbose_name
            kind, _ = ContentType.objects.get_or_create(app_label=room, model=model)
            for verb in ("add", "change", "delete", "view"):
                permission, _ = Permission.objects.get_or_create(
                    content_type=kind, codename=f"{verb}_{model}", defaults={"name": f"Can {verb} {words}"}
                )
                organisers.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_organisers"), ("votes", "0003_decisions"), ("scorecards", "0003_rulings")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
