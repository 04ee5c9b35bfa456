"""One index of a subscriber's letters is enough, and the end of pauses is found without reading every subscriber."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0004_addresses_go_with_subscribers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="delivery",
            name="subscriber",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="digests.subscriber",
            ),
        ),
        migrations.AddIndex(
            model_name="subscriber",
            index=models.Index(
                condition=models.Q(("paused_until__isnull", False)),
                fields=["paused_until"],
                name="digests_subscriber_paused",
            ),
        ),
    ]
