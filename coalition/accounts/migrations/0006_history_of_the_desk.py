"""The tables of the desk keep their history too: sittings, entry, approvals, reports of mistakes, freezes.

What a sender of a report wrote is kept in the report alone, and the bytes shown for it never.
"""

from django.db import migrations

WHOLE = """
accounts_memberorganisation journal_freeze votes_sitting votes_departure votes_writtenname votes_acknowledgement
votes_keying votes_voteword scorecards_linkapproval scorecards_linkveto scorecards_considered
"""
IN_PART = {
    "journal_dispute": ", unkept => '{token_hash,shown,should_say,text,page}'",
    "journal_evidence": ", unkept => '{content,url,title}'",
}
TABLES = {**dict.fromkeys(WHOLE.split(), ""), **IN_PART}
KEEP = "".join(f"SELECT journal_keep_history('{table}'{how});\n" for table, how in TABLES.items())
FORGET = "".join(f"SELECT journal_forget_history('{table}');\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_roles"),
        ("journal", "0006_freeze"),
        ("votes", "0008_reported"),
        ("scorecards", "0006_two_organisations"),
    ]
    operations = [migrations.RunSQL(KEEP, FORGET)]
