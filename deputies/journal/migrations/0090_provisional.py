"""Provisional: the model's own branch adds this permission."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("journal", "0006_freeze")]
    operations = [
        migrations.AlterModelOptions(name="event", options={"permissions": [("answer_dispute", "Can answer disputes")]})
    ]
