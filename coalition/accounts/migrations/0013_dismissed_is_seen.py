"""Readers see how many findings were dismissed: that one was is news to their pages too."""

from django.db import migrations

FORGET = "SELECT journal_forget_editions('findings_finding')"
KEEP = "SELECT journal_keep_editions('findings_finding', seen => '{{state,{}}}')"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_statements"), ("findings", "0005_letters_with_links")]
    operations = [
        migrations.RunSQL(
            f"{FORGET}; {KEEP.format('published,withdrawn,dismissed')}",
            f"{FORGET}; {KEEP.format('published,withdrawn')}",
        )
    ]
