"""The address in a table that the web process cannot read, sealed with the token of its owner's links.

Who subscribed before cannot be carried over: their links were made from a key and not from the seal. There was no
release before this one.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0002_view_counts"),
        ("people", "0003_places"),
        ("platform", "0009_what_would_count_as_done"),
    ]

    operations = [
        migrations.RunSQL(
            "DELETE FROM digests_delivery; DELETE FROM digests_confirmation; DELETE FROM digests_subscription;"
            " DELETE FROM digests_subscriber; DELETE FROM digests_signup; SET CONSTRAINTS ALL IMMEDIATE;",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                (
                    "subscriber",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="address",
                        serialize=False,
                        to="digests.subscriber",
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("blind_index", models.CharField(max_length=64, unique=True)),
            ],
            options={
                "verbose_name_plural": "addresses",
            },
        ),
        migrations.CreateModel(
            name="Bounce",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bounce_hash", models.CharField(max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[("hard", "hard"), ("soft", "soft"), ("complaint", "complaint")], max_length=10
                    ),
                ),
                ("at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="MailRoom",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stopped_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("minute", models.DateTimeField(null=True)),
                ("taken", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mark", models.CharField(max_length=64, unique=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[("hard", "hard"), ("soft", "soft"), ("complaint", "complaint")], max_length=10
                    ),
                ),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="subscriber",
            name="digests_subscriber_confirmed_has_date",
        ),
        migrations.RemoveConstraint(
            model_name="subscription",
            name="digests_subscription_once",
        ),
        migrations.RemoveField(
            model_name="signup",
            name="chamber",
        ),
        migrations.RemoveField(
            model_name="signup",
            name="person",
        ),
        migrations.RemoveField(
            model_name="signup",
            name="sealed_address",
        ),
        migrations.RemoveField(
            model_name="subscriber",
            name="blind_index",
        ),
        migrations.RemoveField(
            model_name="subscriber",
            name="sealed_address",
        ),
        migrations.RemoveField(
            model_name="subscriber",
            name="token_salt",
        ),
        migrations.AddField(
            model_name="delivery",
            name="kind",
            field=models.CharField(
                choices=[("digest", "digest"), ("at-once", "at-once"), ("keep", "keep")],
                default="digest",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="told",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                default=list,
                help_text="Events that a letter sent at once told.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="signup",
            name="sealed",
            field=models.BinaryField(default=b""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="signup",
            name="targets",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60),
                default=list,
                help_text="Keys, such as person:3:12.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="at_once",
            field=models.BooleanField(default=True, help_text="What cannot wait for a digest is told at once."),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="bounce_hash",
            field=models.CharField(default="", max_length=64, unique=True),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="subscriber",
            name="kept_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="paused_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="plain_subject",
            field=models.BooleanField(default=True, help_text="The subject says nothing of the content."),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="rhythm",
            field=models.CharField(
                choices=[
                    ("weekly", "weekly"),
                    ("daily", "daily"),
                    ("sitting", "sitting"),
                    ("monthly", "monthly"),
                    ("urgent", "urgent"),
                ],
                default="weekly",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="sign_of_life",
            field=models.BooleanField(default=False, help_text="A letter a month even if there is nothing to say."),
        ),
        migrations.AddField(
            model_name="subscriber",
            name="timezone",
            field=models.CharField(
                default="UTC", help_text="Of the chamber followed first, unless chosen.", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="demand",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="platform.demand"
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="district",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.district"
            ),
        ),
        migrations.AddField(
            model_name="subscription",
            name="ends_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="subscription",
            name="what",
            field=models.CharField(
                choices=[
                    ("chamber", "chamber"),
                    ("person", "person"),
                    ("district", "district"),
                    ("demand", "demand"),
                    ("democratic", "democratic"),
                    ("social", "social"),
                    ("upcoming", "upcoming"),
                ],
                default="chamber",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="period",
            field=models.CharField(help_text="Such as 2026-W47, 2026-11-24, 2026-11, 2026-11-24-now.", max_length=20),
        ),
        migrations.AlterField(
            model_name="subscriber",
            name="next_digest_at",
            field=models.DateTimeField(help_text="None also for those who want no digest.", null=True),
        ),
        migrations.AddIndex(
            model_name="subscriber",
            index=models.Index(fields=["kept_at"], name="digests_subscriber_kept"),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["chamber", "what"], name="digests_subscription_of_what"),
        ),
        migrations.AddConstraint(
            model_name="subscriber",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("confirmed_at", None),
                        ("kept_at", None),
                        ("next_digest_at", None),
                        ("paused_until", None),
                        ("stage", "unconfirmed"),
                    ),
                    models.Q(("confirmed_at__isnull", False), ("kept_at__isnull", False), ("stage", "confirmed")),
                    _connector="OR",
                ),
                name="digests_subscriber_confirmed_has_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscriber",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stage", "confirmed"), _negated=True),
                    models.Q(("next_digest_at", None), ("rhythm", "urgent")),
                    models.Q(models.Q(("rhythm", "urgent"), _negated=True), ("next_digest_at__isnull", False)),
                    _connector="OR",
                ),
                name="digests_subscriber_digest_is_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                fields=("subscriber", "what", "chamber", "person", "district", "demand"),
                name="digests_subscription_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("demand__isnull", True),
                        ("district__isnull", True),
                        ("person__isnull", True),
                        ("what", "chamber"),
                    ),
                    models.Q(
                        ("demand__isnull", True),
                        ("district__isnull", True),
                        ("person__isnull", False),
                        ("what", "person"),
                    ),
                    models.Q(
                        ("demand__isnull", True),
                        ("district__isnull", False),
                        ("person__isnull", True),
                        ("what", "district"),
                    ),
                    models.Q(
                        ("demand__isnull", False),
                        ("district__isnull", True),
                        ("person__isnull", True),
                        ("what", "demand"),
                    ),
                    models.Q(
                        ("demand__isnull", True),
                        ("district__isnull", True),
                        ("person__isnull", True),
                        ("what", "democratic"),
                    ),
                    models.Q(
                        ("demand__isnull", True),
                        ("district__isnull", True),
                        ("person__isnull", True),
                        ("what", "social"),
                    ),
                    models.Q(
                        ("demand__isnull", True),
                        ("district__isnull", True),
                        ("person__isnull", True),
                        ("what", "upcoming"),
                    ),
                    _connector="OR",
                ),
                name="digests_subscription_names_its_row",
            ),
        ),
        migrations.AddIndex(
            model_name="bounce",
            index=models.Index(fields=["bounce_hash"], name="digests_bounce_of"),
        ),
        migrations.AddConstraint(
            model_name="mailroom",
            constraint=models.CheckConstraint(condition=models.Q(("pk", 1)), name="digests_mailroom_is_one"),
        ),
    ]
