"""The page "Add deputies": one per line, checked and shown before anything is written."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from coalition.desk.refusals import explain_refusal
from coalition.desk.site import desk
from deputies.people.actions import Newcomer, add_deputies
from deputies.people.models import Chamber, District, Faction, Mandate, Term
from deputies.sources.models import Document, cite

RIGHTS = ("people.add_person", "people.add_mandate", "people.add_factionmembership")
MOST = 1000


@dataclass(frozen=True, slots=True)
class House:
    """What a line is read against."""

    districts: dict[str, District]
    factions: dict[str, Faction]
    namesakes: set[str]  # names of those who already sit in the chosen term


class NewcomersForm(forms.Form):
    """`cleaned_data["lines"]` holds Newcomers; every bad line is named with its number."""

    term = forms.ModelChoiceField(
        Term.objects.none(), label=_("Term"), help_text=_("The mandates last as long as this term.")
    )
    source_url = forms.URLField(
        label=_("Source"),
        required=False,
        max_length=1000,
        assume_scheme="https",
        help_text=_("Where the list can be read."),
    )
    lines = forms.CharField(
        label=_("Deputies"),
        widget=forms.Textarea({"rows": 20, "spellcheck": "false"}),
        help_text=_(
            "One per line: district; name in Russian; name in English; faction. Only one of the names is needed;"
            " district and faction may be empty. Example: 16; Иванова Анна; Anna Ivanova; labour"
        ),
    )

    def __init__(self, chamber: Chamber, *given: Any) -> None:  # noqa: ANN401
        super().__init__(*given)
        self.chamber = chamber
        field: Any = self.fields["term"]
        field.queryset = chamber.terms.order_by("-number")
        field.initial = field.queryset.first()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "lines" not in cleaned or "term" not in cleaned:
            return cleaned
        house = _house(self.chamber, cleaned["term"])
        newcomers, names, seats = [], set(house.namesakes), set[int]()
        numbered = [(n, line) for n, line in enumerate(cleaned["lines"].splitlines(), 1) if line.strip()]
        for number, line in numbered[:MOST]:
            try:
                newcomer = _read(line, house)
                _check_once(newcomer, names, seats)
                newcomers.append(newcomer)
            except ValueError as problem:
                said = gettext("Line %(number)s: %(problem)s")
                self.add_error("lines", said % {"number": number, "problem": problem})
        if len(numbered) > MOST:
            said = gettext("At most %(most)s lines at a time; add the rest afterwards.")
            self.add_error("lines", said % {"most": MOST})
        cleaned["newcomers"] = newcomers
        return cleaned


def _house(chamber: Chamber, term: Term) -> House:
    factions: dict[str, Faction] = {}
    for faction in chamber.factions.all():
        factions |= {word.casefold(): faction for word in (faction.slug, faction.name_ru, faction.name_en) if word}
    sitting = Mandate.objects.filter(term=term).values_list("person__name_ru", "person__name_en")
    return House(
        districts={str(district.number): district for district in chamber.districts.select_related("chamber")},
        factions=factions,
        namesakes={name.casefold() for names in sitting for name in names if name},
    )


def _read(line: str, house: House) -> Newcomer:
    """Raises ValueError with what is wrong and what to do."""
    cells = [cell.strip() for cell in line.split(";")]
    if len(cells) > 4 or len(cells) < 2:
        said = gettext(
            "two to four parts are needed, not %(parts)s: district; name in Russian; name in English; faction."
        )
        raise ValueError(said % {"parts": len(cells)})
    number, name_ru, name_en, group = cells + [""] * (4 - len(cells))
    if not name_ru and not name_en:
        raise ValueError(gettext("no name. Write it in Russian or in English."))
    if max(len(name_ru), len(name_en)) > 200:
        raise ValueError(gettext("the name is longer than 200 characters. Shorten it."))
    if number and number not in house.districts:
        said = gettext("no district “%(number)s” in this chamber. Add it to the chamber, or leave it empty.")
        raise ValueError(said % {"number": number})
    if group and group.casefold() not in house.factions:
        known = ", ".join(sorted({faction.slug for faction in house.factions.values()})) or gettext("none yet")
        said = gettext("no faction “%(faction)s” in this chamber (%(known)s). Add it first, or leave it empty.")
        raise ValueError(said % {"faction": group, "known": known})
    return Newcomer(house.districts.get(number), name_ru, name_en, house.factions.get(group.casefold()))


def _check_once(newcomer: Newcomer, names: set[str], seats: set[int]) -> None:
    """Raises ValueError where a person or a seat would be there twice."""
    own = {name.casefold() for name in (newcomer.name_ru, newcomer.name_en) if name}
    if own & names:
        said = gettext("%(name)s is in this term already. Remove the line; add a true namesake on the page “Mandates”.")
        raise ValueError(said % {"name": newcomer.name_ru or newcomer.name_en})
    if newcomer.district and newcomer.district.pk in seats:
        said = gettext("district %(number)s twice. Add the holder of its second seat on the page “Mandates”.")
        raise ValueError(said % {"number": newcomer.district.number})
    names |= own
    if newcomer.district:
        seats.add(newcomer.district.pk)


def newcomers_page(request: HttpRequest, chamber_id: int) -> HttpResponse:
    """Read the lines, show what they mean, and add everybody or nobody."""
    if not request.user.has_perms(RIGHTS):
        raise PermissionDenied
    chamber = get_object_or_404(Chamber, pk=chamber_id)
    with timezone.override(chamber.zone):
        form = NewcomersForm(chamber, *([request.POST] if request.method == "POST" else []))
        is_read = form.is_bound and form.is_valid()
        if is_read and "add" in request.POST and (added := _add(request, form)) is not None:
            said = ngettext("%(count)s deputy was added.", "%(count)s deputies were added.", len(added))
            messages.success(request, said % {"count": len(added)})
            return redirect(f"{reverse('admin:people_mandate_changelist')}?chamber__id__exact={chamber.pk}")
        context = {
            **desk.each_context(request),
            "title": gettext("Add deputies"),
            "chamber": chamber,
            "form": form,
            "newcomers": form.cleaned_data["newcomers"] if is_read else [],
        }
        return TemplateResponse(request, "admin/people/newcomers.html", context).render()


def _add(request: HttpRequest, form: NewcomersForm) -> list[Mandate] | None:
    url = form.cleaned_data["source_url"]
    source: Document | None = cite(url=url) if url else None
    try:
        return add_deputies(
            term=form.cleaned_data["term"], newcomers=form.cleaned_data["newcomers"], source=source, at=timezone.now()
        )
    except IntegrityError as refusal:
        form.add_error("lines", explain_refusal(refusal))
        return None
