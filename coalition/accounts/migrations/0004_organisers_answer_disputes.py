"""Organisers read reports of mistakes and answer them."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

PERMISSIONS = {"view_dispute": "Can view dispute", "answer_dispute": "Can answer disputes"}


def grant(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label="journal", model="dispute")
    organisers = apps.get_model("auth", "Group").objects.get(name="Organisers")
    for codename, name in PERMISSIONS.items():
        permission, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": name}
        )
        organisers.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_organisers_judge"), ("journal", "0005_disputes")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
