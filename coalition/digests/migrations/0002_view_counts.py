"""The right to see how many subscribers there are, and nothing else of them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="subscriber",
            options={"permissions": [("view_counts", "Can see how many subscribers there are")]},
        ),
    ]
