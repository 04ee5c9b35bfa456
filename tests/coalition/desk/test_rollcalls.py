"""Entering, publishing and correcting a roll call through the plain form."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deputies.journal.enums import EventKind
from deputies.journal.models import Event
from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Mandate, Office, Person
from deputies.votes.enums import Position, State
from deputies.votes.models import RollCall, RollCallVersion
from pledges.scorecards.enums import Cause
from pledges.scorecards.models import Score, ScoreChange
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db
MOSCOW = {"timezone": "Europe/Moscow"}


@pytest.fixture
def anna() -> Client:
    return door.signed_in(door.organiser("anna"))


@pytest.fixture
def boris() -> Client:
    return door.signed_in(door.organiser("boris"))


def house_of(*names: str, group: str = "", **more: Any) -> tuple[Chamber, list[Person]]:
    house = build.chamber(seats=max(len(names), 1), **more)
    return house, [build.deputy(house, name, group=group) for name in names]


def header(**more: Any) -> dict[str, Any]:
    return {
        "held_at": "2024-03-05T10:30:00",
        "held_precision": "minute",
        "question_number": "7",
        "kind": "by-name",
        "title_en": "On kindergartens",
        "title_ru": "О детских садах",
        "threshold": "voting",
        "result": "unknown",
        "source_url": "https://example.org/protocol",
    } | more


def start(client: Client, house: Chamber, **more: Any) -> RollCall:
    answer = client.post(reverse("admin:votes_rollcall_add"), header(chamber=house.pk) | more)
    assert answer.status_code == 302, answer.context["form"].errors
    return RollCall.objects.latest("pk")


def page(name: str, roll_call: RollCall) -> str:
    return reverse(f"admin:votes_rollcall_{name}", args=[roll_call.pk])


def rows(positions: dict[Person, Position]) -> dict[str, str]:
    return {f"p-{person.mandates.get().pk}": position.value for person, position in positions.items()}


def seen(client: Client, roll_call: RollCall, name: str = "change") -> str:
    return str(client.get(page(name, roll_call)).context["seen"])


def save(client: Client, roll_call: RollCall, positions: dict[Person, Position], how: str = "save", **more: Any) -> Any:
    filled = header() | rows(positions) | {"seen": seen(client, roll_call), how: ""} | more
    return client.post(page("change", roll_call), filled, follow=True)


def hand_on(client: Client, roll_call: RollCall) -> Any:
    """Tick every warning and submit."""
    shown = client.get(page("submit", roll_call)).context
    ticks = {f"seen-{one.key}": "1" for one in shown["warnings"]}
    return client.post(page("submit", roll_call), ticks, follow=True)


def compared(client: Client, roll_call: RollCall) -> dict[str, str]:
    """What a reviewer's form says after every part of the sample was ticked."""
    context = client.get(page("review", roll_call)).context
    return {part.key: "1" for part in context["parts"]} | {"seen": context["seal"]}


def publish(client: Client, roll_call: RollCall) -> Any:
    """Approve and publish as the second person."""
    return client.post(page("review", roll_call), compared(client, roll_call) | {"publish": ""}, follow=True)


def correct(client: Client, roll_call: RollCall, **more: Any) -> Any:
    filled = {"reason": "the clerk's erratum of 12 March", "source_url": "https://example.org/erratum"} | more
    return client.post(page("correct", roll_call), filled, follow=True)


def told(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_a_roll_call_from_the_empty_form_to_the_reader(anna: Client, boris: Client) -> None:
    house, (one, two, three) = house_of("Anna One", "Boris Two", "Vera Three", **MOSCOW)
    demand = build.platform(house).demands.get()
    roll_call = start(anna, house)

    handed = save(
        anna,
        roll_call,
        {one: Position.FOR, two: Position.FOR, three: Position.AGAINST},
        "submit",
        total_for=2,
        total_against=1,
        result="adopted",
    )
    assert "waits for a second person" in told(handed)
    answer = publish(boris, roll_call)

    roll_call.refresh_from_db()
    version = roll_call.published
    assert version is not None
    assert version.held_at == dt.datetime(2024, 3, 5, 7, 30, tzinfo=dt.UTC)
    assert [str(one) for one in (version.entered_by, version.reviewed_by, version.published_by)] == [
        "anna",
        "boris",
        "boris",
    ]
    assert (version.vouched, version.reviewed_hash) == (False, version.content_hash)
    assert version.opened_at < version.submitted_at < version.reviewed_at <= version.published_at  # type: ignore[operator]
    assert roll_call.vote_id == "2024-03-05-7"
    assert version.source is not None
    assert version.source.url == "https://example.org/protocol"
    assert Event.objects.filter(kind=EventKind.VOTE_PUBLISHED, subject=f"roll-call:{roll_call.pk}").count() == 1
    assert f"/en/{house.slug}/votes/{roll_call.slug}/" in told(answer)
    assert "No score moved." in told(answer)
    build.link(demand, roll_call)
    assert Score.objects.filter(demand=demand).count() == 3


def test_the_grid_holds_exactly_those_eligible_then_and_nothing_prefilled(anna: Client) -> None:
    house, (one,) = house_of("Here Always")
    build.deputy(house, "Left Before", held=(build.START, build.moment(5)))
    build.deputy(house, "Came After", held=(build.moment(300), None))
    roll_call = start(anna, house)

    html = anna.get(page("change", roll_call)).content.decode()

    assert re.findall(r'id="p-(\d+)"', html) == [str(one.mandates.get().pk)]
    assert " selected" not in html.split('class="desk-grid"')[1]


def test_the_one_who_presides_is_marked(anna: Client) -> None:
    house, (one,) = house_of("Chair Person")
    Office.objects.create(mandate=one.mandates.get(), title_en="Chair", presides=True, held=one.mandates.get().held)

    assert "(presides)" in anna.get(page("change", start(anna, house))).content.decode()


def test_a_draft_may_be_partial_and_comes_back_as_it_was(anna: Client) -> None:
    house, (_, two) = house_of("One", "Two")
    roll_call = start(anna, house)
    reason = f"e-{two.mandates.get().pk}"

    answer = save(anna, roll_call, {two: Position.EXCUSED}, **{reason: "illness"})

    assert "1 of 2 deputies are entered" in told(answer)
    lines = {line.name: line.entry for line in answer.context["lines"]}
    assert (lines["One"].position, lines["Two"].position, lines["Two"].excuse) == ("", "excused", "illness")


def test_emptying_a_row_removes_its_ballot(anna: Client) -> None:
    house, (one, two) = house_of("One", "Two")
    roll_call = start(anna, house)
    save(anna, roll_call, {one: Position.FOR, two: Position.FOR})

    save(anna, roll_call, {two: Position.AGAINST})

    draft = roll_call.versions.get()
    assert list(draft.ballots.values_list("person", "position")) == [(two.pk, "against")]


def test_the_rest_of_a_faction_is_filled_without_script(anna: Client) -> None:
    house, (one, two, three) = house_of("One", "Two", "Three", group="Left")
    roll_call = start(anna, house)
    faction = house.factions.get()

    save(anna, roll_call, {two: Position.AGAINST}, **{f"fill-{faction.pk}": "for"})

    ballots = dict(roll_call.versions.get().ballots.values_list("person", "position"))
    assert ballots == {one.pk: "for", two.pk: "against", three.pk: "for"}
    assert set(roll_call.versions.get().ballots.values_list("faction", flat=True)) == {faction.pk}


def test_missing_deputies_are_listed_by_name_with_links_to_their_rows(anna: Client) -> None:
    house, (one, two) = house_of("Anna One", "Boris Two")
    roll_call = start(anna, house)

    answer = save(anna, roll_call, {one: Position.FOR}, "submit")

    assert answer.redirect_chain[-1][0] == page("submit", roll_call)
    html = answer.content.decode()
    assert "Not entered yet: 1 of 2 deputies." in html
    assert f'<a href="{page("change", roll_call)}#p-{two.mandates.get().pk}">Boris Two</a>' in html
    assert RollCallVersion.objects.get().state == State.DRAFT


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"total_for": 1}, "For: 2 by name, 1 in the official totals"),
        ({"result": "rejected"}, "The result says “Not adopted”, but 2 voted for and 0 against"),
        ({"source_url": ""}, "No source"),
        ({"kind": "secret"}, "A vote of this kind has no names"),
    ],
)
def test_what_blocks_publishing(anna: Client, more: dict[str, Any], words: str) -> None:
    house, (one, two) = house_of("One", "Two")
    roll_call = start(anna, house, source_url="")

    answer = save(anna, roll_call, {one: Position.FOR, two: Position.FOR}, "submit", **more)
    again = hand_on(anna, roll_call)

    assert words in answer.content.decode()
    assert again.redirect_chain[-1][0] == page("submit", roll_call)
    assert RollCallVersion.objects.get().state == State.MATCHED


def test_a_note_overrules_a_source_that_contradicts_itself(anna: Client, boris: Client) -> None:
    house, (one, two) = house_of("One", "Two")
    roll_call = start(anna, house)

    save(anna, roll_call, {one: Position.FOR, two: Position.FOR}, "submit", total_for=1, note_en="Misprint on page 3.")
    assert "For: 2 by name, 1 in the official totals." in boris.get(page("review", roll_call)).content.decode()
    publish(boris, roll_call)

    assert RollCallVersion.objects.get().state == State.PUBLISHED


def test_nobody_reviews_what_they_entered(anna: Client, boris: Client) -> None:
    house, (one,) = house_of("One")
    roll_call = start(anna, house)
    save(anna, roll_call, {one: Position.FOR}, "submit")

    alone = anna.get(page("review", roll_call), follow=True)

    assert "You entered this: another person must review it." in told(alone)
    assert RollCallVersion.objects.get().state == State.SUBMITTED
    assert not alone.context["may_review"]


def test_an_approval_needs_every_part_of_the_sample(anna: Client, boris: Client) -> None:
    house, people = house_of("One", "Two", "Three")
    roll_call = start(anna, house)
    marks = dict(zip(people, [Position.FOR, Position.AGAINST, Position.ABSENT], strict=True))
    save(anna, roll_call, marks, "submit")
    ticks = compared(boris, roll_call)
    assert sorted(ticks) == ["compared-absent", "compared-against", "compared-for", "seen"]

    answer = boris.post(page("review", roll_call), {k: v for k, v in ticks.items() if k != "compared-absent"})

    assert "Compare every part of the sample with the source" in answer.content.decode()
    assert RollCallVersion.objects.get().state == State.SUBMITTED


def test_the_reviewer_compares_all_who_went_another_way_than_their_faction(anna: Client, boris: Client) -> None:
    house, people = house_of(*(f"Deputy {n}" for n in range(30)), group="Left")
    roll_call = start(anna, house)
    save(anna, roll_call, dict.fromkeys(people, Position.FOR) | dict.fromkeys(people[:3], Position.AGAINST), "submit")

    shown = boris.get(page("review", roll_call)).context["parts"]
    parts = {part.key: [line.name for line in part.lines] for part in shown}

    assert sorted(parts) == ["compared-against", "compared-for"]
    assert sorted(parts["compared-against"]) == ["Deputy 0", "Deputy 1", "Deputy 2"]
    assert shown[0].apart == {person.pk for person in people[:3]}
    assert len(parts["compared-for"]) == 10 - 3


def test_what_was_reviewed_is_what_is_published(anna: Client, boris: Client) -> None:
    house, (one,) = house_of("One")
    roll_call = start(anna, house)
    save(anna, roll_call, {one: Position.FOR}, "submit")
    ticks = compared(boris, roll_call)
    anna.post(page("take_back", roll_call))
    save(anna, roll_call, {one: Position.AGAINST}, "submit")

    answer = boris.post(page("review", roll_call), ticks | {"publish": ""})

    assert "It was changed after you opened this page" in answer.content.decode()
    assert RollCallVersion.objects.get().state == State.SUBMITTED


def test_what_is_sent_back_says_why_and_can_be_handed_on_again(anna: Client, boris: Client) -> None:
    house, (one,) = house_of("One")
    roll_call = start(anna, house)
    save(anna, roll_call, {one: Position.FOR}, "submit")

    boris.post(page("review", roll_call), {"return": "", "reason": "Page 2 says against."})
    assert RollCallVersion.objects.get().state == State.REJECTED
    assert "Page 2 says against." in anna.get(page("change", roll_call)).content.decode()
    save(anna, roll_call, {one: Position.AGAINST}, "submit")

    assert (RollCallVersion.objects.get().state, RollCallVersion.objects.get().returned) == (State.SUBMITTED, "")


def test_two_organisers_at_once_lose_nothing(anna: Client, boris: Client) -> None:
    house, (one, two) = house_of("Anna One", "Boris Two")
    roll_call = start(anna, house)
    opened = seen(boris, roll_call)
    save(anna, roll_call, {one: Position.FOR})

    mine = header() | rows({one: Position.AGAINST, two: Position.FOR}) | {"save": ""}
    answer = boris.post(page("change", roll_call), mine | {"seen": opened})

    assert "Somebody else changed this draft" in answer.content.decode()
    assert "Rows that differ from the saved draft: Anna One, Boris Two." in answer.content.decode()
    assert [line.entry.position for line in answer.context["lines"]] == ["against", "for"]
    assert dict(RollCallVersion.objects.get().ballots.values_list("person", "position")) == {one.pk: "for"}
    boris.post(page("change", roll_call), mine | {"seen": answer.context["seen"]})
    assert RollCallVersion.objects.get().ballots.count() == 2


def test_a_correction_says_what_it_changes_and_moves_the_scores(anna: Client, boris: Client) -> None:
    house, (one, two) = house_of("Anna One", "Boris Two")
    demand = build.platform(house).demands.get()
    roll_call = build.vote(house, {one: Position.FOR, two: Position.FOR}, held_at=build.moment(20))
    build.link(demand, roll_call)

    assert "Correct" in anna.get(page("change", roll_call)).content.decode()
    correct(anna, roll_call)
    save(anna, roll_call, {one: Position.AGAINST, two: Position.FOR}, "submit")
    review = boris.get(page("review", roll_call))
    answer = publish(boris, roll_call)

    assert review.context["changes"] == ["Anna One: for → against"]
    assert {change.person for change in review.context["moved"]} == {one}
    moved = ScoreChange.objects.filter(cause=Cause.CORRECTION.value)
    assert len(review.context["moved"]) == moved.count() == 3
    assert "3 scores moved, of Anna One." in told(answer)
    roll_call.refresh_from_db()
    assert roll_call.published is not None
    assert (roll_call.published.number, roll_call.published.reason) == (2, "the clerk's erratum of 12 March")
    assert roll_call.versions.get(number=1).state == State.CORRECTED
    assert Event.objects.filter(kind=EventKind.VOTE_CORRECTED).count() == 1


def test_looking_ahead_leaves_no_trace(anna: Client, boris: Client) -> None:
    house, (one,) = house_of("One")
    demand = build.platform(house).demands.get()
    roll_call = build.vote(house, {one: Position.FOR}, held_at=build.moment(20))
    build.link(demand, roll_call)
    correct(anna, roll_call)
    save(anna, roll_call, {one: Position.AGAINST}, "submit")
    before = (Event.objects.count(), list(Score.objects.order_by("pk").values()))

    review = boris.get(page("review", roll_call))

    assert len(review.context["moved"]) == 3
    assert (Event.objects.count(), list(Score.objects.order_by("pk").values())) == before
    assert roll_call.versions.get(number=2).state == State.SUBMITTED


def test_a_correction_needs_a_reason_and_evidence(anna: Client) -> None:
    house, (one,) = house_of("One")
    roll_call = build.vote(house, {one: Position.FOR})

    answer = anna.post(page("correct", roll_call), {"reason": " "})

    assert answer.context["form"].errors == {
        "reason": ["This field is required."],
        "__all__": ["Name the document that shows the mistake, or upload a copy of it."],
    }
    assert roll_call.versions.count() == 1


def test_a_vote_is_taken_out_of_the_record_by_two_and_brought_back(anna: Client, boris: Client) -> None:
    house, (one, two) = house_of("Anna One", "Boris Two")
    positions = {one: Position.FOR, two: Position.FOR}
    roll_call = build.vote(house, positions, held_at=build.moment(20))
    build.link(build.platform(house).demands.get(), roll_call)
    address = f"/en/{house.slug}/votes/{roll_call.slug}/"

    correct(anna, roll_call, withdraw="on")
    save(anna, roll_call, positions, "submit")
    review = boris.get(page("review", roll_call))
    publish(boris, roll_call)

    assert "It takes the vote out of the record" in review.text
    assert len(review.context["moved"]) == 6
    assert Client().get(address).status_code == 410
    assert "taken out of the record" in anna.get(page("change", roll_call)).text
    assert Score.objects.exclude(mass=0).count() == 0

    correct(anna, roll_call)
    save(anna, roll_call, positions, "submit")
    publish(boris, roll_call)

    assert Client().get(address).status_code == 200
    assert [version.withdrawn for version in roll_call.versions.order_by("number")] == [False, True, False]


def test_a_second_correction_leads_to_the_open_one(anna: Client, boris: Client) -> None:
    house, (one,) = house_of("One")
    roll_call = build.vote(house, {one: Position.FOR}, held_at=build.moment(20))
    correct(anna, roll_call)

    answer = correct(boris, roll_call, reason="another")

    assert "A correction is being worked on already" in told(answer)
    assert roll_call.versions.count() == 2


def test_a_discarded_correction_leaves_what_is_published(anna: Client) -> None:
    house, (one,) = house_of("One")
    roll_call = build.vote(house, {one: Position.FOR}, held_at=build.moment(20))
    correct(anna, roll_call)

    anna.post(page("discard", roll_call))
    again = anna.post(page("discard", roll_call), follow=True)

    assert roll_call.versions.get().state == State.PUBLISHED
    assert "There is no draft to discard" in told(again)


def test_a_discarded_first_draft_is_gone(anna: Client) -> None:
    house, _ = house_of("One")

    anna.post(page("discard", start(anna, house)))

    assert not RollCall.objects.exists()


@pytest.mark.parametrize(
    ("more", "field", "words"),
    [
        ({"held_at": "2090-01-01T10:00:00"}, "held_at", "This moment lies in the future"),
        ({"held_at": "0001-01-01T00:00:00"}, "held_at", "Write the year in full"),
        (
            {"held_at": "", "held_precision": "minute"},
            "__all__",
            "Held at: give the date, or say that it is not known.",
        ),
        ({"title_en": "", "title_ru": ""}, "__all__", "Title: give it in Russian or in English."),
        ({"threshold": "fixed"}, "__all__", "Threshold: write the number of votes"),
        ({"vote_id": "v-taken"}, "vote_id", "open that one instead"),
        ({"total_for": "many"}, "total_for", "Enter a whole number."),
    ],
)
def test_a_bad_header_is_refused_at_its_field(anna: Client, more: dict[str, Any], field: str, words: str) -> None:
    house, _ = house_of("One")
    RollCall.objects.create(chamber=house, vote_id="v-taken", slug="v-taken")

    answer = anna.post(reverse("admin:votes_rollcall_add"), header(chamber=house.pk) | more)

    assert words in " ".join(answer.context["form"].errors[field])
    assert RollCallVersion.objects.count() == 0


def test_the_threshold_follows_the_rule_of_that_day(anna: Client) -> None:
    house, _ = house_of("One", threshold=Threshold.MEMBERS)

    assert start(anna, house, threshold="").versions.get().threshold == "members"

    house.voting_rules.all().delete()
    answer = anna.post(reverse("admin:votes_rollcall_add"), header(chamber=house.pk, threshold=""))
    assert "No voting rule of this chamber covers that day" in answer.content.decode()


def test_a_day_is_stored_as_its_first_moment_in_the_chambers_time(anna: Client) -> None:
    house, _ = house_of("One", **MOSCOW)

    version = start(anna, house, held_precision="day").versions.get()

    assert version.held_at == dt.datetime(2024, 3, 4, 21, tzinfo=dt.UTC)


def test_moving_the_date_drops_who_had_no_seat_then_and_says_so(anna: Client) -> None:
    house, (one,) = house_of("One")
    late = build.deputy(house, "Came Later", held=(build.moment(40), None))
    roll_call = start(anna, house)
    save(anna, roll_call, {one: Position.FOR, late: Position.FOR})

    answer = save(anna, roll_call, {one: Position.FOR, late: Position.FOR}, held_at="2024-01-10T10:00:00")

    assert "Removed, because they held no seat at that moment: Came Later." in told(answer)
    assert RollCallVersion.objects.get().ballots.get().person == one


def test_the_same_number_on_the_same_day_is_remarked(anna: Client) -> None:
    house, (one,) = house_of("One")
    start(anna, house)
    second = start(anna, house)

    answer = save(anna, second, {one: Position.FOR}, "submit")

    assert "Look whether this one is being entered twice." in answer.content.decode()
    assert set(RollCall.objects.values_list("vote_id", flat=True)) == {"2024-03-05-7", "2024-03-05-7-2"}


def test_a_warning_is_acknowledged_by_name_and_shown_to_the_reviewer(anna: Client, boris: Client) -> None:
    house, people = house_of("Anna", "Boris", "Vera", "Gleb", group="Left")
    roll_call = start(anna, house)
    marks = dict.fromkeys(people, Position.FOR) | {people[0]: Position.AGAINST}

    answer = save(anna, roll_call, marks, "submit")
    assert "Anna" in answer.context["warnings"][0].words
    assert anna.post(page("submit", roll_call)).status_code == 302
    assert RollCallVersion.objects.get().state == State.MATCHED
    hand_on(anna, roll_call)

    seen_by = RollCallVersion.objects.get().acknowledgements.get()
    assert (str(seen_by.by), RollCallVersion.objects.get().state) == ("anna", State.SUBMITTED)
    assert "seen by anna" in boris.get(page("review", roll_call)).content.decode()


def test_an_acknowledgement_lapses_with_what_it_was_about(anna: Client) -> None:
    house, people = house_of("Anna", "Boris", "Vera", "Gleb", group="Left")
    roll_call = start(anna, house)
    save(anna, roll_call, dict.fromkeys(people, Position.FOR) | {people[0]: Position.AGAINST}, "submit")
    hand_on(anna, roll_call)
    anna.post(page("take_back", roll_call))

    save(anna, roll_call, dict.fromkeys(people, Position.FOR) | {people[1]: Position.AGAINST}, "submit")

    assert RollCallVersion.objects.get().state == State.MATCHED


@pytest.mark.parametrize("seats", [1, 45])
def test_the_form_reads_the_same_few_tables_for_any_number_of_deputies(anna: Client, seats: int) -> None:
    house, people = house_of(*(f"Deputy {n}" for n in range(seats)), group="Left")
    roll_call = build.draft(house, dict.fromkeys(people, Position.FOR)).roll_call
    anna.get(page("change", roll_call))

    with CaptureQueriesContext(connection) as queries:
        anna.get(page("change", roll_call))

    assert len(queries) <= 25


def test_a_published_roll_call_cannot_be_saved_over(anna: Client) -> None:
    house, (one,) = house_of("One")
    roll_call = build.vote(house, {one: Position.FOR}, held_at=build.moment(20))

    anna.post(page("change", roll_call), header() | rows({one: Position.AGAINST}) | {"seen": "", "save": ""})

    assert roll_call.versions.get().ballots.get().position == "for"


def test_the_list_tells_title_date_and_state(anna: Client) -> None:
    house, (one,) = house_of("One")
    build.vote(house, {one: Position.FOR})
    start(anna, house)

    html = anna.get(reverse("admin:votes_rollcall_changelist")).content.decode()

    assert "On kindergartens" in html or "О детских садах" in html
    assert "Draft, version 1" in html
    assert "2024-03-05 10:30" in html


def test_a_mandate_is_needed_before_a_vote(anna: Client) -> None:
    house = build.chamber()
    roll_call = start(anna, house)

    answer = save(anna, roll_call, {}, "submit")

    assert not Mandate.objects.exists()
    assert "Nobody held a seat at that moment" in answer.content.decode()


def test_without_a_date_everybody_is_listed_once(anna: Client) -> None:
    house, (one,) = house_of("Sat Twice")
    first = one.mandates.get()
    first.held = (build.START, build.moment(100))
    first.save()
    Mandate.objects.create(
        person=one, chamber=house, term=first.term, district=first.district, held=(build.moment(100), None)
    )
    roll_call = start(anna, house, held_at="", held_precision="unknown")

    last = one.mandates.latest("pk")
    answer = anna.post(
        page("change", roll_call),
        header(held_at="", held_precision="unknown")
        | {f"p-{last.pk}": "for", "seen": seen(anna, roll_call), "save": ""},
        follow=True,
    )

    assert "1 of 1 deputies are entered" in told(answer)


def test_a_published_vote_without_names_says_so(anna: Client) -> None:
    house, _ = house_of("One")
    roll_call = build.vote(house, {}, kind="secret")

    html = anna.get(page("change", roll_call)).content.decode()

    assert "The record of this vote has no names." in html
    assert "no ballot" not in html


def test_a_draft_that_something_is_about_is_not_discarded(anna: Client) -> None:
    house, _ = house_of("Ivan Ivanov")
    draft = build.draft(house)
    build.link(build.platform(house).demands.get(), draft.roll_call, published=False)

    answer = anna.post(reverse("admin:votes_rollcall_discard", args=[draft.roll_call_id]), follow=True)

    assert "A link, a ruling or a decision is about this vote." in answer.content.decode()
    assert RollCallVersion.objects.filter(pk=draft.pk).exists()


def test_a_list_can_come_with_the_header(anna: Client) -> None:
    house, (one, two, three) = house_of("Anna Arbor", "Boris Birch", "Vera Cedar")

    answer = anna.post(
        reverse("admin:votes_rollcall_add"),
        header(chamber=house.pk, text="For:\nArbor A.\nBirch B.\nAgainst:\nSomebody Else"),
        follow=True,
    )

    roll_call = RollCall.objects.get()
    assert answer.redirect_chain[-1][0] == page("names", roll_call)
    assert dict(roll_call.versions.get().ballots.values_list("person", "position")) == {one.pk: "for", two.pk: "for"}
    assert three.pk not in roll_call.versions.get().ballots.values_list("person", flat=True)


def test_a_list_that_cannot_be_read_leaves_the_header(anna: Client) -> None:
    house, _ = house_of("Anna Arbor")

    answer = anna.post(reverse("admin:votes_rollcall_add"), header(chamber=house.pk, text="Arbor A. — perhaps"))

    assert "Nothing was entered." in answer.content.decode()
    assert RollCallVersion.objects.get().ballots.count() == 0
