"""A promise that comes by a personal link may say by what and until when it can be measured."""

from django.db import migrations, models

MEASURED = models.Q(criterion="", due_on=None) | (
    models.Q(kind="promise", due_on__isnull=False) & ~models.Q(criterion="")
)


class Migration(migrations.Migration):
    dependencies = [("tracker", "0003_moves")]
    operations = [
        migrations.AddField("answer", "criterion", models.TextField(blank=True, max_length=1000)),
        migrations.AddField("answer", "due_on", models.DateField(blank=True, null=True)),
        migrations.AddConstraint(
            "answer", models.CheckConstraint(name="tracker_answer_promise_measured", condition=MEASURED)
        ),
    ]
