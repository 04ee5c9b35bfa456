"""Words of deputies at the desk: one organiser records, another publishes or sends back, nobody changes."""

import datetime as dt
import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coalition.accounts.models import User
from coalition.desk.refusals import WORDS
from deputies.journal.actions import freeze
from deputies.people.models import Party
from deputies.sources.models import cite, keep_copy
from pledges.platform.models import Demand
from pledges.tracker.enums import Review, Stance, Status
from pledges.tracker.models import Pledge, PledgeStatus
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def anna() -> Client:
    return door.signed_in(door.organiser("anna", roles=["Linkers"]))


@pytest.fixture
def boris() -> Client:
    return door.signed_in(door.organiser("boris", roles=["Publishers"]))


@pytest.fixture
def demand() -> Demand:
    return build.platform(build.chamber(slug="town")).demands.get()


def said(demand: Demand, **more: object) -> dict[str, object]:
    """What the form of a measurable promise sends."""
    person = demand.platform.coalition.chamber.mandates.first()
    return {
        "demand": demand.pk, "person": person.person_id if person else "", "party": "", "stance": "promised",
        "words": "Проголосую за трамвай.", "language": "ru", "said_on": "2024-03-01", "said_precision": "day",
        "occasion_ru": "Встреча во дворе", "occasion_en": "", "source": cite(title="The newspaper").pk,
        "basis": "named", "is_measurable": "on", "criterion_ru": "Голос за трамвай.", "criterion_en": "",
        "due_on": "2025-03-01",
    } | more  # fmt: skip


def send(client: Client, model: str, values: dict[str, object], query: str = "") -> str:
    return client.post(f"{reverse(f'admin:tracker_{model}_add')}{query}", values, follow=True).content.decode()


def review(client: Client, word: Pledge | PledgeStatus, **sent: str) -> str:
    name = f"admin:tracker_{word._meta.model_name}_review"
    return client.post(reverse(name, args=[word.pk]), sent, follow=True).content.decode()


def came_to(pledge: Pledge, **more: object) -> dict[str, object]:
    return {
        "pledge": pledge.pk, "status": "kept", "on": "2024-05-01", "note_ru": "Голосование прошло.", "note_en": "",
        "evidence": cite(title="The minutes").pk,
    } | more  # fmt: skip


def test_a_word_is_recorded_by_one_and_published_by_another(anna: Client, boris: Client, demand: Demand) -> None:
    build.deputy(demand.platform.coalition.chamber, "Vera")

    page = send(anna, "pledge", said(demand))

    pledge = Pledge.objects.get()
    assert "It waits for a second person; readers do not see it." in page
    assert (pledge.review, pledge.author, pledge.words) == (
        Review.PROPOSED, User.objects.get(username="anna"), "Проголосую за трамвай.",
    )  # fmt: skip
    assert "Published." in review(boris, pledge, publish="1")
    pledge.refresh_from_db()
    assert (pledge.review, pledge.reviewer) == (Review.PUBLISHED, User.objects.get(username="boris"))


def test_the_second_person_sees_the_proposal_whole(boris: Client, demand: Demand) -> None:
    person = build.deputy(demand.platform.coalition.chamber, "Vera")
    build.pledge(person, demand, stance=Stance.REFUSED.value, words="Нет.", language="ru")
    source = keep_copy(content=b"yes", title="The paper", url="https://example.org/paper")
    pledge = build.pledge(
        person, demand, build.START.date() + DAY, published=False, words="Да, буду.", source=source,
        author=door.organiser("vera"),
    )  # fmt: skip

    page = boris.get(reverse("admin:tracker_pledge_review", args=[pledge.pk])).content.decode()

    shown = ("Vera: Demand 1", "Да, буду.", "https://example.org/paper", "the copy we keep", "A vote for it.", "Нет.")
    assert [words for words in shown if words not in page] == []


def test_whoever_recorded_it_takes_it_back_and_never_publishes_it(anna: Client, demand: Demand) -> None:
    build.deputy(demand.platform.coalition.chamber)
    send(anna, "pledge", said(demand))
    pledge = Pledge.objects.get()
    page = anna.get(reverse("admin:tracker_pledge_review", args=[pledge.pk])).content.decode()
    assert "You can take it back." in page
    assert 'name="publish"' not in page

    review(anna, pledge, publish="1")
    assert Pledge.objects.get().review == Review.PROPOSED
    review(anna, pledge, reject="1", why="A word is missing.")

    assert Pledge.objects.get().review == Review.REJECTED


def test_who_has_both_roles_does_not_publish_their_own_word(demand: Demand) -> None:
    build.deputy(demand.platform.coalition.chamber)
    both = door.signed_in(door.organiser("olga"))
    send(both, "pledge", said(demand))

    page = review(both, Pledge.objects.get(), publish="1")

    assert "Whoever recorded it cannot publish it." in page
    assert not Pledge.objects.published().exists()


def test_what_is_sent_back_says_why_and_is_recorded_anew(anna: Client, boris: Client, demand: Demand) -> None:
    build.deputy(demand.platform.coalition.chamber)
    send(anna, "pledge", said(demand))
    pledge = Pledge.objects.get()

    assert "This field is required." in review(boris, pledge, reject="1", why="")
    assert "Sent back." in review(boris, pledge, reject="1", why="It was the second of March.")

    page = anna.get(reverse("admin:tracker_pledge_change", args=[pledge.pk])).content.decode()
    assert "Sent back: It was the second of March." in page
    again = re.search(r'href="([^"]+again=\d+)"', page)
    assert again
    form = anna.get(again[1]).context["adminform"].form
    assert (form["words"].value(), form["person"].value()) == (pledge.words, pledge.person_id)
    send(anna, "pledge", said(demand, said_on="2024-03-02"))
    assert [one.review for one in Pledge.objects.order_by("pk")] == [Review.REJECTED, Review.PROPOSED]


def test_of_two_who_are_late_the_second_is_told(boris: Client, demand: Demand) -> None:
    person = build.deputy(demand.platform.coalition.chamber)
    pledge = build.pledge(person, demand, published=False, author=door.organiser("vera"))
    review(boris, pledge, publish="1")

    assert "Somebody else was faster." in review(boris, pledge, publish="1")
    assert "Somebody else was faster." in review(boris, pledge, reject="1", why="Late.")


def test_a_freeze_stops_the_publishing_in_words(boris: Client, demand: Demand) -> None:
    person = build.deputy(demand.platform.coalition.chamber)
    pledge = build.pledge(person, demand, published=False, author=door.organiser("vera"))
    freeze(chamber="town", reason_ru="", reason_en="Election.", by=door.organiser("eva"), at=build.AT)

    assert "frozen" in review(boris, pledge, publish="1")
    assert Pledge.objects.get().review == Review.PROPOSED


@pytest.mark.parametrize("page", ["change", "delete"])
def test_nothing_that_was_recorded_is_changed_or_deleted(demand: Demand, page: str) -> None:
    superuser = door.signed_in(door.organiser("eva", superuser=True))
    pledge = build.pledge(build.deputy(demand.platform.coalition.chamber), demand, published=False)
    status = build.status(build.pledge(build.deputy(demand.platform.coalition.chamber), demand), published=False)

    for word in (pledge, status):
        address = reverse(f"admin:tracker_{word._meta.model_name}_{page}", args=[word.pk])
        assert superuser.post(address, {"words": "Otherwise", "post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"words": ""}, "Words: a promise needs them, exactly as they were said."),
        ({"language": ""}, "Say in which language the words are."),
        ({"stance": "silent", "is_measurable": "", "criterion_ru": "", "due_on": ""}, "whoever did not answer"),
        ({"due_on": ""}, "A promise that can be measured says what would count as kept and by which day."),
        ({"is_measurable": ""}, "Anything else has neither the tick nor these."),
        ({"due_on": "2024-02-01"}, "Due on: it cannot lie before the day on which it was said."),
        ({"person": ""}, "Who: choose either the deputy or the party, not both."),
        ({"said_on": "24-03-01"}, "Enter a valid date."),
        ({"source": ""}, "This field is required."),
    ],
)  # fmt: skip
def test_a_bad_word_is_explained(anna: Client, demand: Demand, more: dict[str, object], words: str) -> None:
    build.deputy(demand.platform.coalition.chamber)

    assert words in send(anna, "pledge", said(demand, **more))
    assert not Pledge.objects.exists()


def test_the_same_word_twice_is_explained(anna: Client, demand: Demand) -> None:
    build.deputy(demand.platform.coalition.chamber)
    send(anna, "pledge", said(demand))

    assert "This word of that day is recorded already." in send(anna, "pledge", said(demand))


def test_a_silence_and_the_word_of_a_party_are_recorded_as_such(anna: Client, demand: Demand) -> None:
    build.deputy(demand.platform.coalition.chamber)
    plain = {"words": "", "language": "", "is_measurable": "", "criterion_ru": "", "due_on": ""}
    send(anna, "pledge", said(demand, stance="silent", **plain))
    party = Party.objects.create(slug="party", name_en="Party")

    send(anna, "pledge", said(demand, person="", party=party.pk))

    assert [(one.stance, one.party) for one in Pledge.objects.order_by("pk")] == [
        (Stance.SILENT, None), (Stance.PROMISED, party),
    ]  # fmt: skip


def offered(client: Client, pledge: Pledge) -> list[str]:
    address = f"{reverse('admin:tracker_pledgestatus_add')}?pledge={pledge.pk}"
    return [value for value, _ in client.get(address).context["adminform"].form.fields["status"].choices if value]


def test_only_what_may_follow_is_offered(anna: Client, demand: Demand) -> None:
    house = demand.platform.coalition.chamber
    pledge = build.pledge(build.deputy(house), demand)
    unmeasured = build.pledge(build.deputy(house), demand, is_measurable=False, criterion_en="", due_on=None)
    assert offered(anna, pledge) == ["in-progress", "kept", "partly-kept", "differs", "stalled", "overtaken"]
    assert offered(anna, unmeasured) == ["overtaken", "not-measurable"]

    build.status(pledge, Status.KEPT, published=True)

    assert offered(anna, pledge) == ["partly-kept", "differs"]
    page = anna.get(reverse("admin:tracker_pledge_change", args=[pledge.pk])).content.decode()
    assert "Record what came of it" in page
    assert "It was seen." in page


def test_the_form_of_a_signature_is_none_of_a_word(anna: Client) -> None:
    page = anna.get(reverse("admin:tracker_signature_add")).content.decode()

    assert "Once it is saved, nothing of it can be changed" not in page


def test_a_status_is_recorded_by_one_and_published_by_another(anna: Client, boris: Client, demand: Demand) -> None:
    pledge = build.pledge(build.deputy(demand.platform.coalition.chamber, "Vera"), demand)
    build.status(pledge, Status.IN_PROGRESS, published=True, note_en="The first reading.")

    send(anna, "pledgestatus", came_to(pledge), f"?pledge={pledge.pk}")

    status = PledgeStatus.objects.get(status="kept")
    page = boris.get(reverse("admin:tracker_pledgestatus_review", args=[status.pk])).content.decode()
    shown = ("The status that is proposed: Kept", "Голосование прошло.", "The first reading.", "Обещаю.", "The minutes")
    assert [words for words in shown if words not in page] == []
    assert "Published." in review(boris, status, publish="1")
    assert Pledge.objects.with_status().get().status is Status.KEPT


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"status": "not-measurable"}, "It cannot follow the status that the pledge has now."),
        ({"note_ru": ""}, "What happened: say it in Russian or in English."),
        ({"on": "2023-01-01"}, "it cannot lie before the status it follows, nor before the promise"),
    ],
)
def test_a_bad_status_is_explained(anna: Client, demand: Demand, more: dict[str, object], words: str) -> None:
    pledge = build.pledge(build.deputy(demand.platform.coalition.chamber), demand)

    assert words in send(anna, "pledgestatus", came_to(pledge, **more))
    assert not PledgeStatus.objects.exists()


def test_a_refusal_comes_to_no_status_and_a_second_proposal_waits(anna: Client, demand: Demand) -> None:
    house = demand.platform.coalition.chamber
    refusal = build.pledge(build.deputy(house), demand, stance=Stance.REFUSED.value)
    pledge = build.pledge(build.deputy(house), demand)
    assert "only a published promise comes to a status" in send(anna, "pledgestatus", came_to(refusal))

    send(anna, "pledgestatus", came_to(pledge, status="stalled"))

    words = "Another status of this pledge waits for a second person."
    assert words in send(anna, "pledgestatus", came_to(pledge))
    page = anna.get(reverse("admin:tracker_pledge_change", args=[pledge.pk])).content.decode()
    assert "Record what came of it" not in page


def test_every_rule_of_deputies_words_has_words() -> None:
    rules = {rule.name for model in apps.get_app_config("tracker").get_models() for rule in model._meta.constraints}
    moves = {f"tracker_{table}_{rule}" for table in ("pledge", "pledgestatus", "answer") for rule in ("moves", "stays")}
    statuses = {f"tracker_pledgestatus_{rule}" for rule in ("of_a_promise", "measured", "moves_on", "forward")}

    assert sorted((rules | moves | statuses) - WORDS.keys()) == []


def test_a_proposal_waits_for_everybody_who_publishes_but_its_author(
    anna: Client, boris: Client, demand: Demand
) -> None:
    house = demand.platform.coalition.chamber
    author = User.objects.get(username="anna")
    first = build.pledge(build.deputy(house, "Vera"), demand, published=False, author=author)
    build.pledge(build.deputy(house, "Zoya"), demand, published=False, author=author)
    status = build.status(
        build.pledge(build.deputy(house, "Inna"), demand), Status.KEPT, author=author, published=False
    )

    queues = {queue.title: queue.items for queue in boris.get(reverse("admin:index")).context["overview"].queues}

    pledges, statuses = queues["Words of deputies, to publish"], queues["Statuses of pledges, to publish"]
    assert [item.words for item in pledges] == ["Vera: Promised", "Zoya: Promised"]
    assert pledges[0].url == reverse("admin:tracker_pledge_review", args=[first.pk])
    assert [(item.words, item.url) for item in statuses] == [
        ("Inna: Kept", reverse("admin:tracker_pledgestatus_review", args=[status.pk]))
    ]
    assert "Words of deputies, to publish" not in anna.get(reverse("admin:index")).content.decode()


def test_a_promise_past_its_day_waits_for_whoever_records_statuses(anna: Client, demand: Demand) -> None:
    house = demand.platform.coalition.chamber
    late, kept = (build.pledge(build.deputy(house, name), demand) for name in ("Vera", "Zoya"))
    build.status(kept, published=True)

    queues = {queue.title: queue.items for queue in anna.get(reverse("admin:index")).context["overview"].queues}

    items = queues["Promises past their day, without a final status"]
    assert [(item.words, item.url, item.told) for item in items] == [
        ("Vera: Promised", reverse("admin:tracker_pledge_change", args=[late.pk]), "d1, due on Dec. 31, 2024")
    ]


def test_the_list_asks_no_more_however_many_there_are(boris: Client, demand: Demand) -> None:
    asked = []
    for more in (1, 2, 42):
        for _ in range(more):
            pledge = build.pledge(build.deputy(demand.platform.coalition.chamber), demand)
            build.status(pledge, published=True)
        for page in ("pledge", "pledgestatus"):
            with CaptureQueriesContext(connection) as queries:
                assert boris.get(reverse(f"admin:tracker_{page}_changelist")).status_code == 200
            asked.append((page, len(queries)))

    assert len(set(asked)) == 2
    assert max(count for _, count in asked) <= 14


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"withdrawn_on": "2024-04-01"}, "Name the document in which the withdrawal can be read."),
        ({"withdrawn_source": "source"}, "Give the day of the withdrawal."),
        ({"withdrawn_on": "2023-04-01", "withdrawn_source": "source"}, "cannot lie before the day of signing"),
    ],
)
def test_a_withdrawal_needs_its_day_and_its_source(
    anna: Client, demand: Demand, more: dict[str, Any], words: str
) -> None:
    signature = build.signature(build.deputy(demand.platform.coalition.chamber), demand, build.START.date())
    source = cite(title="A letter").pk
    row = {
        "person": signature.person_id, "platform_version": "", "demand": demand.pk, "signed_on": "2024-01-01",
        "signed_precision": "day", "source": signature.source_id, "basis": "official", "withdrawn_on": "",
        "withdrawn_source": "",
    }  # fmt: skip
    address = reverse("admin:tracker_signature_change", args=[signature.pk])

    page = anna.post(address, row | {name: source if value == "source" else value for name, value in more.items()})

    assert words in page.content.decode()
    assert anna.post(address, row | {"withdrawn_on": "2024-04-01", "withdrawn_source": source}).status_code == 302
    signature.refresh_from_db()
    assert (signature.withdrawn_on, signature.withdrawn_source_id) == (dt.date(2024, 4, 1), source)
