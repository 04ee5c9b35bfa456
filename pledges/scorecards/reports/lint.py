"""What makes organisers look at a platform again: demands without votes, directions that may be the wrong way round."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, Min, OuterRef, Q

from deputies.votes.models import Ballot, RollCallVersion
from pledges.platform.enums import COUNTED
from pledges.platform.models import CoalitionMembership, DemandText, Platform, PlatformVersion
from pledges.scorecards.enums import LinkState, LintRule, PositionClass, Wants
from pledges.scorecards.method import CLASSES
from pledges.scorecards.models import Link
from pledges.scorecards.profiles import profile_of
from pledges.scorecards.reports.evidence import Line, line_of, links_of
from pledges.scorecards.reports.links import Preview
from pledges.scorecards.reports.platform import PlatformInForce, rulings_of

FEWEST_COUNTED = 3
FEWEST_ONE_SIDED = 5
_STATES = (LinkState.PUBLISHED.value, LinkState.PROPOSED.value, LinkState.DRAFT.value)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing to look at again; `links` are those it is about, `n` and `of` the numbers in its sentence."""

    rule: LintRule
    text: DemandText
    links: tuple[Link, ...] = ()
    n: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """A link as it would be read, with those of the coalition's own whom it would be read for."""

    line: Line
    preview: Preview
    is_divided: bool

    @property
    def link(self) -> Link:
        return self.line.link


def lint(version: PlatformVersion, *, also: Collection[int] = ()) -> list[Found]:
    """All there is to look at in a published or a draft version, demand by demand; six queries however many.

    Looked at are links that are published or proposed, and the drafts of which the ids are in `also`. A vote that is
    not published yet counts for nothing.
    """
    platform = version.platform
    texts = list(version.texts.select_related("demand").order_by("demand__chapter", "order", "pk"))
    read_now = PlatformInForce(platform, profile_of(version), texts, rulings_of(platform))
    cases: dict[int, list[Case]] = {text.demand_id: [] for text in texts}
    for case in _cases(read_now, also):
        cases[case.link.demand_id].append(case)
    began = platform.versions.aggregate(began=Min("published_at"))["began"]
    return [found for text in texts for found in _of_demand(text, cases[text.demand_id], began)]


def _of_demand(text: DemandText, cases: list[Case], began: dt.datetime | None) -> Iterator[Found]:
    if text.demand.chapter in COUNTED:
        yield from _of_votes(text, cases)
    elif not cases:
        yield Found(LintRule.NO_VOTE, text)
    earlier = [case for case in cases if began and _is_earlier(case.line, began)]
    if earlier:
        yield Found(LintRule.EARLIER, text, _links(earlier), len(earlier))
    for case in cases:
        if case.preview.is_doubtful:
            numbers = case.preview.own_against, case.preview.own_cast
            yield Found(LintRule.OWN_AGAINST, text, (case.link,), *numbers)
    yield from _of_words(text)


def _of_votes(text: DemandText, cases: list[Case]) -> Iterator[Found]:
    counted = [case for case in cases if case.line.counts]
    if not cases:
        yield Found(LintRule.NO_VOTE, text)
    elif len(counted) < FEWEST_COUNTED:
        yield Found(LintRule.FEW_VOTES, text, _links(counted), len(counted))
    wants = {case.link.wants for case in counted}
    if len(counted) >= FEWEST_ONE_SIDED and len(wants) == 1:
        rule = LintRule.WANTS_ALL if Wants.PASS in wants else LintRule.WANTS_NONE
        yield Found(rule, text, _links(counted), len(counted))
    if counted and not any(case.is_divided for case in counted):
        yield Found(LintRule.UNANIMOUS, text, _links(counted), len(counted))


def _of_words(text: DemandText) -> Iterator[Found]:
    if text.demand.chapter not in COUNTED:
        if not text.done:
            yield Found(LintRule.NO_BREACH, text)
        return
    if not text.measured:
        yield Found(LintRule.NOT_MEASURED, text)
    if not text.done:
        yield Found(LintRule.NO_GOAL, text)


def _is_earlier(line: Line, began: dt.datetime) -> bool:
    """Whether a vote that is counted was held before anything of the platform was published."""
    return (line.counts or line.is_red_line) and line.version.held_at is not None and line.version.held_at < began


def _links(cases: Iterable[Case]) -> tuple[Link, ...]:
    return tuple(case.link for case in cases)


def _cases(read_now: PlatformInForce, also: Collection[int]) -> list[Case]:
    """The latest link of each matter that counts or is to count; three queries."""
    known = {text.demand_id for text in read_now.texts}
    links = [
        link
        for link in links_of(read_now, states=_STATES)
        if link.demand_id in known and (link.state != LinkState.DRAFT or link.pk in also)
    ]
    latest = {link.matter: link for link in sorted(links, key=lambda link: link.version)}
    read = [(link, link.roll_call.published) for link in links if latest[link.matter] is link]
    chosen = [(link, version) for link, version in read if version is not None]
    versions = {version.pk: version for _, version in chosen}.values()
    own, divided = _own_ballots(read_now.platform, versions), _divided(versions)
    return [_case(read_now, link, version, own.get(version.pk, []), divided) for link, version in chosen]


def _case(
    read_now: PlatformInForce, link: Link, version: RollCallVersion, own: list[Ballot], divided: Collection[int]
) -> Case:
    def line(ballot: Ballot | None) -> Line:
        text = read_now.text_of(link.demand_id)
        return line_of(link, text, version, ballot, read_now.profile, read_now.rulings)

    preview = Preview(link, [line(ballot) for ballot in own], frozenset(ballot.person_id for ballot in own))
    return Case(line(None), preview, version.pk in divided)


def _own_ballots(platform: Platform, versions: Collection[RollCallVersion]) -> dict[int, list[Ballot]]:
    """The ballots of the coalition's deputies of each moment, or of all who ever were where it is not known."""
    ever = CoalitionMembership.objects.filter(coalition=platform.coalition_id, person=OuterRef("person"))
    then = Exists(ever.filter(held__contains=OuterRef("version__held_at")))
    own = Ballot.objects.filter(then | Q(version__held_at=None) & Q(Exists(ever)), version__in=versions)
    found: dict[int, list[Ballot]] = {}
    for ballot in own:
        found.setdefault(ballot.version_id, []).append(ballot)
    return found


def _divided(versions: Collection[RollCallVersion]) -> set[int]:
    """Ids of the versions in which some were for and some against, by name or by the official totals."""
    for_, against = (
        Count("pk", filter=Q(position__in=CLASSES[of])) for of in (PositionClass.FOR, PositionClass.AGAINST)
    )
    by_name = Ballot.objects.filter(version__in=versions).values("version").annotate(n_for=for_, n_against=against)
    divided = set(by_name.filter(n_for__gt=0, n_against__gt=0).values_list("version", flat=True))
    return divided | {version.pk for version in versions if version.total_for and version.total_against}
