"""A drill entered from its protocol through the plain forms, and compared with it where a real vote is published."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coalition.accounts.models import User
from coalition.demo.drill import Question, expected, load_drill, questions
from coalition.demo.files import create_chamber
from coalition.demo.story import Story
from coalition.demo.zarechny import RAW, _create_mandates, _create_memberships
from coalition.desk.queue import drafts_of, to_publish
from deputies.people.models import Alias, Person
from deputies.votes.enums import NameState, Position, State
from deputies.votes.models import RollCall, RollCallVersion, Sitting, WrittenName
from deputies.votes.reports.findings import everybody
from tests.coalition.accounts import door
from tests.refuses import refused_by

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


@pytest.fixture
def drill() -> Sitting:
    """The invented chamber with its deputies and its drill, without its votes."""
    story = Story()
    chamber, term = create_chamber(story.facts)
    _create_memberships(story, _create_mandates(chamber, term, story))
    return load_drill(chamber)


@pytest.fixture
def anna(drill: Sitting) -> Client:
    """Whoever enters; the drill has begun."""
    client = door.signed_in(door.organiser("anna"))
    with time_machine.travel(START, tick=False):
        assert client.post(reverse("admin:votes_sitting_start", args=[drill.pk])).status_code == 302
    return client


@pytest.fixture
def boris() -> Client:
    return door.signed_in(door.organiser("boris"))


def question(nth: int) -> tuple[Question, RollCall]:
    asked = questions()[nth]
    return asked, RollCall.objects.get(sitting__is_drill=True, versions__question_number=asked.number)


def page(name: str, roll_call: RollCall) -> str:
    return reverse(f"admin:votes_rollcall_{name}", args=[roll_call.pk])


def form_of(client: Client, roll_call: RollCall) -> dict[str, Any]:
    """What the form of the grid says before anything is entered."""
    context = client.get(page("change", roll_call)).context
    initial = {name: context["form"][name].value() for name in context["form"].fields}
    held = {"held_at": "2026-10-15T00:00:00"}
    return {name: value for name, value in initial.items() if value is not None} | held | {"seen": context["seen"]}


def enter(client: Client, roll_call: RollCall, marks: dict[int, Position]) -> None:
    """Choose the mark of every row, save, acknowledge every warning and hand it on."""
    filled = form_of(client, roll_call)
    for one in everybody(roll_call.versions.get()):
        mark = marks[one.mandate.person_id]
        filled[f"p-{one.mandate.pk}"] = mark.value
        filled[f"e-{one.mandate.pk}"] = "болезнь" if mark is Position.EXCUSED else ""
    assert client.post(page("change", roll_call), filled | {"save": ""}).status_code == 302
    hand_on(client, roll_call)


def hand_on(client: Client, roll_call: RollCall) -> None:
    shown = client.get(page("submit", roll_call)).context
    assert [one.words for one in shown["blocks"]] == []
    client.post(page("submit", roll_call), {f"seen-{one.key}": "1" for one in shown["warnings"]})
    assert roll_call.versions.get().state == State.SUBMITTED


def publish(client: Client, roll_call: RollCall) -> Any:
    """Approve and publish as the second person."""
    context = client.get(page("review", roll_call)).context
    ticks = {part.key: "1" for part in context["parts"]} | {"seen": context["seal"]}
    return client.post(page("review", roll_call), ticks | {"publish": ""}, follow=True)


def text_of(answer: Any) -> str:
    return " ".join(re.sub("<[^>]+>", " ", answer.content.decode()).split())


@pytest.mark.parametrize("nth", [0, 1, 2])
def test_exactly_the_protocol_gives_every_mark_and_is_published_nowhere(
    drill: Sitting, anna: Client, boris: Client, nth: int
) -> None:
    asked, roll_call = question(nth)
    with time_machine.travel(START + dt.timedelta(minutes=2, seconds=5), tick=False):
        enter(anna, roll_call, expected(asked))

    compared = publish(boris, roll_call)

    assert compared.redirect_chain[-1][0] == page("drill", roll_call)
    assert "45 of 45 marks as in the protocol" in text_of(compared)
    assert "2 min 5 s" in text_of(compared)
    roll_call.refresh_from_db()
    assert (roll_call.published, roll_call.versions.get().state) == (None, State.REVIEWED)
    assert boris.get(page("publish", roll_call))["Location"] == page("drill", roll_call)
    assert list(to_publish()) == []


@pytest.mark.parametrize("nth", [0, 2])
def test_each_line_prints_the_right_mark_beside_the_district(nth: int) -> None:
    asked, members = questions()[nth], Story().members
    lines = {line.partition(".")[0]: line for line in asked.lines}

    printed = {one: mark for one, mark in asked.marks.items() if mark is not Position.NO_MARK}
    assert all(f" — {RAW[mark]}" in lines[members[one]["constituency"]] for one, mark in printed.items())
    assert sum(line[0].isdigit() for line in asked.lines) == len(printed)


def test_a_wrong_mark_is_named(drill: Sitting, anna: Client, boris: Client) -> None:
    asked, roll_call = question(0)
    marks = expected(asked)
    one = Person.objects.get(name_ru="Тамара Вересова")  # for, like Роман Ветошкин below: the totals still agree
    other = Person.objects.get(name_ru="Яна Ильменская")
    enter(anna, roll_call, marks | {one.pk: marks[other.pk], other.pk: marks[one.pk]})

    compared = publish(boris, roll_call)

    assert [(d.name, d.printed, d.entered) for d in compared.context["differing"]] == [
        ("Ilmenskaya Y.", "Against", "For"),
        ("Veresova T.", "For", "Against"),
    ]
    assert "43 of 45 marks as in the protocol" in text_of(compared)


def test_the_time_of_the_next_question_begins_when_the_one_before_is_handed_on(
    drill: Sitting, anna: Client, boris: Client
) -> None:
    for nth, minutes in ((0, 3), (1, 5)):
        asked, roll_call = question(nth)
        with time_machine.travel(START + dt.timedelta(minutes=minutes), tick=False):
            enter(anna, roll_call, expected(asked))

    assert "2 min 0 s" in text_of(publish(boris, question(1)[1]))
    assert "3 min 0 s" in text_of(publish(boris, question(0)[1]))


def test_the_list_is_pasted_as_printed_and_the_misprinted_name_decided(anna: Client, boris: Client) -> None:
    asked, roll_call = question(1)

    anna.post(page("paste", roll_call), {"text": "\n".join(asked.lines)})
    misprint = WrittenName.objects.get(state=NameState.UNMATCHED.value)
    (meant,) = (
        one.mandate.person
        for one in everybody(roll_call.versions.get())
        if not roll_call.versions.get().ballots.filter(person=one.mandate.person_id)
    )
    anna.post(page("names", roll_call), {f"n-{misprint.pk}": meant.pk})
    hand_on(anna, roll_call)
    compared = publish(boris, roll_call)

    assert (misprint.name, meant.name_ru) == ("Толстопалов А. Р.", "Артур Толстопятов")
    assert "45 of 45 marks as in the protocol" in text_of(compared)
    assert "1 name of the list was decided by hand." in text_of(compared)


def test_the_third_question_is_pasted_and_the_rest_has_no_mark(anna: Client, boris: Client) -> None:
    asked, roll_call = question(2)

    anna.post(page("paste", roll_call), {"text": "\n".join(asked.lines), "rest": Position.NO_MARK.value})
    hand_on(anna, roll_call)

    assert sum(mark is Position.NO_MARK for mark in asked.marks.values()) == 4
    assert "45 of 45 marks as in the protocol" in text_of(publish(boris, roll_call))


def test_starting_again_empties_what_was_entered_approved_and_remembered(
    drill: Sitting, anna: Client, boris: Client
) -> None:
    anna_, misprinted = User.objects.get(username="anna"), Person.objects.get(name_ru="Артур Толстопятов")
    for nth in (0, 1):
        enter(anna, question(nth)[1], expected(question(nth)[0]))
    publish(boris, question(0)[1])
    Alias.objects.create(
        person=misprinted, name="Толстопалов А. Р.", source=drill.source, picked_by=anna_, picked_at=START
    )

    anna.post(reverse("admin:votes_sitting_start", args=[drill.pk]))

    drafts = RollCallVersion.objects.filter(roll_call__sitting=drill).order_by("pk")
    assert [(one.question_number, one.state, one.ballots.count()) for one in drafts] == [
        (f"37.{nth}", "draft", 0) for nth in (1, 2, 3)
    ]
    assert not misprinted.aliases.filter(name="Толстопалов А. Р.").exists()


def test_the_first_page_shows_a_drill_until_it_is_begun(drill: Sitting) -> None:
    user = door.organiser("vera")
    client = door.signed_in(user)

    before, waiting = client.get("/admin/").context["overview"].drill, drafts_of(user).count()
    client.post(reverse("admin:votes_sitting_start", args=[drill.pk]))
    after = client.get("/admin/").context["overview"].drill

    assert (before, waiting) == (drill, 0)
    assert (after, drafts_of(user).count()) == (None, 3)


def test_a_drill_says_so_and_leads_to_its_protocol(drill: Sitting, anna: Client) -> None:
    sitting = door.signed_in(door.organiser("root", superuser=True)).get(
        reverse("admin:votes_sitting_change", args=[drill.pk])
    )
    protocol = anna.get(reverse("admin:votes_sitting_protocol", args=[drill.pk]))

    assert "This is a drill" in text_of(sitting)
    assert reverse("admin:votes_sitting_protocol", args=[drill.pk]) in sitting.content.decode()
    for asked in questions():
        assert f"Вопрос {asked.number} / Question {asked.number}" in text_of(protocol)
        assert all(line in text_of(protocol) for line in asked.lines)
    assert drill.source is not None
    assert drill.source.media_type == "text/plain; charset=utf-8"


def test_a_drill_starts_only_by_a_post_of_somebody_who_enters(drill: Sitting) -> None:
    address = reverse("admin:votes_sitting_start", args=[drill.pk])
    stranger = door.signed_in(door.organiser("guest", roles=["Auditors"]))

    assert door.signed_in(door.organiser("boris")).get(address).status_code == 405
    assert stranger.post(address).status_code == 403
    assert not RollCallVersion.objects.exclude(opened_at=None).exists()


def test_only_a_drill_has_a_protocol_a_start_and_a_comparison(drill: Sitting, anna: Client) -> None:
    real = Sitting.objects.create(chamber=drill.chamber, began_at=START)

    assert anna.get(reverse("admin:votes_sitting_protocol", args=[real.pk])).status_code == 404
    assert anna.post(reverse("admin:votes_sitting_start", args=[real.pk])).status_code == 404


def test_a_link_cannot_be_made_to_a_drill(drill: Sitting, anna: Client) -> None:
    answer = anna.post(reverse("admin:scorecards_link_add"), {"roll_call": question(0)[1].pk})

    assert "roll_call" in answer.context["adminform"].form.errors


def test_the_database_never_lets_a_drill_be_published(drill: Sitting) -> None:
    version = RollCallVersion.objects.filter(roll_call__sitting=drill)[0]
    sealed = {"published_at": START, "content_hash": "a" * 64, "vouched": True}

    with refused_by("votes_rollcallversion_drill_never_published"):
        RollCallVersion.objects.filter(pk=version.pk).update(state=State.PUBLISHED, **sealed)
    with refused_by("votes_rollcallversion_drill_never_published"):
        RollCallVersion.objects.create(
            roll_call=version.roll_call, number=2, state=State.PUBLISHED, title_en="x", threshold="voting",
            held_at=START, **sealed,
        )  # fmt: skip


def test_a_drill_stays_a_drill_with_its_roll_calls(drill: Sitting) -> None:
    real = Sitting.objects.create(chamber=drill.chamber, began_at=START)
    moved = RollCall.objects.filter(sitting=drill)
    other = RollCall.objects.create(chamber=drill.chamber, vote_id="real", slug="real", sitting=real)

    with refused_by("votes_sitting_stays_drill"):
        Sitting.objects.filter(pk=drill.pk).update(is_drill=False)
    for sitting in (real, None):
        with refused_by("votes_sitting_stays_drill"):
            moved.update(sitting=sitting)
    with refused_by("votes_sitting_stays_drill"):
        RollCall.objects.filter(pk=other.pk).update(sitting=drill)
    assert RollCall.objects.filter(pk=other.pk).update(sitting=None) == 1
