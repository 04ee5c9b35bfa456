"""What two persons published before approvals were bound to a hash: the second one approved what was published."""

from django.db import migrations

FILL = """
ALTER TABLE votes_rollcallversion DISABLE TRIGGER votes_rollcallversion_immutable;
UPDATE votes_rollcallversion SET
    reviewed_hash = CASE WHEN vouched OR reviewed_by_id IS NULL THEN '' ELSE content_hash END,
    reviewed_at = CASE WHEN vouched OR reviewed_by_id IS NULL THEN NULL ELSE published_at END,
    published_by_id = reviewed_by_id,
    evidence_id = CASE WHEN number > 1 THEN source_id END
WHERE state IN ('published', 'corrected');
UPDATE votes_rollcallversion SET state = 'draft' WHERE state = 'submitted';
ALTER TABLE votes_rollcallversion ENABLE TRIGGER votes_rollcallversion_immutable;
"""


class Migration(migrations.Migration):
    dependencies = [("votes", "0004_entry")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
