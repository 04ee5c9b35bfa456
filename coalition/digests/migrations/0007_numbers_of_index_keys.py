"""The number of the index key in the index itself, as the number of the sealing key is in the seal.

Going back keeps the indexes as they are: `manage.py sealing rotate --index` makes them anew.
"""

from django.db import migrations

NUMBERED = """
UPDATE digests_address SET blind_index = lpad(to_hex(index_key::int), 2, '0') || left(blind_index, 62);
UPDATE digests_suppression SET mark = '01' || left(mark, 62);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0004_addresses_go_with_subscribers"),
    ]

    operations = [
        migrations.RunSQL(NUMBERED, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="address", name="index_key"),
    ]
