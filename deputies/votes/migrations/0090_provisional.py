"""Provisional: the model's own branch adds this permission."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("votes", "0003_decisions")]
    operations = [
        migrations.AlterModelOptions(
            name="rollcall",
            options={
                "permissions": [
                    ("review_rollcall", "Can review what another person entered"),
                    ("publish_rollcall", "Can publish what was reviewed"),
                ]
            },
        )
    ]
