"""Lines about deputies' words in the weekly letter: findings, withdrawn ones, pledges."""

import datetime as dt

import pytest

from coalition.digests.actions import planning, sending
from coalition.digests.models import Delivery
from deputies.journal.actions import end_holds
from deputies.people.models import Chamber, Person
from deputies.votes.enums import Position
from pledges.findings.actions import sweep
from pledges.findings.enums import FindingKind
from pledges.platform.models import Demand
from pledges.tracker.actions import publish_word
from tests import build
from tests.coalition.digests.build import AT, TUESDAY, WEEK, reader
from tests.coalition.digests.sink import Sink, part

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.coalition.digests.urls")]


@pytest.fixture
def anna() -> Person:
    """Who signed, and voted otherwise before anybody subscribed."""
    chamber = build.chamber(slug="zarechny")
    person = build.deputy(chamber, "Anna Obraztsova")
    demand = build.platform(chamber).demands.get()
    build.signature(person, demand, build.START.date())
    build.link(demand, build.vote(chamber, {person: Position.AGAINST}))
    return person


def house(person: Person) -> Chamber:
    return person.mandates.get().chamber


def sent(sink: Sink, weeks: int = 0) -> list[str]:
    """The text parts of the letters of a week, on one line each."""
    sink.envelopes.clear()
    at = TUESDAY + weeks * WEEK
    list(planning.plan_digests(at=at))
    sending.send_waiting(at=at, among=Delivery.objects.all())
    return [" ".join(part(letter, "plain").split()) for letter in sink.letters]


@pytest.mark.parametrize("is_followed_alone", [True, False])
def test_a_published_finding_is_one_line_for_who_follows_the_deputy_or_the_chamber(
    sink: Sink, anna: Person, is_followed_alone: bool
) -> None:
    reader(sink, house(anna), person=anna if is_followed_alone else None)
    (finding,) = build.findings(FindingKind.DIFFERS, at=AT)

    (letter,) = sent(sink)

    line = "Anna Obraztsova: Vote differs from signature; no reply, demand “Demand 1”."
    assert f"Pledges, and what was ruled out ------------------------------- {line}" in letter
    assert f"http://127.0.0.1:8000/en/zarechny/contradictions/{finding.pk}/" in letter


def test_who_follows_another_deputy_is_told_nothing(sink: Sink, anna: Person) -> None:
    reader(sink, house(anna), person=build.deputy(house(anna), "Boris Other"))
    build.findings(FindingKind.DIFFERS, at=AT)

    assert sent(sink) == []


def test_a_withdrawn_finding_is_among_the_corrections_in_russian_too(sink: Sink, anna: Person) -> None:
    reader(sink, house(anna), person=anna, language="ru")
    build.findings(FindingKind.DIFFERS, at=AT - dt.timedelta(days=40))
    sent(sink)
    anna.signatures.update(withdrawn_on=build.START.date())

    sweep(at=AT + WEEK)

    (letter,) = sent(sink, 1)
    assert "Исправления" in letter
    assert "отозвано после исправления: Голосование расходится с подписью; требование «Demand 1»." in letter
    assert "больше не следует" in letter


def test_a_finding_published_and_withdrawn_between_two_letters_is_not_told(sink: Sink, anna: Person) -> None:
    reader(sink, house(anna), person=anna)
    build.findings(FindingKind.DIFFERS, at=AT)
    anna.signatures.update(withdrawn_on=build.START.date())
    sweep(at=AT)

    assert sent(sink) == []


def test_a_promise_is_a_line(sink: Sink, anna: Person) -> None:
    reader(sink, house(anna), person=anna)
    pledge = build.pledge(anna, build.platform(build.chamber()).demands.get(), published=False)
    demand = Demand.objects.get(platform__coalition__chamber=house(anna))
    publish_word(word=build.pledge(anna, demand, published=False), by=None, at=AT, vouched=True)
    publish_word(word=pledge, by=None, at=AT, vouched=True)  # of another chamber

    (letter,) = sent(sink)

    assert letter.count("Anna Obraztsova: a promise, demand “Demand 1”.") == 1


def test_a_finding_about_a_disputed_row_is_told_when_the_hold_has_run_out(sink: Sink, anna: Person) -> None:
    reader(sink, house(anna), person=anna)
    build.findings(FindingKind.DIFFERS, at=AT)
    build.dispute(anna.ballots.get().version.roll_call, anna, shows=["https://example.org/p"], at=AT)

    assert sent(sink) == []
    end_holds(at=AT + WEEK)

    (letter,) = sent(sink, 1)
    assert letter.count("Anna Obraztsova: Vote differs from signature; no reply") == 1
