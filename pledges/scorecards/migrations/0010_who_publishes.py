"""The right to publish rulings."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("scorecards", "0005_of_one_chamber"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="ruling",
            options={"permissions": [("publish_ruling", "Can publish and withdraw rulings")]},
        ),
    ]
