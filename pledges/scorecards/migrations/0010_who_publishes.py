"""The right to publish rulings."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("scorecards", "0006_two_organisations"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="ruling",
            options={"permissions": [("publish_ruling", "Can publish and withdraw rulings")]},
        ),
    ]
