"""The page of a sitting says how many of its votes are being entered: a draft that is added is news too."""

from django.db import migrations

FORGET = "SELECT journal_forget_editions('votes_rollcall')"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_places")]
    operations = [
        migrations.RunSQL(
            f"{FORGET}; SELECT journal_keep_editions('votes_rollcall')",
            f"{FORGET}; SELECT journal_keep_editions('votes_rollcall', seen => '{{published_id}}')",
        )
    ]
