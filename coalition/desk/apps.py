from importlib import import_module

from django.apps import AppConfig

PAGES = (
    "chambers", "people", "documents", "platforms", "signatures", "pledges", "links", "considered", "judgements",
    "rollcalls", "sittings", "agenda", "words", "freezes", "disputes", "invitations", "answers", "contradictions",
    "history", "organisers",
)  # fmt: skip


class DeskConfig(AppConfig):
    name = "coalition.desk"
    label = "desk"
    verbose_name = "Desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("coalition.desk.vocabulary").translate_names()  # before forms are made of the columns
        for page in PAGES:  # each registers its models with the desk
            import_module(f"coalition.desk.{page}")
