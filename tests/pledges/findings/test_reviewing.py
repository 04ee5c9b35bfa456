"""Taking up, asking, publishing and dismissing findings; every move that is not allowed, refused by the database."""

import threading
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connections, transaction

from coalition.accounts.models import User
from deputies.journal.actions import Frozen, freeze
from deputies.journal.models import Event
from deputies.people.enums import Threshold
from deputies.votes.enums import Position
from pledges.findings.actions import CannotMove, OwnFinding, ask, dismiss, publish, sweep, take_up
from pledges.findings.enums import FindingKind, FindingState, moves
from pledges.findings.models import Finding
from pledges.platform.enums import Chapter
from pledges.scorecards.enums import Wants
from tests import build

pytestmark = pytest.mark.django_db
S = FindingState


def organiser(name: str) -> User:
    return get_user_model().objects.create(username=name)


def found(kind: FindingKind = FindingKind.DIFFERS) -> Finding:
    """One finding as the sweep raises it."""
    chamber = build.chamber(threshold=Threshold.MEMBERS)
    chapter = Chapter.RED_LINE if kind is FindingKind.RED_LINE else Chapter.SOCIAL
    demand = build.platform(chamber, demands=[chapter]).demands.get()
    anna = build.deputy(chamber, "Anna", group="Red")
    build.signature(anna, demand, build.START.date())
    rest = {build.deputy(chamber, group="Red"): Position.AGAINST for _ in range(3)}
    own = Position.FOR if kind is not FindingKind.DIFFERS else Position.AGAINST
    wants = Wants.FAIL if kind is FindingKind.RED_LINE else Wants.PASS
    build.link(demand, build.vote(chamber, {anna: own, **rest}), wants=wants)
    sweep(at=build.AT)
    return Finding.objects.get()


def forced(kind: FindingKind, state: FindingState) -> Finding:
    """A finding brought to a state by legal moves."""
    finding = found(kind)
    path: dict[FindingState, list[FindingState]] = {S.DETECTED: []}
    for _ in S:
        for start, steps in list(path.items()):
            for to in moves(kind)[start]:
                path.setdefault(to, [*steps, to])
    reply = build.reply(finding) if kind is FindingKind.DIFFERS else None
    user, other = organiser("vera"), organiser("boris")
    for to in path[state]:
        says: dict[FindingState, dict[str, Any]] = {
            S.UNDER_REVIEW: {"taken_by": user, "taken_at": build.AT},
            S.ASKED: {"asked_by": user, "asked_at": build.AT, "reply_until": build.LATER},
            S.ANSWERED: {"reply": reply, "settled_at": build.LATER},
            S.SILENT: {"settled_at": build.LATER},
            S.PUBLISHED: {"published_by": other, "published_at": build.LATER},
            S.DISMISSED: {"reason_en": "No."},
            S.WITHDRAWN: {"reason_en": "No."},
        }
        Finding.objects.filter(pk=finding.pk).update(state=to.value, **says[to])
    finding.refresh_from_db()
    return finding


REACHED = [
    (kind, state)
    for kind in FindingKind
    for state in S
    if state is S.DETECTED or any(state in to for to in moves(kind).values())
]


def refusal_of(finding: Finding, to: FindingState, says: dict[str, Any]) -> str:
    """The constraint by which the database refuses a move; "" if it does not."""
    try:
        with transaction.atomic():
            Finding.objects.filter(pk=finding.pk).update(state=to.value, **says)
            transaction.set_rollback(True)
    except IntegrityError as refusal:
        return str(getattr(refusal.__cause__, "diag").constraint_name)  # noqa: B009
    return ""


@pytest.mark.parametrize(("kind", "state"), REACHED)
def test_the_database_refuses_every_move_that_is_not_in_the_table(kind: FindingKind, state: FindingState) -> None:
    finding = forced(kind, state)
    everything = {
        "taken_by": organiser("olga"), "taken_at": build.AT, "asked_at": build.AT, "reply_until": build.LATER,
        "settled_at": build.LATER, "published_by": organiser("petr"), "published_at": build.LATER, "reason_en": "No.",
        "reply": finding.reply or build.reply(finding),
    }  # fmt: skip

    allowed = {to for to in S if refusal_of(finding, to, everything) == ""}

    assert allowed == {state, *moves(kind)[state]}
    refused = {refusal_of(finding, to, everything) for to in set(S) - allowed}
    assert refused <= {"findings_finding_moves"}
    assert all(state.may_become(to, kind) == (to in moves(kind)[state]) for to in S)


@pytest.mark.parametrize(
    ("constraint", "kind", "state", "says"),
    [
        ("findings_finding_taken_by_somebody", FindingKind.RED_LINE, S.UNDER_REVIEW, {}),
        ("findings_finding_asked_with_term", FindingKind.DIFFERS, S.ASKED, {"asked_at": build.AT}),
        (
            "findings_finding_silent_after_term", FindingKind.DIFFERS, S.SILENT, {"settled_at": build.AT},
        ),
        ("findings_finding_answered_has_reply", FindingKind.DIFFERS, S.ANSWERED, {"settled_at": build.LATER}),
        ("findings_finding_published_by_two", FindingKind.RED_LINE, S.PUBLISHED, {"published_at": build.AT}),
        ("findings_finding_published_has_date", FindingKind.RED_LINE, S.PUBLISHED, {"published_by": "boris"}),
        ("findings_finding_ends_with_reason", FindingKind.RED_LINE, S.DISMISSED, {}),
    ],
)  # fmt: skip
def test_the_database_refuses_a_move_without_what_it_needs(
    constraint: str, kind: FindingKind, state: FindingState, says: dict[str, Any]
) -> None:
    before = {S.ASKED: S.UNDER_REVIEW, S.SILENT: S.ASKED, S.ANSWERED: S.ASKED, S.PUBLISHED: S.UNDER_REVIEW}
    finding = forced(kind, before.get(state, S.DETECTED))
    if "published_by" in says:
        says = {"published_by": User.objects.get(username="boris")}

    with pytest.raises(IntegrityError, match=constraint):
        Finding.objects.filter(pk=finding.pk).update(state=state.value, **says)


def test_the_database_refuses_whoever_took_it_up_as_the_second_person() -> None:
    finding = forced(FindingKind.RED_LINE, S.UNDER_REVIEW)

    with pytest.raises(IntegrityError, match="findings_finding_published_by_two"):
        Finding.objects.filter(pk=finding.pk).update(
            state="published", published_by=finding.taken_by, published_at=build.AT
        )


def test_the_database_refuses_publication_before_the_term_is_over() -> None:
    finding = forced(FindingKind.DIFFERS, S.SILENT)

    with pytest.raises(IntegrityError, match="findings_finding_published_after_reply"):
        Finding.objects.filter(pk=finding.pk).update(
            state="published",
            settled_at=build.AT,
            published_by=User.objects.get(username="boris"),
            published_at=build.LATER,
        )


def test_the_database_refuses_a_finding_without_a_word_and_the_same_twice() -> None:
    finding = found()
    same = {"version": finding.version, "link": finding.link, "position": "against", "detected_at": build.AT}

    with pytest.raises(IntegrityError, match="findings_finding_rests_on_a_word"), transaction.atomic():
        Finding.objects.create(kind="as-pledged", person=finding.person, **same)
    with pytest.raises(IntegrityError, match="findings_finding_once"), transaction.atomic():
        Finding.objects.create(kind="differs", person=finding.person, signature=finding.signature, **same)


def test_a_finding_is_never_deleted_and_its_words_stay() -> None:
    finding = found()

    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        finding.delete()
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        Finding.objects.update(position="for")


def test_one_takes_it_up_and_asks_and_another_publishes_after_the_silence() -> None:
    vera, boris, finding = organiser("vera"), organiser("boris"), found()

    take_up(finding=finding, by=vera, at=build.AT)
    asked = ask(finding=finding, by=vera, at=build.AT, days=5)
    with pytest.raises(CannotMove):
        publish(finding=finding, by=boris, at=build.LATER)
    assert asked.reply_until is not None
    sweep(at=asked.reply_until)
    with pytest.raises(OwnFinding):
        publish(finding=finding, by=vera, at=asked.reply_until)
    publish(finding=finding, by=boris, at=asked.reply_until)

    stored, event = Finding.objects.get(), Event.objects.latest("pk")
    assert (stored.state, stored.taken_by, stored.published_by, stored.vouched) == ("published", vera, boris, False)
    assert (event.kind, event.subject, event.facts["kind"], event.facts["demand"]) == (
        "finding-published", f"finding:{finding.pk}", "differs", finding.link.demand_id,
    )  # fmt: skip


def test_it_is_not_published_as_silence_while_a_reply_waits() -> None:
    vera, boris, finding = organiser("vera"), organiser("boris"), found()
    take_up(finding=finding, by=vera, at=build.AT)
    asked = ask(finding=finding, by=vera, at=build.AT)
    assert asked.reply_until is not None
    sweep(at=asked.reply_until)

    build.reply(asked, at=asked.reply_until, published=False)

    with pytest.raises(CannotMove, match="A reply has come"):
        publish(finding=finding, by=boris, at=asked.reply_until)


@pytest.mark.parametrize("days", [4, 31])
def test_a_deputy_has_five_to_thirty_days(days: int) -> None:
    finding = take_up(finding=found(), by=organiser("vera"), at=build.AT)

    with pytest.raises(ValueError, match="5 to 30 days"):
        ask(finding=finding, by=None, at=build.AT, days=days)


def test_nothing_moves_in_a_frozen_chamber() -> None:
    vera, finding = organiser("vera"), found()
    freeze(chamber=finding.version.roll_call.chamber.slug, reason_ru="", reason_en="Election", by=vera, at=build.AT)

    with pytest.raises(Frozen):
        take_up(finding=finding, by=vera, at=build.AT)
    with pytest.raises(Frozen):
        dismiss(finding=finding, reason_ru="", reason_en="No.")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_does() -> None:
    finding = take_up(finding=found(FindingKind.RED_LINE), by=organiser("vera"), at=build.AT)
    outcomes: list[str] = []

    def confirm(by: User) -> None:
        try:
            publish(finding=Finding.objects.get(pk=finding.pk), by=by, at=build.LATER)
            outcomes.append("published")
        except CannotMove:
            outcomes.append("too late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=confirm, args=[organiser(name)]) for name in ("boris", "olga")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["published", "too late"]
    assert Event.objects.filter(kind="finding-published").count() == 1
