"""An expected position names the linked demand on which it rests; links of coming votes have a right of their own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("findings", "0003_a_term_is_a_date"), ("platform", "0009_what_would_count_as_done")]
    operations = [
        migrations.AlterModelOptions(
            name="agendalink",
            options={
                "permissions": [("publish_agendalink", "Can publish which demand a coming vote is about")],
                "verbose_name": "demand of a coming vote",
                "verbose_name_plural": "demands of coming votes",
            },
        ),
        migrations.AddField(
            model_name="expectation",
            name="demand",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="platform.demand",
            ),
        ),
        migrations.AddConstraint(
            model_name="expectation",
            constraint=models.CheckConstraint(
                name="findings_expectation_names_demand",
                condition=models.Q(("demand", None), ("rung", "unknown"))
                | (~models.Q(("rung", "unknown")) & models.Q(("demand__isnull", False))),
            ),
        ),
    ]
