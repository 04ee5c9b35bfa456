from django.apps import AppConfig


class TrackerConfig(AppConfig):
    name = "pledges.tracker"
    label = "tracker"
    verbose_name = "Signatures"
    default_auto_field = "django.db.models.BigAutoField"
