from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "pledges.tracker"
    label = "tracker"
    verbose_name = "The word given"
    default_auto_field = "django.db.models.BigAutoField"
