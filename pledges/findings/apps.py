from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "pledges.findings"
    label = "findings"
    verbose_name = "What follows"
    default_auto_field = "django.db.models.BigAutoField"
