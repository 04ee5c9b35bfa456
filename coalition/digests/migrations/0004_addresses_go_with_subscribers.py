"""The database erases an address with its subscriber: whoever erases one may not read the other."""

from django.db import migrations

ERASED_BY_THE_DATABASE = """
DO $$
DECLARE name text;
BEGIN
    SELECT conname INTO STRICT name FROM pg_constraint
    WHERE conrelid = 'digests_address'::regclass AND contype = 'f';
    EXECUTE format('ALTER TABLE digests_address DROP CONSTRAINT %I', name);
END $$;
ALTER TABLE digests_address ADD CONSTRAINT digests_address_goes_with_its_subscriber
    FOREIGN KEY (subscriber_id) REFERENCES digests_subscriber (id) ON DELETE CASCADE;
"""
BY_NOBODY = """
ALTER TABLE digests_address DROP CONSTRAINT digests_address_goes_with_its_subscriber;
ALTER TABLE digests_address ADD CONSTRAINT digests_address_subscriber_id_fk
    FOREIGN KEY (subscriber_id) REFERENCES digests_subscriber (id) DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0003_private_by_construction"),
    ]

    operations = [migrations.RunSQL(ERASED_BY_THE_DATABASE, BY_NOBODY)]
