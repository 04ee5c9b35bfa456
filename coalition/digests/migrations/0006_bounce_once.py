"""What is said of a letter is noted once, however often a mail server or provider says it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0004_addresses_go_with_subscribers"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="bounce", name="digests_bounce_of"),
        migrations.AddConstraint(
            model_name="bounce",
            constraint=models.UniqueConstraint(fields=("bounce_hash", "kind", "at"), name="digests_bounce_once"),
        ),
    ]
