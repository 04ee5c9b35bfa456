from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "deputies.people"
    label = "people"
    verbose_name = "People and chambers"
    default_auto_field = "django.db.models.BigAutoField"
