"""The coalition in its chamber: who belongs to it, what it can carry, and what if."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from coalition.pages.home import house_or_404
from coalition.pages.pictures import Stretch, shares
from coalition.pages.public import public
from coalition.pages.sheets import Sheet, coalition_sheet, said
from deputies.people.enums import Threshold
from deputies.people.models import Chamber
from deputies.people.models.chambers import THRESHOLD_CHOICES
from deputies.votes.reports.cohesion import splits_in
from deputies.votes.reports.eligibility import seated_at
from deputies.votes.reports.houses import House
from pledges.platform.enums import COUNTED, Chapter
from pledges.platform.models import Coalition, DemandText
from pledges.scorecards.reports.coalition import (
    Bench,
    Majority,
    Prospect,
    Sides,
    benches,
    close_votes,
    coalition_of,
    counted_versions,
    majorities,
    prospects,
    rule_at,
    sides_of,
    verdicts,
)
from pledges.scorecards.reports.evidence import links_of
from pledges.scorecards.reports.platform import PlatformInForce, platform_of
from pledges.scorecards.standing import CLOSE, Strength
from pledges.tracker.reports.words import signers_of

CLOSE_SHOWN = 10
SPLITS_SHOWN = 60  # votes, so that their columns fit beside each other
FIRST_YEAR, LAST_YEAR = 1900, 2100
OTHER_KINDS = (Threshold.MEMBERS, Threshold.TWO_THIRDS, Threshold.MANDATES, Threshold.PRESENT, Threshold.VOTING)


class DayForm(forms.Form):
    """The day that the page speaks of."""

    on = forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Day: write it as year-month-day, such as 2024-03-15.")},
    )

    def clean_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["on"]
        if day and not FIRST_YEAR <= day.year <= LAST_YEAR:
            told = {"first": FIRST_YEAR, "last": LAST_YEAR}
            raise forms.ValidationError(_("Day: write a year from %(first)s to %(last)s."), params=told)
        return day


class WhatIfForm(forms.Form):
    """Seats held, gained or lost and absent, within the chamber's, and the majority that is needed."""

    held = forms.IntegerField(label=_("Seats held"))
    gained = forms.IntegerField(label=_("By-elections (+/-)"))
    absent = forms.IntegerField(label=pgettext_lazy("deputies", "Absent"))
    need = forms.ChoiceField(label=_("Majority"))

    def __init__(self, given: Mapping[str, Any], chamber: Chamber, rule: Strength | None) -> None:
        super().__init__(given)
        self.seats, self.rule = chamber.seats, rule
        kinds = dict.fromkeys([*([rule.threshold] if rule else []), *OTHER_KINDS])
        choices = [(kind.value, THRESHOLD_CHOICES[kind.value]) for kind in kinds]
        self.fields["need"].choices = choices  # type: ignore[attr-defined]
        self.fields["need"].error_messages = dict.fromkeys(
            ("required", "invalid_choice"), _("Majority: choose one from the list.")
        )
        for name, least in (("held", 0), ("gained", -self.seats), ("absent", 0)):
            wrong = self._remedy(name, least, self.seats)
            self.fields[name].error_messages = {"required": wrong, "invalid": wrong}

    def _remedy(self, name: str, least: int, most: int) -> str:
        told = {"field": self.fields[name].label, "least": least, "most": most}
        return _("%(field)s: write a whole number from %(least)s to %(most)s.") % told

    def clean(self) -> dict[str, Any]:
        """Each number within what the ones before it leave."""
        given: dict[str, Any] = super().clean() or {}
        held = self._bounded(given, "held", 0, self.seats)
        gained = self._bounded(
            given, "gained", -self.seats if held is None else -held, self.seats if held is None else self.seats - held
        )
        self._bounded(given, "absent", 0, self.seats if held is None or gained is None else held + gained)
        return given

    def _bounded(self, given: Mapping[str, Any], name: str, least: int, most: int) -> int | None:
        """The number if it lies within; None otherwise, said beside the field."""
        value: int | None = given.get(name)
        if value is None or least <= value <= most:
            return value
        self.add_error(name, self._remedy(name, least, most))
        return None

    def strength(self, filled: int) -> Strength:
        """What the coalition would have."""
        given, kind = self.cleaned_data, Threshold(self.cleaned_data["need"])
        number = self.rule.number if self.rule and self.rule.threshold is kind else None
        votes = given["held"] + given["gained"] - given["absent"]
        return Strength(kind, votes, self.seats, filled, number, away=given["absent"])


def sheet_or_404(chamber: str, slug: str) -> Sheet:
    """What a coalition says of itself when its page is passed on."""
    house = house_or_404(chamber)
    in_force = platform_of(house)
    coalition = in_force.platform.coalition if in_force else coalition_of(house.chamber)
    if coalition is None:
        raise Http404("No such coalition.")
    return _sheet(coalition, _seats(house, sides_of(coalition, in_force), house.at))


def _sheet(coalition: Coalition, seats: dict[str, Any]) -> Sheet:
    return coalition_sheet(seats["house"], coalition, seats["main"], said("coalition/_sentence.html", **seats))


@require_safe
@public()
def coalition_page(request: HttpRequest, lang: str, chamber: str) -> HttpResponse:
    house = house_or_404(chamber)
    in_force = platform_of(house)
    coalition = in_force.platform.coalition if in_force else coalition_of(house.chamber)
    context: dict[str, object] = {"house": house, "in_force": in_force, "coalition": coalition}
    if coalition is not None:
        context |= _page(request, house, coalition, in_force)
    return render(request, "coalition/page.html", context)


def _page(
    request: HttpRequest, house: House, coalition: Coalition, in_force: PlatformInForce | None
) -> dict[str, object]:
    form = DayForm(request.GET)
    chosen = form.cleaned_data["on"] if form.is_valid() else None
    moment = dt.datetime.combine(chosen, dt.time.max, house.chamber.zone) if chosen else house.at
    sides = sides_of(coalition, in_force)
    seats = _seats(house, sides, moment)
    members, holding, rows = sides.members_at(moment), seats["holding"], seats["majorities"]
    return seats | {
        "day_form": form,
        "elsewhere": [person for pk, person in members.items() if pk not in holding],
        "signers": signers_of(sides.signatures),
        "sheet": None if request.GET else _sheet(coalition, seats),
        **_what_if(request, house.chamber, rows, seats["votes"], seats["filled"]),
        **(_judged(in_force, sides, seats["day"], members, holding, rows[0]) if in_force else {}),
    }


def _seats(house: House, sides: Sides, moment: dt.datetime) -> dict[str, Any]:
    """What the coalition holds and needs at a moment; two queries."""
    seated = seated_at(house.chamber, moment)
    factions = benches(seated, sides.members_at(moment))
    votes = sum(len(bench.members) for bench in factions)
    rows = majorities(house.chamber, rule_at(house.chamber, moment), votes=votes, filled=len(seated))
    return {
        "house": house,
        "day": moment.astimezone(house.chamber.zone).date(),
        "factions": factions,
        "benches": [bench for bench in factions if bench.members],
        "seats": bench_shares(factions, house.chamber.seats),
        "others": len(seated) - votes,
        "holding": {one.mandate.person_id for one in seated},
        "votes": votes,
        "filled": len(seated),
        "majorities": rows,
        "main": rows[0].strength,
    }


def bench_shares(factions: list[Bench], seats: int) -> list[Stretch]:
    """The coalition's seats faction by faction, then everyone else's, then those without a known holder."""
    ours = [("ours", len(bench.members)) for bench in factions]
    others = [("others", len(bench.others)) for bench in factions]
    held = sum(count for _, count in ours + others)
    return shares([*ours, *others, ("unknown", max(0, seats - held))])


def _what_if(
    request: HttpRequest, chamber: Chamber, rows: list[Majority], votes: int, filled: int
) -> dict[str, object]:
    """The form with what was asked, and its answer where the numbers are good."""
    rule = rows[0].strength if rows[0].is_rule else None
    start = {"held": votes, "gained": 0, "absent": 0, "need": rows[0].strength.threshold.value}
    form = WhatIfForm(start | request.GET.dict(), chamber, rule)
    is_asked = not start.keys().isdisjoint(request.GET)
    return {"form": form, "is_asked": is_asked, "answer": form.strength(filled) if form.is_valid() else None}


def _judged(
    in_force: PlatformInForce,
    sides: Sides,
    day: dt.date,
    members: Mapping[int, object],
    holding: set[int],
    otherwise: Majority,
) -> dict[str, object]:
    links = links_of(in_force)
    close, more = close_votes(links, sides, most=CLOSE_SHOWN)
    able = prospects(
        in_force, links, sides, members=members.keys(), seated=holding, day=day, otherwise=otherwise.strength
    )
    return {
        "prospects": [(chapter, _alike(able, chapter)) for chapter in COUNTED],
        "verdicts": [(chapter, verdicts(links, chapter)) for chapter in COUNTED],
        "all_verdicts": verdicts(links),
        "close": close,
        "more_close": more,
        "close_limit": CLOSE,
        "splits": splits_in(counted_versions(links)[:SPLITS_SHOWN]),
    }


def _alike(able: list[Prospect], chapter: Chapter) -> list[tuple[Prospect, list[DemandText]]]:
    """The demands of a chapter, those with the same numbers together."""
    found: dict[tuple[Strength, int], tuple[Prospect, list[DemandText]]] = {}
    for one in able:
        if one.text.demand.chapter == chapter:
            found.setdefault((one.strength, one.signed), (one, []))[1].append(one.text)
    return list(found.values())
