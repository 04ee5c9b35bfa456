"""Check that the whole record holds together."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from coalition.desk.changes import kept_models
from deputies.people.enums import Threshold
from deputies.sources.enums import Basis
from deputies.sources.models import Document
from deputies.votes import checks
from deputies.votes.actions import content_hashes
from deputies.votes.enums import EDITABLE, Kind, NameState, Position, Result, State
from deputies.votes.models import AgendaItem, RollCall, RollCallVersion
from deputies.votes.reports.findings import findings_of
from pledges.findings.models import Finding
from pledges.platform.models import Platform
from pledges.scorecards.actions import differences
from pledges.scorecards.bundles.reports import chain_faults
from pledges.scorecards.enums import LinkState
from pledges.scorecards.models import Link, Score
from pledges.tracker.enums import AnswerKind, Review
from pledges.tracker.models import Answer, PledgeStatus

SEALED = (State.PUBLISHED.value, State.CORRECTED.value)
BATCH = 500

_DAMAGED = "SELECT id FROM sources_document WHERE content IS NOT NULL AND encode(sha256(content), 'hex') <> sha256"
_OUTSIDE = """
SELECT r.vote_id, p.slug, c.slug FROM votes_ballot b
JOIN votes_rollcallversion v ON v.id = b.version_id AND v.state = 'published'
JOIN votes_rollcall r ON r.id = v.roll_call_id
JOIN people_chamber c ON c.id = r.chamber_id
JOIN people_person p ON p.id = b.person_id
LEFT JOIN people_mandate m ON m.id = b.mandate_id
WHERE m.id IS NULL OR m.person_id <> b.person_id OR m.chamber_id <> r.chamber_id OR NOT m.held && CASE v.held_precision
    WHEN 'unknown' THEN tstzrange(NULL, NULL)
    WHEN 'minute' THEN tstzrange(v.held_at, v.held_at, '[]')
    ELSE tstzrange(v.held_at, (v.held_at AT TIME ZONE c.timezone + ('1 ' || v.held_precision)::interval)
        AT TIME ZONE c.timezone) END
ORDER BY c.slug, r.vote_id, p.slug
"""
_ONE_SIDED = """
SELECT d.demand_id, r.vote_id FROM scorecards_link l
JOIN platform_demand d ON d.id = l.demand_id JOIN votes_rollcall r ON r.id = l.roll_call_id
WHERE l.state = 'published' AND NOT l.vouched AND l.id IN (SELECT link_id FROM scorecards_linkapproval) AND (
    SELECT least(count(DISTINCT a.by_id), count(DISTINCT a.organisation)) FROM scorecards_linkapproval a
    WHERE a.link_id = l.id AND a.seal = scorecards_link_seal(l)
) < 2 ORDER BY 1, 2
"""
_COUNTS = """
SELECT b.version_id, b.position, b.basis, count(*) FROM votes_ballot b
JOIN votes_rollcallversion v ON v.id = b.version_id AND v.state = 'published' GROUP BY 1, 2, 3
"""
_UNWATCHED = """
SELECT table_name, trigger_name FROM unnest(%s::text[], %s::text[]) wanted(table_name, trigger_name)
WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass(table_name) AND tgname = trigger_name
    AND tgenabled = 'A') ORDER BY 1, 2
"""
_ASLEEP = """
SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'D' ORDER BY 1, 2
"""
_ADDED_UNWATCHED = "votes_ballot"  # its versions say what was entered

Check = Callable[[], Iterator[str]]


class Command(BaseCommand):
    help = (
        "Check every stored document against its SHA-256, every published vote against its seal, its approval, its"
        " totals and the mandates of that day, what waits for a second person, every link, every stored score against"
        " a full recount, deputies' words and what follows from them, the chain of bundles, and that every change"
        " still leaves its trace in the history. Exit code 1 with a list if something is wrong."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        problems = [sentence for check in CHECKS for sentence in check()]
        if problems:
            raise CommandError("\n".join([*problems, f"{len(problems)} problems in the record."]))
        counts = {
            "stored documents": Document.objects.with_bytes().count(),
            "published votes": RollCall.objects.published().count(),
            "ballots": sum(number for *_, number in _rows(_COUNTS)),
            "published links": Link.objects.filter(state=LinkState.PUBLISHED.value).count(),
            "scores": Score.objects.count(),
        }
        self.stdout.write(f"Sound: {', '.join(f'{number} {what}' for what, number in counts.items())}.")


def documents() -> Iterator[str]:
    for (number,) in _rows(_DAMAGED):
        yield f"Document {number}: its bytes do not have its SHA-256. Restore it from a backup."


def seals() -> Iterator[str]:
    sealed = dict(RollCallVersion.objects.filter(state__in=SEALED).values_list("pk", "content_hash"))
    names = dict(RollCallVersion.objects.filter(state__in=SEALED).values_list("pk", "roll_call__vote_id"))
    for batch in _batches(sorted(sealed)):
        hashes = content_hashes(batch)
        for number in batch:
            if hashes[number] != sealed[number]:
                yield f'Vote "{names[number]}", version {number}: it was changed after it was published.'


def pointers() -> Iterator[str]:
    wrong = RollCall.objects.filter(
        Q(published__isnull=False)
        & (~Q(published__state=State.PUBLISHED.value) | ~Q(published__roll_call=F("pk")) | Q(published__withdrawn=True))
    )
    for roll_call in wrong:
        yield f'Vote "{roll_call.vote_id}": what readers see is not its published version.'
    hidden = RollCall.objects.filter(published=None, versions__state=State.PUBLISHED.value)
    for roll_call in hidden.exclude(pk__in=RollCall.objects.withdrawn()).order_by("pk"):
        yield f'Vote "{roll_call.vote_id}": its published version is hidden from readers.'


def approvals() -> Iterator[str]:
    """What was approved is what is there, by somebody else than who entered it; a correction says why."""
    versions = RollCallVersion.objects.exclude(state__in=EDITABLE).select_related("roll_call").order_by("pk")
    approved = list(versions.filter(state=State.REVIEWED.value))
    hashes = content_hashes([version.pk for version in approved])
    changed = [version for version in approved if version.reviewed_hash != hashes[version.pk]]
    sealed = versions.filter(state__in=SEALED, vouched=False)
    alone = (
        Q(reviewed_by=None)
        | Q(entered_by=None)
        | Q(reviewed_by=F("entered_by"))
        | Q(hands__contains=[F("reviewed_by")])
    )
    for wrong, what in (
        ([*changed, *sealed.exclude(reviewed_hash=F("content_hash"))], "it was changed after it was approved"),
        (sealed.filter(alone), "no second person approved it"),
        (versions.filter(Q(reason="") | Q(evidence=None), number__gt=1), "it corrects without a reason or evidence"),
        (
            versions.filter(written_names__state=NameState.UNMATCHED.value).distinct(),
            "a name of its source was never decided",
        ),
    ):
        for version in wrong:
            yield f'Vote "{version.roll_call.vote_id}", version {version.pk}: {what}.'


def waiting() -> Iterator[str]:
    """What waits for a second person, or for whoever publishes, has nothing that blocks it."""
    states = [State.SUBMITTED.value, State.REVIEWED.value]
    for version in RollCallVersion.objects.filter(state__in=states).select_related("roll_call__chamber").order_by("pk"):
        found = findings_of(version, at=version.submitted_at or timezone.now())
        if blocking := ", ".join(finding.code for finding in found if finding.blocking and finding.is_open):
            yield f'Vote "{version.roll_call.vote_id}" waits for a second person with: {blocking}. Take it back.'


def mandates() -> Iterator[str]:
    for vote_id, person, chamber in _rows(_OUTSIDE):
        yield f'Vote "{vote_id}" of {chamber}: {person} had no mandate there at that time.'


def totals() -> Iterator[str]:
    counts: dict[int, Counter[Position]] = defaultdict(Counter)
    partial = set()
    for version, position, basis, number in _rows(_COUNTS):
        counts[version][Position(position)] += number
        if basis != Basis.OFFICIAL.value:
            partial.add(version)
    versions = RollCallVersion.objects.filter(state=State.PUBLISHED.value).select_related("roll_call__chamber")
    for version in versions.order_by("pk").iterator(BATCH):
        named, is_partial = counts.get(version.pk, Counter()), version.pk in partial
        if named and not is_partial and version.kind == Kind.TOTALS_ONLY.value:
            yield f'Vote "{version.roll_call.vote_id}": it is "totals only" and has ballots by name.'
        for problem in _contradictions(version, named, is_partial or version.basis != Basis.OFFICIAL.value):
            facts = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in problem.facts.items())
            yield f'Vote "{version.roll_call.vote_id}": {problem.code.replace("-", " ")} ({facts}).'


def _contradictions(version: RollCallVersion, counts: checks.Counts, partial: bool) -> Iterator[checks.Problem]:
    printed = checks.Totals(
        version.total_for,
        version.total_against,
        version.total_abstain,
        version.total_not_voting,
        version.total_absent,
    )
    house = checks.House(
        Threshold(version.threshold),
        version.threshold_number,
        version.threshold_stated,
        version.roll_call.chamber.seats,
        filled=None,
    )
    result = Result(version.result)
    found = checks.problems(totals=printed, counts=counts, result=result, house=house, partial=partial)
    return (problem for problem in found if problem.blocking)


def links() -> Iterator[str]:
    published = Link.objects.filter(state=LinkState.PUBLISHED.value).select_related("demand__platform", "roll_call")
    for link in published.filter(roll_call__published=None).exclude(roll_call__in=RollCall.objects.withdrawn()):
        yield f'Link of demand "{link.demand.demand_id}": the vote "{link.roll_call.vote_id}" is not published.'
    for link in published.exclude(roll_call__chamber=F("demand__platform__coalition__chamber")):
        yield f'Link of demand "{link.demand.demand_id}": the vote "{link.roll_call.vote_id}" is of another chamber.'
    for demand, vote_id in _rows(_ONE_SIDED):
        yield f'Link of demand "{demand}" and vote "{vote_id}": two organisations did not approve it as it is now.'


def scores() -> Iterator[str]:
    for platform in Platform.objects.select_related("published", "coalition__chamber").order_by("slug"):
        if found := differences(platform):
            yield f'Platform "{platform.slug}": {len(found)} scores differ from a full recount. Run rescore.'


def words() -> Iterator[str]:
    """What came by a personal link and was published is recorded as what it is, of that deputy and demand."""
    published = Answer.objects.published().select_related("invitation", "pledge", "signature").order_by("pk")
    for answer in published.exclude(
        kind__in=[AnswerKind.COMMENT.value, AnswerKind.EXPLAIN.value, AnswerKind.REPLY.value]
    ):
        word = answer.signature if answer.kind == AnswerKind.SIGN else answer.pledge
        if word is None or (word.person_id, word.demand_id) != (answer.invitation.person_id, answer.demand_id):
            yield f"Answer {answer.pk}: it is published and the word it gives is not on record."
    for status in PledgeStatus.objects.filter(review=Review.PUBLISHED.value).exclude(
        pledge__review=Review.PUBLISHED.value
    ):
        yield f"Pledge {status.pledge_id}: it has a published status and is not published itself."


def followed() -> Iterator[str]:
    """Published findings rest on what readers see, and a coming vote was held in its own chamber."""
    seen = Finding.objects.published().select_related("version__roll_call", "person").order_by("pk")
    for finding in seen.exclude(version__published_of__isnull=False):
        yield (
            f'Finding {finding.pk} on "{finding.version.roll_call.vote_id}", {finding.person.slug}: the vote was'
            " corrected since. The sweep of the worker withdraws it; run it, or see why it does not run."
        )
    for item in AgendaItem.objects.filter(roll_call__isnull=False).exclude(chamber=F("roll_call__chamber")):
        yield f'Coming vote "{item.slug}": its roll call is of another chamber.'


def history() -> Iterator[str]:
    wanted = [("journal_history", "journal_history_append_only")] + [
        (table, f"journal_history_{verb}")
        for table in kept_models()
        for verb in ("add", "change", "remove")
        if (table, verb) != (_ADDED_UNWATCHED, "add")
    ]
    for table, trigger in _rows(_UNWATCHED, [list(column) for column in zip(*wanted, strict=True)]):
        remedy = f"Write a migration with SELECT journal_keep_history('{table}')."
        yield f"Table {table}: the trigger {trigger} is missing or disabled, so changes leave no trace. {remedy}"


def guards() -> Iterator[str]:
    for table, trigger in _rows(_ASLEEP):
        yield f"Table {table}: the rule {trigger} is disabled. Run ALTER TABLE {table} ENABLE TRIGGER {trigger}."


CHECKS: tuple[Check, ...] = (
    documents,
    seals,
    pointers,
    approvals,
    waiting,
    mandates,
    totals,
    links,
    scores,
    words,
    followed,
    chain_faults,
    history,
    guards,
)


def _rows(query: str, arguments: list[Any] | None = None) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, arguments)
        yield from cursor.fetchall()


def _batches(numbers: list[int]) -> Iterator[list[int]]:
    return (numbers[start : start + BATCH] for start in range(0, len(numbers), BATCH))
