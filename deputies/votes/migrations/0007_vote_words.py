from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

WORDS = {
    "for": "за|да|+|yes|yea|aye|ayes|for",
    "against": "против|нет|-|no|nay|noes|against",
    "abstain": "возд|воздерж|воздержался|воздержалась|воздержались|воздержавшиеся|воздержание|воздержался(ась)"
    "|abstain|abstained|abstention|abstentions",
    "present-not-voting": "не гол|не голос|не голосовал|не голосовала|не голосовали|не голосовал(а)|не голосовавшие|н/г"
    "|присутствовал|присутствовала|present|not voting|did not vote|present without voting",
    "absent": "отс|отсут|отсутств|отсутствовал|отсутствовала|отсутствовали|отсутствовал(а)|отсутствует|отсутствие"
    "|absent",
    "excused": "уваж|уважительная причина|по уважительной причине|excused",
    "no-mark": "нет отметки|без отметки|no mark",
}


def seed(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    VoteWord = apps.get_model("votes", "VoteWord")
    VoteWord.objects.bulk_create(
        VoteWord(word=word, position=position) for position, words in WORDS.items() for word in words.split("|")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("votes", "0006_states"),
    ]

    operations = [
        migrations.CreateModel(
            name="VoteWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=100, unique=True, verbose_name="word")),
                (
                    "position",
                    models.CharField(
                        choices=[
                            ("for", "For"),
                            ("against", "Against"),
                            ("abstain", "Abstained"),
                            ("present-not-voting", "Present without voting"),
                            ("not-for", "Neither for nor against"),
                            ("absent", "Absent"),
                            ("no-mark", "No mark in the record"),
                            ("excused", "Excused"),
                            ("paired-for", "Paired, for"),
                            ("paired-against", "Paired, against"),
                            ("proxy-for", "For, by proxy"),
                            ("proxy-against", "Against, by proxy"),
                            ("proxy-abstain", "Abstained, by proxy"),
                            ("presiding", "Presiding"),
                            ("casting-for", "For, casting vote"),
                            ("casting-against", "Against, casting vote"),
                            ("recused", "Recused"),
                            ("suspended", "Suspended"),
                            ("secret", "Secret ballot"),
                            ("data-missing", "Our gap: not found"),
                        ],
                        max_length=20,
                        verbose_name="what it means",
                    ),
                ),
            ],
            options={
                "verbose_name": "vote word",
                "verbose_name_plural": "vote words",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("word", ""), _negated=True), name="votes_voteword_has_word"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "position__in",
                                [
                                    "for",
                                    "against",
                                    "abstain",
                                    "present-not-voting",
                                    "not-for",
                                    "absent",
                                    "no-mark",
                                    "excused",
                                    "paired-for",
                                    "paired-against",
                                    "proxy-for",
                                    "proxy-against",
                                    "proxy-abstain",
                                    "presiding",
                                    "casting-for",
                                    "casting-against",
                                    "recused",
                                    "suspended",
                                    "secret",
                                    "data-missing",
                                ],
                            )
                        ),
                        name="votes_voteword_known_position",
                    ),
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
