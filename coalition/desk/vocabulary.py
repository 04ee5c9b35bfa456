"""What Django calls rooms, tables and columns after the code, in both languages."""

from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from coalition.desk.changes import kept_models
from deputies.journal.models import Event, History
from pledges.scorecards.models import ScoreChange


def shown_models() -> set[type[models.Model]]:
    """Those whose changes the desk tells, and those that have a page and no such history."""
    return {*kept_models().values(), Event, History, ScoreChange}


def translate_names() -> None:
    """Let every name that the desk shows go through the catalogue; migrations keep the names as they are written."""
    for room in apps.get_app_configs():
        room.verbose_name = _worded(room.verbose_name)
    for model in shown_models():
        meta = model._meta
        with override(None):  # Django makes the plural of the singular, also where that is translated
            plural = str(meta.verbose_name_plural)
        meta.verbose_name, meta.verbose_name_plural = _worded(meta.verbose_name), gettext_lazy(plural)
        for field in (*meta.local_fields, *meta.local_many_to_many):
            field.verbose_name = _worded(field.verbose_name)
            field.help_text = field.help_text and _worded(field.help_text)


def _worded(words: Any) -> Any:  # noqa: ANN401 - text, or lazy text
    return words if isinstance(words, Promise) else gettext_lazy(words)
