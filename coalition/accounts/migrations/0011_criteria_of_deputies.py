"""The history keeps no words that came by a personal link, the criterion of a promise included."""

from django.db import migrations

KEEP = "SELECT journal_keep_history('tracker_answer', unkept => '{text,confirmed_how,criterion}')"
BEFORE = "SELECT journal_keep_history('tracker_answer', unkept => '{text,confirmed_how}')"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_the_word_given"), ("tracker", "0004_measured_by_link")]
    operations = [migrations.RunSQL(KEEP, BEFORE)]
