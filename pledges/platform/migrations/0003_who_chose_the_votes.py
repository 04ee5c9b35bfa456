from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("platform", "0002_published_is_immutable"),
    ]

    operations = [
        migrations.AddField(
            model_name="platform",
            name="chosen_by_en",
            field=models.CharField(blank=True, max_length=200, verbose_name="who chose the votes, in English"),
        ),
        migrations.AddField(
            model_name="platform",
            name="chosen_by_ru",
            field=models.CharField(
                blank=True,
                help_text="If not the coalition itself.",
                max_length=200,
                verbose_name="who chose the votes, in Russian",
            ),
        ),
    ]
