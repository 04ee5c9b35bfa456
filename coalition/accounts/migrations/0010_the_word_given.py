"""Pledges, answers, findings and coming votes keep their history and tell readers' pages of their changes."""

from django.db import migrations

HISTORY = {
    "tracker_pledge": "",
    "tracker_pledgestatus": "",
    "tracker_invitation": ", unkept => '{nonce,email}'",
    "tracker_answer": ", unkept => '{text,confirmed_how}'",
    "findings_finding": "",
    "findings_agendalink": "",
    "votes_agendaitem": "",
}
EDITIONS = {
    "tracker_pledge": ", seen => '{review,published}'",
    "tracker_pledgestatus": ", seen => '{review,published}'",
    "tracker_answer": ", seen => '{state,published}'",
    "tracker_asked": "",
    "findings_finding": ", seen => '{state,published,withdrawn}'",
    "findings_agendalink": ", seen => '{review,published}'",
    "findings_expectation": "",
    "votes_agendaitem": "",
}
KEEP = "".join(
    f"SELECT journal_keep_{what}('{table}'{how});\n"
    for what, tables in {"history": HISTORY, "editions": EDITIONS}.items()
    for table, how in tables.items()
)
FORGET = "".join(
    f"SELECT journal_forget_{what}('{table}');\n"
    for what, tables in {"history": HISTORY, "editions": EDITIONS}.items()
    for table in tables
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_drafts_of_a_sitting"),
        ("tracker", "0003_moves"),
        ("findings", "0002_moves"),
        ("votes", "0016_agenda"),
    ]
    operations = [migrations.RunSQL(KEEP, FORGET)]
