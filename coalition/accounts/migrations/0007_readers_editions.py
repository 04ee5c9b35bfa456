"""Every table that a reader's page reads tells of its changes, so that no page is shown from before them.

Left out is what cannot change once readers see it: the rows of a submitted roll call and the words of a published
platform. Drafts tell nothing, and a text or document that is added is seen only through a row that names it.
"""

from django.db import migrations

WHOLE = """
people_chamber people_votingrule people_term people_district people_party people_faction people_person
people_mandate people_factionmembership people_sidemembership people_office
platform_coalition platform_coalitionmembership platform_platform platform_demand
tracker_signature
scorecards_linkapproval scorecards_linkveto scorecards_considered scorecards_score scorecards_scorechange
scorecards_bundle
votes_sitting journal_event journal_dispute journal_freeze
"""
IN_PART = {
    "sources_document": ", additions => false",
    "votes_decision": ", additions => false",
    "votes_rollcall": ", seen => '{published_id}'",
    "votes_rollcallversion": ", seen => '{state,published,corrected}'",
    "platform_platformversion": ", seen => '{state,published,replaced}'",
    "scorecards_link": ", seen => '{state,published,vetoed,retired}'",
    "scorecards_ruling": ", seen => '{state,published,retired}'",
}
TABLES = {**dict.fromkeys(WHOLE.split(), ""), **IN_PART}
KEEP = "".join(f"SELECT journal_keep_editions('{table}'{how});\n" for table, how in TABLES.items())
FORGET = "".join(f"SELECT journal_forget_editions('{table}');\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_history_of_the_desk"),
        ("journal", "0007_editions"),
        ("votes", "0013_begins_as_draft"),
        ("platform", "0007_who_publishes"),
        ("scorecards", "0010_who_publishes"),
    ]
    operations = [migrations.RunSQL(KEEP, FORGET)]
