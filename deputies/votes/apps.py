from django.apps import AppConfig


class VotesConfig(AppConfig):
    name = "deputies.votes"
    label = "votes"
    verbose_name = "Roll calls"
    default_auto_field = "django.db.models.BigAutoField"
