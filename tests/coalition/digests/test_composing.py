"""Which items are in whose letter."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from coalition.digests.composing import Composer, Followed
from coalition.digests.enums import DeliveryKind, What
from coalition.digests.items import Section
from coalition.digests.reports import latest_event
from deputies.journal.enums import EventKind
from deputies.people.actions import note_change
from deputies.people.enums import Entered, Left
from deputies.people.models import Chamber, Mandate, Person
from deputies.sources.models import cite
from deputies.votes.actions import open_correction
from deputies.votes.actions.announcing import put_back, revise, withdraw
from deputies.votes.enums import Position, Result
from deputies.votes.models import AgendaItem, RollCall
from pledges.platform.enums import Chapter
from pledges.platform.models import Demand, DemandText, PlatformVersion
from pledges.scorecards.actions import announce_method, publish_platform
from pledges.scorecards.profiles import profile_named
from tests import build
from tests.coalition.digests.build import AT, TOKEN, key, letter_for, reader_for, text_for

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
# In which sections letters tell of an event, or why they do not.
TOLD: dict[EventKind, tuple[Section, ...] | str] = {
    EventKind.VOTE_PUBLISHED: (Section.DEPUTIES, Section.VOTES, Section.SCORES),
    EventKind.VOTE_CORRECTED: (Section.CORRECTIONS, Section.SCORES),
    EventKind.PLATFORM_PUBLISHED: (Section.PLATFORM, Section.SCORES),
    EventKind.METHOD_ANNOUNCED: (Section.PLATFORM,),
    EventKind.SCORES_RECOUNTED: (Section.SCORES,),
    EventKind.MANDATE_CHANGED: (Section.SEATS,),
    EventKind.WORD_GIVEN: (Section.WORDS,),
    EventKind.PLEDGE_STATUS: (Section.WORDS,),
    EventKind.FINDING_PUBLISHED: (Section.WORDS,),
    EventKind.FINDING_WITHDRAWN: (Section.CORRECTIONS,),
    EventKind.VOTE_ANNOUNCED: (Section.COMING,),
    EventKind.VOTE_MOVED: (Section.COMING,),
    EventKind.HOLD_ENDED: (Section.DEPUTIES, Section.CORRECTIONS, Section.SCORES, Section.WORDS),  # what was left out
    EventKind.FROZEN: "pages say it; what stops is publishing, not the record",
    EventKind.THAWED: "what is published from then on is told",
    EventKind.DISPUTE_CLOSED: "what follows from it is a correction, or the end of a hold",
}


@pytest.fixture
def chamber() -> Chamber:
    return build.chamber(slug="town")


@pytest.fixture
def anna(chamber: Chamber) -> Person:
    return build.deputy(chamber, "Anna Example")


@pytest.fixture
def demand(chamber: Chamber) -> Demand:
    return build.platform(chamber, demands=[Chapter.SOCIAL, Chapter.DEMOCRATIC]).demands.get(slug="d1")


def linked(demand: Demand, positions: dict[Person, Position], **more: Any) -> RollCall:
    vote = build.vote(demand.platform.coalition.chamber, positions, **more)
    build.link(demand, vote)
    return vote


def corrected(vote: RollCall, positions: dict[Person, Position], **more: Any) -> None:
    build.publish(build.draft(vote.chamber, positions, roll_call=vote, **more))


def keys_of(chamber: Chamber, anna: Person, demand: Demand) -> dict[What, str]:
    rows = {What.PERSON: anna, What.DISTRICT: anna.mandates.get().district, What.DEMAND: demand}
    return {what: key(what, chamber, rows.get(what)) for what in What}


def test_every_kind_of_event_is_told_or_a_reason_is_given() -> None:
    assert set(TOLD) == set(EventKind)
    assert {section for told in TOLD.values() if isinstance(told, tuple) for section in told} == set(Section)


def test_everybody_who_follows_what_a_vote_is_about_is_told(chamber: Chamber, anna: Person, demand: Demand) -> None:
    other = build.platform(build.chamber()).demands.get()
    start = latest_event()
    vote = linked(demand, {anna: Position.FOR})
    told = {what: vote.slug in text_for(one, after=start) for what, one in keys_of(chamber, anna, demand).items()}

    assert told == {what: what not in (What.DEMOCRATIC, What.UPCOMING) for what in What}
    assert text_for(key(What.DEMAND, other.platform.coalition.chamber, other), after=start) == ""


def test_a_vote_of_a_followed_deputy_is_not_told_a_second_time_as_a_whole(
    chamber: Chamber, anna: Person, demand: Demand
) -> None:
    start = latest_event()
    vote = linked(demand, {anna: Position.FOR})

    text = text_for(*keys_of(chamber, anna, demand).values(), after=start)

    assert text.count(f"/votes/{vote.slug}/") == 1
    assert "Anna Example: for (as the platform asks: Demand 1)." in text


def test_a_district_means_whoever_held_its_mandate_at_the_vote(chamber: Chamber, demand: Demand) -> None:
    until = build.moment(15)
    anna = build.deputy(chamber, "Anna Example", held=(build.START, until))
    district = anna.mandates.get().district
    boris = build.deputy(chamber, "Boris Example", held=(until, None))
    boris.mandates.update(district=district)
    start = latest_event()
    linked(demand, {anna: Position.FOR}, held_at=build.moment(10))
    linked(demand, {boris: Position.AGAINST}, held_at=build.moment(20))

    text = text_for(key(What.DISTRICT, chamber, district), after=start)

    assert ("Anna Example: for (" in text, "Boris Example: against (" in text) == (True, True)


@pytest.mark.parametrize("plain", [True, False])
def test_a_subject_names_something_only_for_those_who_wish_it(chamber: Chamber, anna: Person, plain: bool) -> None:
    for _ in range(3):
        build.vote(chamber, {anna: Position.FOR}, title_en="On a very long title " * 9)

    letter = letter_for(key(What.PERSON, chamber, anna), plain_subject=plain)

    assert letter
    assert letter.subject == ("Your weekly summary, 3 items" if plain else "Anna Example: for and 2 more")
    preheader = letter.html.split('overflow: hidden">')[1].split("<")[0]
    assert preheader == ("3 pieces of news" if plain else "Your deputies: 3")


# --- ranges -----------------------------------------------------------------------------------------------------------


def test_what_is_followed_later_begins_later(chamber: Chamber, anna: Person, demand: Demand) -> None:
    boris = build.deputy(chamber, "Boris Example")
    start = latest_event()
    linked(demand, {anna: Position.FOR, boris: Position.FOR})
    later = latest_event()
    linked(demand, {anna: Position.AGAINST, boris: Position.AGAINST})
    follows = [Followed(key(What.PERSON, chamber, anna), 0), Followed(key(What.PERSON, chamber, boris), later)]

    text = text_for(*follows, after=start)

    assert re.findall(r"(\w+) Example: (for|against) ", text) == [
        ("Anna", "for"), ("Anna", "against"), ("Boris", "against")
    ]  # fmt: skip
    assert "Anna Example: no counted vote to 1 of 2" in text
    assert "Boris Example: 1 of 1 to 1 of 2" in text


def test_readers_with_other_watermarks_share_what_happened_between(
    chamber: Chamber, anna: Person, demand: Demand, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    start = latest_event()
    build.vote(build.chamber(), {})
    linked(demand, {anna: Position.FOR})
    composer, until, person = Composer(), latest_event(), key(What.PERSON, chamber, anna)

    def composed(after: int) -> str:
        letter = composer.compose(reader_for(person, after=after, until=until), AT)
        return letter.text if letter else ""

    first = composed(start)
    with django_assert_num_queries(0):  # type: ignore[operator]
        again = [composed(start), composed(start + 1), composed(until)]

    assert again == [first, first, ""]


# --- corrections ------------------------------------------------------------------------------------------------------


def test_a_correction_says_what_was_told_what_is_right_and_why(chamber: Chamber, anna: Person, demand: Demand) -> None:
    boris, vera = build.deputy(chamber, "Boris Example"), build.deputy(chamber, "Vera Example")
    vote = linked(demand, {anna: Position.FOR, boris: Position.FOR, vera: Position.FOR}, result=Result.ADOPTED.value)
    start = latest_event()
    corrected(vote, {anna: Position.AGAINST, vera: Position.FOR}, result=Result.ADOPTED.value)

    text = text_for(*(key(What.PERSON, chamber, one) for one in (anna, boris)), after=start)

    assert "Corrections ----------- Corrected: " in text
    assert "Adopted: 1 voted for, 1 against. Shown before: Adopted: 3 voted for, 0 against." in text
    assert "Why it was corrected: the clerk's erratum" in text
    assert "Anna Example: was “for”, is “against” (not as it asks: Demand 1)." in text
    assert "Boris Example: was “for”, is “no ballot on record”." in text
    assert "Vera Example" not in text


def test_a_correction_is_told_to_all_who_followed_before_it(chamber: Chamber, anna: Person, demand: Demand) -> None:
    vote = linked(demand, {anna: Position.FOR})
    start = latest_event()
    corrected(vote, {anna: Position.AGAINST})
    person = key(What.PERSON, chamber, anna)

    assert "Corrected: " in text_for(Followed(person, 0), after=start)
    assert "Corrected: " in text_for(Followed(person, start), after=start)  # a page had shown it
    assert "Corrected: " not in text_for(Followed(person, latest_event()), after=start)


def test_a_correction_before_the_letter_replaces_what_it_corrects_in_one_line(
    chamber: Chamber, anna: Person, demand: Demand
) -> None:
    start = latest_event()
    vote = linked(demand, {anna: Position.FOR})
    corrected(vote, {anna: Position.AGAINST})

    text = text_for(key(What.PERSON, chamber, anna), after=start)

    assert "Corrected" not in text
    assert re.findall(r"Anna Example: (for|against) ", text) == ["against"]


def test_a_vote_that_was_taken_out_of_the_record_is_a_correction(chamber: Chamber, anna: Person) -> None:
    vote = build.vote(chamber, {anna: Position.FOR}, result=Result.ADOPTED.value)
    start = latest_event()
    build.publish(
        open_correction(roll_call=vote, by=None, reason="Twice", evidence=cite(title="Minutes"), withdraw=True)
    )

    text = text_for(key(What.PERSON, chamber, anna), after=start)

    assert "Corrections ----------- Taken out of the record: " in text
    assert "Shown before: Adopted: 1 voted for, 0 against. Why it was corrected: Twice" in text


# --- coming votes -----------------------------------------------------------------------------------------------------


def coming(chamber: Chamber, demand: Demand) -> AgendaItem:
    item = build.item(chamber, AT + 10 * DAY, at=AT - DAY, title_en="On the lake")
    build.item_link(demand, item, at=AT - DAY)
    return item


def test_a_coming_vote_is_told_with_what_is_expected_and_whom_to_ask(
    chamber: Chamber, anna: Person, demand: Demand
) -> None:
    build.deputy(chamber, "Boris Example")
    build.pledge(anna, demand)
    start = latest_event()
    coming(chamber, demand)

    told = {what: text_for(one, after=start) for what, one in keys_of(chamber, anna, demand).items()}

    assert {what for what, text in told.items() if not text} == {What.DEMOCRATIC}
    assert (
        "Coming votes ------------ On the lake Voting is announced for 13 June 2024, 12:00. The platform asks to adopt "
        "it: Demand 1. Needed to adopt it: more for than against. Expected: for 1, against 0, position not known 1. "
        "http://127.0.0.1:8000/en/town/upcoming/on-the-lake/ In your calendar: "
        "http://127.0.0.1:8000/en/town/upcoming.ics "
    ) in told[What.DEMAND]
    assert "Anna Example: expected for (pledged). Ask: http" in told[What.PERSON]
    assert "Boris" not in told[What.PERSON]
    assert "Boris Example: position not known. Ask: http" in told[What.UPCOMING]
    assert text_for(key(What.DEMAND, chamber, demand), after=start, at=AT + 10 * DAY) == ""


def test_a_coming_vote_without_a_demand_is_never_mailed(chamber: Chamber, anna: Person, demand: Demand) -> None:
    start = latest_event()
    build.item(chamber, AT + DAY, at=AT - DAY)

    assert text_for(*keys_of(chamber, anna, demand).values(), after=start) == ""


def test_a_coming_vote_is_news_when_it_is_linked_and_only_once(chamber: Chamber, anna: Person, demand: Demand) -> None:
    start, person = latest_event(), key(What.PERSON, chamber, anna)
    item = build.item(chamber, AT + 10 * DAY, at=AT - 2 * DAY, title_en="On the lake")
    item.starts_at += DAY
    revise(item=item, at=AT - 2 * DAY)
    announced = latest_event()
    build.item_link(demand, item, at=AT - DAY)

    assert text_for(person, after=start, until=announced) == ""
    assert "On the lake" in text_for(person, after=announced)
    assert text_for(person, after=latest_event()) == ""


def test_what_was_told_at_once_is_not_told_again_unless_it_changed(
    chamber: Chamber, anna: Person, demand: Demand
) -> None:
    start = latest_event()
    item = coming(chamber, demand)
    person, told = key(What.PERSON, chamber, anna), frozenset([latest_event()])

    assert text_for(person, after=start, told=told) == ""
    item.starts_at -= DAY
    revise(item=item, at=AT)
    assert "Until now it was announced for 13 June 2024, 12:00." in text_for(person, after=start + 2)
    assert "On the lake Voting is announced for 12 June 2024" in text_for(person, after=start, told=told)


def test_a_vote_taken_off_the_agenda_and_put_back_says_so(chamber: Chamber, anna: Person, demand: Demand) -> None:
    item, person = coming(chamber, demand), key(What.PERSON, chamber, anna)
    start = latest_event()

    withdraw(item=item, at=AT)
    off = latest_event()
    assert "Taken off the agenda: On the lake" in text_for(person, after=start)
    put_back(item=item, at=AT)

    assert "On the agenda again: On the lake" in text_for(person, after=off)
    assert text_for(person, after=start) == ""


# --- platform, method, seats ------------------------------------------------------------------------------------------


def test_a_new_version_and_another_method_are_told_to_everybody_of_the_chamber(
    chamber: Chamber, anna: Person, demand: Demand
) -> None:
    start, platform = latest_event(), demand.platform
    version = PlatformVersion.objects.create(platform=platform, number=2, title_en="Second")
    new = Demand.objects.create(
        platform=platform, slug="d9", demand_id="d9", chapter="social", in_force_from=build.START
    )
    for one in (demand, new):
        DemandText.objects.create(version=version, demand=one, title_en=f"Demand {one.slug}")
    publish_platform(platform=platform, version=version, links=[], vouched=True, at=build.LATER)
    announce_method(platform=platform, profile=profile_named("half-credit", 1), at=build.LATER)

    text = text_for(key(What.PERSON, chamber, anna), after=start)

    assert "A new version of the platform: Second New demands: Demand d9. No longer demanded: Demand 2." in text
    assert "Scores are to be counted by another method: “Half for silence and absence”." in text
    assert text_for(key(What.UPCOMING, chamber), after=start) == ""


def test_a_vote_that_is_linked_later_is_told_to_who_follows_the_demand(
    chamber: Chamber, anna: Person, demand: Demand
) -> None:
    vote = build.vote(chamber, {anna: Position.FOR})
    start = latest_event()
    build.link(demand, vote)

    told = "1 earlier vote is now compared with the demand “Demand 1”."
    assert told in text_for(key(What.DEMAND, chamber, demand), after=start)
    assert told not in text_for(key(What.PERSON, chamber, anna), after=start)


def test_a_deputy_who_leaves_is_told_with_the_successor(chamber: Chamber, demand: Demand) -> None:
    anna = build.deputy(chamber, "Anna Example")
    mandate, until = anna.mandates.get(), build.moment(140)
    start = latest_event()
    Mandate.objects.filter(pk=mandate.pk).update(held=DateTimeTZRange(build.START, until), left=Left.RESIGNED.value)
    boris = Person.objects.create(slug="boris", name_en="Boris Example")
    came = Mandate.objects.create(
        person=boris, chamber=chamber, term=mandate.term, district=mandate.district,
        held=DateTimeTZRange(until, None), entered=Entered.BY_ELECTION.value,
    )  # fmt: skip
    note_change(chamber=chamber, subject=f"mandate:{mandate.pk}", mandates=[mandate], at=build.LATER)
    note_change(chamber=chamber, subject=f"mandate:{came.pk}", mandates=[came], at=build.LATER)

    person = text_for(key(What.PERSON, chamber, anna), after=start)
    district = text_for(key(What.DISTRICT, chamber, mandate.district), after=start)

    assert "Anna Example: the mandate ended, 20 May 2024 (resignation)." in person
    assert "The mandate of district 1 is now held by Boris Example." in person
    assert "The successor: http://127.0.0.1:8000/en/town/deputies/boris/" in person
    assert "Following this deputy by letter ends in 30 days." in person
    assert "now held by Boris Example" in district
    assert "30 days" not in district
    assert district.count("Boris Example") == 1


# --- at once, keep, quiet ---------------------------------------------------------------------------------------------


def test_a_letter_at_once_tells_only_what_it_is_for(chamber: Chamber, anna: Person, demand: Demand) -> None:
    start = latest_event()
    build.vote(chamber, {anna: Position.FOR})
    coming(chamber, demand)
    more: dict[str, Any] = {
        "kind": DeliveryKind.AT_ONCE,
        "told": frozenset([latest_event()]),
        "period": "2024-06-03-now",
    }

    letter = letter_for(key(What.PERSON, chamber, anna), after=start, **more)

    assert letter
    assert letter.subject == "Sent at once, 1 item"
    assert ("On the lake" in letter.text, "Anna Example: for." in letter.text) == (True, False)
    assert "This could not wait for a summary." in letter.text


def test_a_correction_at_once_names_only_whose_ballot_changed(chamber: Chamber, anna: Person, demand: Demand) -> None:
    boris = build.deputy(chamber, "Boris Example")
    vote = linked(demand, {anna: Position.FOR, boris: Position.FOR})
    corrected(vote, {anna: Position.AGAINST, boris: Position.FOR})
    told = frozenset([latest_event()])
    follows = [key(What.PERSON, chamber, one) for one in (anna, boris)]

    text = text_for(*follows, kind=DeliveryKind.AT_ONCE, told=told)

    assert "Anna Example: was “for”, is “against”" in text
    assert "Anna Example: 1 of 1 to 0 of 1 on social demands. Cause: correction." in text
    assert "Boris" not in text.split("---")[0]


def test_a_sign_of_life_comes_only_to_who_wants_one_and_only_where_all_is_quiet(chamber: Chamber, anna: Person) -> None:
    person = key(What.PERSON, chamber, anna)
    letter = letter_for(person, sign_of_life=True, quiet=True)

    assert letter
    assert letter.subject == "All quiet"
    assert "All quiet: nothing has happened to what you follow since the last letter." in " ".join(letter.text.split())
    assert text_for(person, sign_of_life=False, quiet=True) == text_for(person, sign_of_life=True) == ""
    build.vote(chamber, {anna: Position.FOR})
    assert "All quiet" not in text_for(person, sign_of_life=True, quiet=True)


@pytest.mark.parametrize(("language", "word"), [("en", "eleven months"), ("ru", "одиннадцать месяцев")])
def test_the_letter_that_asks_whether_to_go_on_has_one_link_and_names_nothing(
    chamber: Chamber, anna: Person, language: str, word: str
) -> None:
    letter = letter_for(key(What.PERSON, chamber, anna), kind=DeliveryKind.KEEP, language=language)

    assert letter
    assert word in letter.text
    assert re.findall(r"https?://\S+", letter.text) == [f"http://127.0.0.1:8000/s/{TOKEN}/"]
    assert ("Anna" in letter.text + letter.html, str(chamber.name) in letter.text + letter.html) == (False, False)
