"""The header of a roll call: what was voted on, when, and what the source announces."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from coalition.desk.record import RecordForm
from deputies.people.models import Chamber, VotingRule
from deputies.people.models.chambers import THRESHOLD_CHOICES
from deputies.sources.enums import Precision
from deputies.sources.models import Document, cite
from deputies.votes.models import RollCallVersion

_START_OF: dict[str, dict[str, Any]] = {
    Precision.DAY: {"hour": 0, "minute": 0, "second": 0},
    Precision.MONTH: {"day": 1, "hour": 0, "minute": 0, "second": 0},
    Precision.YEAR: {"month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0},
}
BY_RULE = "as the chamber’s rule of that day says"


class HeaderForm(RecordForm):
    """Bound inside the time of the chamber. An empty threshold is filled from the rule in force at that moment."""

    threshold = forms.ChoiceField(choices=[("", BY_RULE), *THRESHOLD_CHOICES.items()], required=False)
    source_url = forms.URLField(label="Source: address", required=False, max_length=1000, assume_scheme="https")
    source_title = forms.CharField(
        label="Source: title", required=False, max_length=500, help_text="For a source without an address."
    )

    class Meta:
        model = RollCallVersion
        fields = [
            "held_at", "held_precision", "question_number", "kind", "title_ru", "title_en", "question_ru",
            "question_en", "summary_ru", "summary_en", "threshold", "threshold_number", "threshold_stated", "result",
            "result_text", "total_for", "total_against", "total_abstain", "total_not_voting", "total_absent",
            "note_ru", "note_en",
        ]  # fmt: skip
        labels = {
            "held_at": "Held at",
            "held_precision": "Known",
            "total_for": "For",
            "total_against": "Against",
            "total_abstain": "Abstained",
            "total_not_voting": "Not voting",
            "total_absent": "Absent",
            "threshold_number": "Votes needed",
            "note_ru": "Note for readers, in Russian",
            "note_en": "Note for readers, in English",
            "title_ru": "Title in Russian",
            "title_en": "Title in English",
        }
        help_texts = {
            "threshold_number": "With “a fixed number of votes” only.",
            "note_en": "Such as why the totals in the source contradict the names.",
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
            raise forms.ValidationError("This moment lies in the future. Enter a vote after it was held.")
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
                self.add_error("threshold", "No voting rule of this chamber covers that day: choose a threshold.")
            else:
                cleaned["threshold"], cleaned["threshold_number"] = rule.threshold, rule.threshold_number
        return cleaned

    def source(self) -> Document | None:
        """The document that the form names, found or made; None if it names none."""
        url, title = self.cleaned_data["source_url"], self.cleaned_data["source_title"]
        stored: Document | None = self.instance.source
        if stored and not {"source_url", "source_title"} & set(self.changed_data):
            return stored
        return cite(url=url, title=title) if url or title else None


class NewHeaderForm(HeaderForm):
    """The header of a roll call that is not there yet."""

    chamber = forms.ModelChoiceField(Chamber.objects.order_by("slug"), label="Chamber")
    vote_id = forms.CharField(
        label="Id of the vote",
        required=False,
        max_length=200,
        help_text="The source’s own id. Empty: made from the day and the number.",
    )

    def house(self) -> Chamber | None:
        chosen: Chamber | None = self.cleaned_data.get("chamber")
        return chosen

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        chamber, vote_id = cleaned.get("chamber"), cleaned.get("vote_id")
        if chamber and vote_id and chamber.roll_calls.filter(vote_id=vote_id).exists():
            self.add_error("vote_id", "This chamber has a roll call with that id already: open that one instead.")
        return cleaned
