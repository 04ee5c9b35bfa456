"""What is said of a letter is noted once, however often a mail server or provider says it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0005_deliveries_by_the_million"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="bounce", name="digests_bounce_of"),
        migrations.AddConstraint(
            model_name="bounce",
            constraint=models.UniqueConstraint(fields=("bounce_hash", "kind", "at"), name="digests_bounce_once"),
        ),
    ]
