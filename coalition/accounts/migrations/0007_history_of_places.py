"""Streets and areas of districts keep their history like every table of the record."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_history_of_the_desk"), ("people", "0003_places")]
    operations = [
        migrations.RunSQL(
            "SELECT journal_keep_history('people_place')", "SELECT journal_forget_history('people_place')"
        )
    ]
