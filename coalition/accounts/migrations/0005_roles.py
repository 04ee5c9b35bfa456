"""The group "Organisers" becomes four roles; what each may do is written in accounts/roles.py."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WORKING = ("Entrants", "Reviewers", "Linkers", "Publishers")


def divide(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Group = apps.get_model("auth", "Group")
    for organisers in Group.objects.filter(name="Organisers"):
        for name in WORKING:  # their permissions follow when all migrations are done
            Group.objects.get_or_create(name=name)[0].user_set.add(*organisers.user_set.all())
        organisers.delete()


def join(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    organisers, _ = Group.objects.get_or_create(name="Organisers")
    working = Group.objects.filter(name__in=WORKING)
    organisers.permissions.set(Permission.objects.filter(group__in=working).distinct())
    for group in working:
        organisers.user_set.add(*group.user_set.all())
    working.delete()


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_member_organisations")]
    operations = [migrations.RunPython(divide, join)]
