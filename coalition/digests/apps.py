from django.apps import AppConfig


class DigestsConfig(AppConfig):
    name = "coalition.digests"
    label = "digests"
    verbose_name = "Letters"
    default_auto_field = "django.db.models.BigAutoField"
