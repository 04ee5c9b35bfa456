"""The right to publish versions of platforms."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("platform", "0006_demand_ids"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="platformversion",
            options={"permissions": [("publish_platformversion", "Can publish versions of platforms")]},
        ),
    ]
