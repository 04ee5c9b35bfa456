"""Statements of groups keep their history, and tell readers' pages of their changes, like the whole record."""

from django.db import migrations

KEEP = "SELECT journal_keep_history('tracker_statement'), journal_keep_editions('tracker_statement')"
FORGET = "SELECT journal_forget_history('tracker_statement'), journal_forget_editions('tracker_statement')"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_criteria_of_deputies"), ("tracker", "0005_statements")]
    operations = [migrations.RunSQL(KEEP, FORGET)]
