"""Streets and areas of districts keep their history, and tell readers' pages of their changes, like the whole record."""

from django.db import migrations

KEEP = "SELECT journal_keep_history('people_place'), journal_keep_editions('people_place')"
FORGET = "SELECT journal_forget_history('people_place'), journal_forget_editions('people_place')"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_readers_editions"), ("people", "0003_places")]
    operations = [migrations.RunSQL(KEEP, FORGET)]
