"""Publishing pledges and their statuses by two persons."""

import threading

import pytest
from django.db import connection, connections

from coalition.accounts.models import User
from deputies.journal.actions import Frozen, freeze
from deputies.journal.models import Event
from deputies.sources.models import cite
from pledges.tracker.actions import NotProposed, OwnWord, publish_word, reject_word
from pledges.tracker.enums import Review, Status
from pledges.tracker.models import Pledge, PledgeStatus
from tests import build

pytestmark = pytest.mark.django_db


def organiser(name: str) -> User:
    return User.objects.create(username=name)


def proposed(author: User) -> Pledge:
    demand = build.platform(build.chamber()).demands.get()
    person = build.deputy(demand.platform.coalition.chamber)
    return build.pledge(person, demand, published=False, author=author)


def test_a_second_person_publishes_and_the_journal_says_whose_word_it_is() -> None:
    vera, boris = organiser("vera"), organiser("boris")
    pledge = proposed(vera)

    publish_word(word=pledge, by=boris, at=build.LATER)

    stored, event = Pledge.objects.published().get(), Event.objects.last()
    assert (stored.reviewer_id, stored.reviewed_at, stored.vouched) == (boris.pk, build.LATER, False)
    assert event is not None
    assert (event.kind, event.subject, event.facts["person"]) == (
        "word-given", f"pledge:{pledge.pk}", pledge.person_id,
    )  # fmt: skip


def test_whoever_proposed_it_cannot_publish_it() -> None:
    vera = organiser("vera")
    pledge = proposed(vera)

    with pytest.raises(OwnWord):
        publish_word(word=pledge, by=vera, at=build.LATER)

    assert not Pledge.objects.published().exists()


def test_what_was_sent_back_is_not_published() -> None:
    vera, boris = organiser("vera"), organiser("boris")
    pledge = proposed(vera)

    reject_word(word=pledge, why="The source says otherwise.", by=boris, at=build.AT)

    with pytest.raises(NotProposed):
        publish_word(word=pledge, by=boris, at=build.LATER)
    assert Pledge.objects.get().rejected_why == "The source says otherwise."


def test_nothing_is_published_in_a_frozen_chamber() -> None:
    vera, boris = organiser("vera"), organiser("boris")
    pledge = proposed(vera)
    slug = pledge.demand.platform.coalition.chamber.slug
    freeze(chamber=slug, reason_ru="Выборы", reason_en="Election", by=vera, at=build.AT)

    with pytest.raises(Frozen):
        publish_word(word=pledge, by=boris, at=build.LATER)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_confirm_a_status_at_once_one_does() -> None:
    vera, boris, olga = organiser("vera"), organiser("boris"), organiser("olga")
    pledge = publish_word(word=proposed(vera), by=boris, at=build.AT)
    status = PledgeStatus.objects.create(
        pledge=pledge, status=Status.KEPT.value, on=pledge.said_on, note_en="It was adopted.",
        evidence=cite(title="Minutes"), author=vera,
    )  # fmt: skip
    outcomes: list[str] = []

    def confirm(by: User) -> None:
        try:
            publish_word(word=PledgeStatus.objects.get(pk=status.pk), by=by, at=build.LATER)
            outcomes.append("published")
        except NotProposed:
            outcomes.append("too late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=confirm, args=[by]) for by in (boris, olga)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["published", "too late"]
    assert connection.is_usable()
    assert PledgeStatus.objects.filter(review=Review.PUBLISHED.value).count() == 1
    assert Event.objects.filter(kind="pledge-status").count() == 1
