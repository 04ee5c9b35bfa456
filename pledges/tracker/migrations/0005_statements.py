"""What groups stated together, where no source names their members."""

import django.db.models.deletion
from django.db import migrations, models

BASIS = [
    ("official", "Official record"),
    ("named", "Named in a source"),
    ("inferred", "Worked out"),
    ("disputed", "Sources disagree"),
]
PRECISION = [
    ("minute", "to the minute"),
    ("day", "to the day"),
    ("month", "to the month"),
    ("year", "to the year"),
    ("unknown", "not known"),
]


def one_of(*names: str) -> models.Q:
    return ~models.Q(**{names[0]: ""}) | ~models.Q(**{names[1]: ""})


def to(model: str, name: str, *, null: bool = False) -> "models.ForeignKey[models.Model, models.Model]":
    on_delete = django.db.models.deletion.PROTECT
    return models.ForeignKey(on_delete=on_delete, related_name=name, to=model, blank=null, null=null)


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0004_measured_by_link"),
        ("platform", "0009_what_would_count_as_done"),
        ("sources", "0001_initial"),
    ]
    operations = [
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_by_ru", models.CharField(blank=True, max_length=300)),
                ("made_by_en", models.CharField(blank=True, max_length=300)),
                ("text_ru", models.TextField(blank=True)),
                ("text_en", models.TextField(blank=True)),
                ("note_ru", models.TextField(blank=True)),
                ("note_en", models.TextField(blank=True)),
                ("said_on", models.DateField()),
                ("said_precision", models.CharField(choices=PRECISION, default="day", max_length=10)),
                ("basis", models.CharField(choices=BASIS, default="named", max_length=10)),
                ("demand", to("platform.demand", "statements", null=True)),
                ("platform", to("platform.platform", "statements")),
                ("source", to("sources.document", "+")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=one_of("made_by_ru", "made_by_en"), name="tracker_statement_says_who"
                    ),
                    models.CheckConstraint(condition=one_of("text_ru", "text_en"), name="tracker_statement_says_what"),
                ],
            },
        ),
    ]
