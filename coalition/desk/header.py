"""The header of a roll call: what was voted on, when, and what the source announces."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coalition.desk.documents import small_enough
from coalition.desk.record import RecordForm
from deputies.people.models import Chamber, VotingRule
from deputies.people.models.chambers import THRESHOLD_CHOICES
from deputies.sources.enums import Precision
from deputies.sources.models import Document, cite, keep_copy
from deputies.votes.models import RollCallVersion

_START_OF: dict[str, dict[str, Any]] = {
    Precision.DAY: {"hour": 0, "minute": 0, "second": 0},
    Precision.MONTH: {"day": 1, "hour": 0, "minute": 0, "second": 0},
    Precision.YEAR: {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0},
}
BY_RULE = gettext_lazy("as the chamber’s rule of that day says")


class SourceFields(forms.Form):
    """Where something was read: an address, a title, or both, with a copy that is kept by its SHA-256."""

    source_url = forms.URLField(
        label=gettext_lazy("Source: address"), required=False, max_length=1000, assume_scheme="https"
    )
    source_title = forms.CharField(
        label=gettext_lazy("Source: title"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("For a source without an address."),
    )
    source_file = forms.FileField(
        label=gettext_lazy("Source: a copy to keep"),
        required=False,
        help_text=gettext_lazy("At most 20 MB. The reviewer sees it beside the names."),
    )

    def clean_source_file(self) -> Any:  # noqa: ANN401
        return small_enough(self.cleaned_data["source_file"])

    def source(self) -> Document | None:
        """The document that the form names, found or made; None if it names none."""
        url, title, copy = (self.cleaned_data.get(f"source_{name}") for name in ("url", "title", "file"))
        if copy:
            words, kind = title or copy.name[:500], (copy.content_type or "")[:100]
            return keep_copy(content=copy.read(), title=words, url=url or "", media_type=kind)
        return cite(url=url or "", title=title or "") if url or title else None


class HeaderForm(SourceFields, RecordForm):
    """Bound inside the time of the chamber. An empty threshold is filled from the rule in force at that moment."""

    threshold = forms.ChoiceField(
        label=gettext_lazy("Threshold"), choices=[("", BY_RULE), *THRESHOLD_CHOICES.items()], required=False
    )

    class Meta:
        model = RollCallVersion
        fields = [
            "held_at", "held_precision", "question_number", "kind", "is_key", "title_ru", "title_en", "question_ru",
            "question_en", "summary_ru", "summary_en", "threshold", "threshold_number", "threshold_stated", "result",
            "result_text", "total_for", "total_against", "total_abstain", "total_not_voting", "total_absent",
            "note_ru", "note_en",
        ]  # fmt: skip
        labels = {
            "held_at": gettext_lazy("Held at"),
            "held_precision": gettext_lazy("Known"),
            "total_for": gettext_lazy("For"),
            "total_against": gettext_lazy("Against"),
            "total_abstain": gettext_lazy("Abstained"),
            "total_not_voting": gettext_lazy("Not voting"),
            "total_absent": gettext_lazy("Absent"),
            "threshold_number": gettext_lazy("Votes needed"),
            "note_ru": gettext_lazy("Note for readers, in Russian"),
            "note_en": gettext_lazy("Note for readers, in English"),
            "title_ru": gettext_lazy("Title in Russian"),
            "title_en": gettext_lazy("Title in English"),
        }
        help_texts = {
            "threshold_number": gettext_lazy("With “a fixed number of votes” only."),
            "note_en": gettext_lazy("Such as why the totals in the source contradict the names."),
        }
        widgets = {
            "held_at": forms.DateTimeInput({"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
            **{
                f"{name}_{language}": forms.Textarea({"rows": 2, "lang": language})
                for name in ("title", "question", "summary", "note")
                for language in ("ru", "en")
            },
        }

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **named)
        source = self.instance.source
        if source is not None:
            self.initial.update(source_url=source.url, source_title=source.title)

    def house(self) -> Chamber | None:
        chamber: Chamber = self.instance.roll_call.chamber
        return chamber

    def clean_held_at(self) -> dt.datetime | None:
        held_at: dt.datetime | None = self.cleaned_data["held_at"]
        if held_at and held_at > timezone.now():
            raise forms.ValidationError(_("This moment lies in the future. Enter a vote after it was held."))
        return held_at

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        held_at, precision = cleaned.get("held_at"), cleaned.get("held_precision")
        if held_at and precision in _START_OF:
            # shown only as exactly as it is known, and stored as the earliest moment it can have been
            held_at = cleaned["held_at"] = timezone.localtime(held_at).replace(**_START_OF[precision])
        chamber = self.house()
        if not cleaned.get("threshold") and chamber is not None and "held_at" in cleaned:
            rule = VotingRule.objects.filter(chamber=chamber).at(held_at).first() if held_at else None
            if rule is None:
                self.add_error("threshold", _("No voting rule of this chamber covers that day: choose a threshold."))
            else:
                cleaned["threshold"], cleaned["threshold_number"] = rule.threshold, rule.threshold_number
        return cleaned

    def source(self) -> Document | None:
        """As stored, if nothing of it was changed."""
        stored: Document | None = self.instance.source
        if stored and not {"source_url", "source_title", "source_file"} & set(self.changed_data):
            return stored
        return super().source()


class NewHeaderForm(HeaderForm):
    """The header of a roll call that is not there yet."""

    chamber = forms.ModelChoiceField(Chamber.objects.order_by("slug"), label=gettext_lazy("Chamber"))
    vote_id = forms.CharField(
        label=gettext_lazy("Id of the vote"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("The source’s own id. Empty: made from the day and the number."),
    )

    def house(self) -> Chamber | None:
        chosen: Chamber | None = self.cleaned_data.get("chamber")
        return chosen

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        chamber, vote_id = cleaned.get("chamber"), cleaned.get("vote_id")
        if chamber and vote_id and chamber.roll_calls.filter(vote_id=vote_id).exists():
            self.add_error("vote_id", _("This chamber has a roll call with that id already: open that one instead."))
        return cleaned
