"""The likeness of two addresses, for what was mistyped."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("votes", "0016_withdrawn")]
    operations = [TrigramExtension()]
