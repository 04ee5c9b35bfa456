"""Provisional: the model's own branch adds this permission."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("scorecards", "0010_who_publishes")]
    operations = [
        migrations.AlterModelOptions(name="link", options={"permissions": [("approve_link", "Can approve links")]})
    ]
