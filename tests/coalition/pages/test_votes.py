import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Person
from deputies.sources.enums import Basis
from deputies.sources.models import Document
from deputies.votes.enums import Kind, Position, Result
from deputies.votes.models import Decision, FactionStatement, RollCall, RollCallVersion
from deputies.votes.reports.translations import stale_votes
from pledges.platform.models import CoalitionMembership
from pledges.scorecards.enums import Wants
from tests import build
from tests.coalition.pages.build import Town, town
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db
FOR, AGAINST, ABSTAIN, ABSENT = Position.FOR, Position.AGAINST, Position.ABSTAIN, Position.ABSENT
NO_MARK, EXCUSED = Position.NO_MARK, Position.EXCUSED


def test_list_gives_results_and_marks_what_is_linked(client: Client) -> None:
    built = town(5)

    page = words(client, built.address("votes/"))
    linked = words(client, built.address("votes/?linked=1"))

    assert "3 recorded votes, the latest first." in page
    assert page.count("Not adopted: 1 voted for, 3 were needed. Short by 2.") == 3
    assert "2 recorded votes, the latest first. Chosen by Coalition" in linked


def test_vote_opens_with_its_result(client: Client) -> None:
    chamber = build.chamber(seats=45, threshold=Threshold.MEMBERS, slug="clinic")
    vote = build.vote(chamber, {}, total_for=19, total_against=1, result=Result.REJECTED.value)

    page = words(client, f"/en/clinic/votes/{vote.slug}/")
    russian = words(client, f"/ru/clinic/votes/{vote.slug}/")

    assert "Not adopted: 19 voted for, 23 were needed. Short by 4." in page
    assert "Не принято: 19 голосов за, нужно 23. Не хватило 4 голосов." in russian


def test_picture_has_a_seat_for_everybody_and_a_table_beneath(client: Client) -> None:
    built = town(5)

    page = client.get(built.address(f"votes/{built.votes[0].slug}/")).text

    assert page.count('<a tabindex="-1"') == 5
    assert page.count('class="with"') == 1
    assert page.count('<th scope="row"><span class="seatno">') == 5


def test_seats_that_the_totals_leave_out_are_counted(client: Client) -> None:
    chamber = build.chamber(seats=45, threshold=Threshold.MEMBERS, slug="budget")
    vote = build.vote(
        chamber, {}, total_for=24, total_against=11, total_abstain=3, total_not_voting=3, result=Result.ADOPTED.value
    )

    page = words(client, f"/en/budget/votes/{vote.slug}/")

    assert "Adopted: 24 voted for, 23 were needed. 1 more than needed." in page
    assert "4 seats are not in the record." in page


def test_secret_ballot_shows_nobodys_choice(client: Client) -> None:
    chamber = build.chamber(slug="secret")
    vote = build.vote(chamber, {}, kind=Kind.SECRET.value)

    assert "The ballot was secret: nobody’s choice is on record." in words(client, f"/en/secret/votes/{vote.slug}/")


def test_correction_is_told_on_the_vote_and_on_its_own_page(client: Client) -> None:
    built = town(3)
    changed = dict.fromkeys(built.people, Position.AGAINST)
    build.publish(build.draft(built.chamber, changed, roll_call=built.votes[0]), at=build.LATER)

    page = words(client, built.address(f"votes/{built.votes[0].slug}/"))
    log = words(client, "/en/corrections/")

    assert "Corrected 2 June 2024." in page
    assert "Ada Example 0 : was “for”, is “against”" in page
    assert "the clerk's erratum" in log.replace("&#x27;", "'")
    for shown in (page, log):
        assert "Moved: 1 score of a chapter" in shown
        assert "Ada Example 0, Democratic: 1 of 1 to 0 of 1" in shown
        assert "One caller vouched for it as both persons." in shown
        assert "It is shown by: An erratum" in shown


def test_untranslated_title_says_its_language(client: Client) -> None:
    built = town(1)

    page = client.get(built.address("votes/", lang="ru")).text

    assert '<span lang="en">Question' in page


def question(
    positions: list[Position], result: Result, *, wants: Wants = Wants.PASS, threshold: Threshold = Threshold.MEMBERS
) -> str:
    """The address of a vote in a chamber of as many seats, linked to a demand; all who vote are of the coalition."""
    chamber = build.chamber(seats=len(positions), threshold=threshold, slug="clinic")
    platform = build.platform(chamber)
    people = [build.deputy(chamber, f"Ada Example {n}") for n in range(len(positions))]
    for person in people:
        CoalitionMembership.objects.create(
            coalition=platform.coalition, person=person, held=DateTimeTZRange(build.START, None)
        )
    vote = build.vote(chamber, dict(zip(people, positions, strict=True)), result=result.value)
    demand = platform.demands.get()
    build.link(demand, vote, wants=wants)
    return f"/en/clinic/votes/{vote.slug}/"


@pytest.mark.parametrize(
    ("positions", "told"),
    [
        ([FOR] * 2 + [ABSENT, EXCUSED, AGAINST], "Had the 2 who were absent come and voted for, it would have been"),
        ([FOR] * 2 + [NO_MARK, AGAINST, AGAINST], "Had the 1 without a recorded vote voted for, it would have been"),
        ([FOR, ABSENT, AGAINST, ABSTAIN, ABSTAIN], "Had these 4 deputies voted for, it would have been adopted."),
        (
            [FOR, ABSENT] + [Position.RECUSED] * 3,
            "Had this 1 deputy voted for, it would still not have been adopted: short by 1.",
        ),
    ],
)
def test_what_the_votes_of_those_missing_would_have_done(client: Client, positions: list[Position], told: str) -> None:
    page = words(client, question(positions, Result.REJECTED))

    assert "Signatories and coalition deputies who were not for" in page
    assert told in page


def test_every_way_of_not_being_for_is_listed_apart(client: Client) -> None:
    page = words(client, question([FOR, AGAINST, ABSTAIN, ABSENT, NO_MARK], Result.REJECTED))

    for way in ("against: 1 Ada Example 1", "abstained: 1 Ada Example 2", "absent: 1 Ada Example 3"):
        assert way in page
    assert "no mark: 1 Ada Example 4" in page


@pytest.mark.parametrize(
    ("positions", "threshold", "heading", "told"),
    [
        (
            [FOR] * 3 + [ABSTAIN, ABSENT],
            Threshold.VOTING,
            "who were not against",
            "Had these 5 deputies voted against, it would not have been adopted.",
        ),
        (
            [FOR] + [ABSENT] * 2,
            Threshold.VOTING,
            "who were not against",
            "Had the 2 without a recorded vote voted against, it would not have been adopted.",
        ),
        (
            [FOR] * 3 + [ABSTAIN, ABSENT],
            Threshold.MEMBERS,
            "coalition deputies who were for",
            "Had these 3 deputies not voted for, it would not have been adopted.",
        ),
    ],
)
def test_text_that_is_to_fail_is_the_mirror(
    client: Client, positions: list[Position], threshold: Threshold, heading: str, told: str
) -> None:
    page = words(client, question(positions, Result.ADOPTED, wants=Wants.FAIL, threshold=threshold))

    assert heading in page
    assert told in page


def test_nothing_is_concluded_where_the_result_is_not_that_of_the_numbers(client: Client) -> None:
    page = words(client, question([FOR, ABSENT, ABSENT, AGAINST, AGAINST], Result.ADOPTED))

    assert "would have" not in page
    assert "A close vote" not in page


def test_vote_decided_by_one_names_who_could_have_changed_it(client: Client) -> None:
    page = words(client, question([FOR, FOR, AGAINST, ABSTAIN, ABSENT], Result.REJECTED))

    assert "A close vote: with 1 more vote for it would have been adopted." in page
    assert "Any one of 2 deputies, voting the other way, would have changed the result" in page
    assert "would have changed the result Ada Example 2, Ada Example 3." in page


def test_agreement_stands_beside_the_split_where_enough_voted(client: Client) -> None:
    chamber = build.chamber(seats=12, slug="clinic")
    cast = [FOR] * 5 + [AGAINST] * 2 + [ABSENT] + [FOR] * 4
    people = [build.deputy(chamber, group="Red" if n < 8 else "Green") for n in range(12)]
    vote = build.vote(chamber, dict(zip(people, cast, strict=True)))
    small = build.vote(chamber, dict.fromkeys(people[8:], FOR))

    page = words(client, f"/en/clinic/votes/{vote.slug}/")
    below = words(client, f"/en/clinic/votes/{small.slug}/")

    assert "Red 5 : 2 : 0 0.57" in page
    assert "Green 4 : 0 : 0 – none" in page
    assert "No Agreement Index: in each faction fewer than 6 have a recorded vote" in below


def test_free_vote_is_a_flag_with_its_source(client: Client) -> None:
    chamber = build.chamber(slug="clinic")
    person = build.deputy(chamber, group="Red")
    version = build.draft(chamber, {person: FOR})
    source = Document.objects.create(title="The whip’s letter")
    FactionStatement.objects.create(
        version=version, faction=build.faction(chamber, "Red"), is_free_vote=True, source=source
    )
    build.publish(version)

    page = words(client, f"/en/clinic/votes/{version.roll_call.slug}/")

    assert "free vote Red left its deputies free to vote as they saw fit. Source: The whip’s letter" in page
    assert "Claims about whole factions" not in page


def test_votes_on_one_text_are_listed_with_the_one_that_counts(client: Client) -> None:
    chamber = build.chamber(slug="clinic")
    person = build.deputy(chamber)
    decision = Decision.objects.create(chamber=chamber, key="bill-1", title_en="The bill")
    first, main = (
        build.vote(chamber, {person: FOR}, held_at=build.moment(day), question_en=reading)
        for day, reading in ((10, "First reading"), (11, "Second reading"))
    )
    RollCall.objects.filter(pk__in=[first.pk, main.pk]).update(decision=decision)

    open_yet = words(client, f"/en/clinic/votes/{first.slug}/")
    Decision.objects.update(main=main)
    page = words(client, f"/en/clinic/votes/{first.slug}/")

    assert "Which of them counts for the text has not been chosen: none is counted." in open_yet
    assert (
        "Votes on this text First reading 11 January 2024, 12:00 "
        "Second reading 12 January 2024, 12:00 the vote that counts for this text" in page
    )


def test_vote_with_everything_asks_twelve_queries_at_most(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = question([FOR, FOR, AGAINST, ABSTAIN, ABSENT], Result.REJECTED, threshold=Threshold.MANDATES)
    roll_call = RollCall.objects.get()
    decision = Decision.objects.create(chamber=roll_call.chamber, key="bill-1", main=roll_call)
    RollCall.objects.update(decision=decision)
    people = list(Person.objects.all())
    build.publish(build.draft(roll_call.chamber, dict.fromkeys(people, AGAINST), roll_call=roll_call), at=build.LATER)

    with django_assert_max_num_queries(12):
        page = client.get(address)

    assert page.status_code == 200


def test_ballot_that_was_worked_out_or_is_disputed_is_listed_and_decides_nothing(client: Client) -> None:
    address = question([FOR, FOR, AGAINST, AGAINST, ABSTAIN], Result.REJECTED)
    people = list(Person.objects.order_by("pk"))
    unsure = {people[2]: Basis.INFERRED, people[3]: Basis.DISPUTED, people[4]: Basis.NAMED}
    version = build.draft(Chamber.objects.get(), dict.fromkeys(people[:2], FOR), roll_call=RollCall.objects.get())
    for person, basis in unsure.items():
        build.ballot(version, person, AGAINST, basis=basis.value, note_en="as it was told")
    RollCallVersion.objects.filter(pk=version.pk).update(result=Result.REJECTED.value)
    build.publish(version, at=build.LATER)

    page = words(client, address)

    assert "against: 3" in page
    assert "Had this 1 deputy voted for, it would have been adopted." in page
    assert "1 deputy, voting the other way, would have changed the result Ada Example 4." in page


def test_margin_is_a_bar_with_its_table(client: Client) -> None:
    chamber = build.chamber(seats=45, threshold=Threshold.MEMBERS, slug="clinic")
    vote = build.vote(chamber, {}, total_for=19, total_against=1, result=Result.REJECTED.value)

    page = client.get(f"/en/clinic/votes/{vote.slug}/").text
    told = words(client, f"/en/clinic/votes/{vote.slug}/")

    assert '<rect class="held" width="19" height="10"/><line x1="23" x2="23"' in page
    assert "The bar is all seats of the chamber, 45; 19 voted for, the line stands at the 23 needed." in told
    assert "Voted for 19 Needed 23 Short by 4 So many more votes for would have given the other result 4" in told
    assert '<line x1="23" x2="23"' in client.get("/en/clinic/votes/").text


def test_a_seat_whose_mandate_ended_is_vacant_and_one_nobody_is_known_to_hold_is_not(client: Client) -> None:
    chamber = build.chamber(seats=4, slug="town")
    people = [build.deputy(chamber), build.deputy(chamber)]
    build.deputy(chamber, held=(build.START, build.moment(5, hour=0)))
    vote = build.vote(chamber, dict.fromkeys(people, FOR), held_at=build.moment(10))

    page = words(client, f"/en/town/votes/{vote.slug}/")

    assert "1 seat vacant" in page
    assert "1 seat not in the record" in page
    assert client.get(f"/en/town/votes/{vote.slug}/").text.count('href="#s-vacant" class="none" x=') == 1


def test_names_of_a_large_chamber_come_page_by_page(client: Client) -> None:
    chamber = build.chamber(seats=101, slug="big")
    people = [build.deputy(chamber) for _ in range(101)]
    vote = build.vote(chamber, dict.fromkeys(people, FOR))

    first = client.get(f"/en/big/votes/{vote.slug}/").text
    second = client.get(f"/en/big/votes/{vote.slug}/?names=2").text

    assert [page.count('<th scope="row"><span class="seatno">') for page in (first, second)] == [100, 1]
    assert 'href="?names=2#names"' in first
    assert "<a tabindex" not in first
    assert first.count('href="#s-for" class="plain" x=') == 101


STALE = "Translation older than the original, which changed on 2 June 2024."


def _summed_up(built: Town, *told: tuple[str, str]) -> str:
    """The address of a vote whose versions carry these summaries, the first published a day before the others."""
    chamber, call = built.chamber, None
    for russian, english in told:
        version = build.draft(chamber, {}, roll_call=call, summary_ru=russian, summary_en=english)
        build.publish(version, at=build.LATER if call else build.AT)
        call = version.roll_call
    assert call is not None
    return f"votes/{call.slug}/"


@pytest.mark.parametrize(
    ("told", "stale_in_english", "stale_in_russian"),
    [
        ([("а", "a")], False, False),
        ([("а", "a"), ("б", "a")], True, False),
        ([("а", "a"), ("а", "b")], False, True),
        ([("а", "a"), ("б", "b")], False, False),
        ([("а", "a"), ("б", "a"), ("б", "b")], False, False),
        ([("а", "a"), ("б", "a"), ("б", "a")], True, False),
        ([("а", "a"), ("б", "a"), ("б", "b"), ("б", "c")], False, True),
    ],
)
def test_summary_that_did_not_follow_the_other_says_so(
    client: Client, told: list[tuple[str, str]], stale_in_english: bool, stale_in_russian: bool
) -> None:
    built = town(1)
    address = _summed_up(built, *told)

    assert (STALE in words(client, built.address(address))) is stale_in_english
    assert ("Перевод старше оригинала" in words(client, built.address(address, "ru"))) is stale_in_russian
    assert len(stale_votes()) == (stale_in_english or stale_in_russian)


def test_summary_in_the_other_language_says_which(client: Client) -> None:
    built = town(1)
    address = _summed_up(built, ("Только так.", ""))

    assert '<span lang="ru">Только так.</span> <span class="tag">Only in Russian</span>' in (
        client.get(built.address(address)).text
    )
    assert "Только по-русски" not in client.get(built.address(address, "ru")).text
