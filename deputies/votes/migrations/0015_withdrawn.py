"""A correction can take a vote out of the record."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("votes", "0014_search")]
    operations = [
        migrations.AddField(
            model_name="rollcallversion",
            name="withdrawn",
            field=models.BooleanField(
                default=False,
                help_text="It was no roll call, or is there under another id; it counts for nobody.",
                verbose_name="taken out of the record",
            ),
        ),
        migrations.AddConstraint(
            model_name="rollcallversion",
            constraint=models.CheckConstraint(
                name="votes_rollcallversion_only_corrections_withdraw",
                condition=models.Q(withdrawn=False) | models.Q(number__gt=1),
            ),
        ),
    ]
