"""What stands beside a deputy's score: red lines, pledges, other methods, the rest of the faction, history."""

import datetime as dt
import re

import pytest
from django.test import Client

from deputies.people.models import Chamber, Person
from deputies.sources.models import cite
from deputies.votes.enums import Position
from pledges.platform.enums import Chapter
from pledges.platform.models import Demand, Platform
from pledges.scorecards.enums import Wants
from tests import build
from tests.coalition.pages.test_deputies import words

pytestmark = pytest.mark.django_db
FOR, AGAINST, ABSENT = Position.FOR, Position.AGAINST, Position.ABSENT


@pytest.fixture
def chamber() -> Chamber:
    return build.chamber(slug="town", seats=9)


def platform(chamber: Chamber, *more: Chapter) -> tuple[Platform, list[Demand]]:
    """A platform with a democratic and a social demand, and `more`."""
    made = build.platform(chamber, demands=(Chapter.DEMOCRATIC, Chapter.SOCIAL, *more))
    return made, list(made.demands.order_by("pk"))


def page(client: Client, person: Person, rest: str = "") -> str:
    return words(client, f"/en/town/deputies/{person.slug}/{rest}")


def test_votes_across_a_red_line_stand_above_the_scores_and_change_no_number(client: Client, chamber: Chamber) -> None:
    person = build.deputy(chamber)
    _, (democratic, _, red_line) = platform(chamber, Chapter.RED_LINE)
    build.link(democratic, build.vote(chamber, {person: FOR}))
    before = page(client, person)
    crossed = build.vote(chamber, {person: FOR}, held_at=build.moment(20))
    build.link(red_line, crossed, wants=Wants.FAIL)
    build.link(red_line, build.vote(chamber, {person: AGAINST}), wants=Wants.FAIL)
    build.flags()

    told = page(client, person)

    assert "No vote of this deputy on what the coalition ruled out is on record." in before
    assert "Voted for a text that the platform&#x27;s red line excludes · 21 January 2024" in told
    assert "2 votes looked at. This changes no number on the page." in told
    assert told.index("red line excludes") < told.index("The two chapters")
    assert "Democratic demands of the platform: 1 counted vote, as the platform asks." in before
    assert "Democratic demands of the platform: 1 counted vote, as the platform asks." in told
    assert (
        f'href="/en/town/deputies/{person.slug}/d3/#{crossed.slug}"'
        in client.get(f"/en/town/deputies/{person.slug}/").text
    )


def test_silence_and_absence_cross_no_red_line(client: Client, chamber: Chamber) -> None:
    person = build.deputy(chamber)
    _, (_, _, red_line) = platform(chamber, Chapter.RED_LINE)
    for position in (ABSENT, Position.ABSTAIN, Position.PRESENT_NOT_VOTING):
        build.link(red_line, build.vote(chamber, {person: position}), wants=Wants.PASS)

    assert "No vote across a red line is published (3 votes looked at)." in page(client, person)


def test_a_page_without_red_lines_does_not_speak_of_them(client: Client, chamber: Chamber) -> None:
    person = build.deputy(chamber)
    _, (democratic, _) = platform(chamber)
    build.link(democratic, build.vote(chamber, {person: FOR}))

    assert "red line" not in page(client, person)


def test_adherence_after_signing_stands_beside_agreement(client: Client, chamber: Chamber) -> None:
    person = build.deputy(chamber)
    made, (democratic, _) = platform(chamber)
    for day, position in ((10, AGAINST), (20, FOR), (30, FOR)):
        build.link(democratic, build.vote(chamber, {person: position}, held_at=build.moment(day)))
    assert made.published is not None
    unsigned = page(client, person)
    build.signature(person, made.published, dt.date(2024, 1, 15))

    told = page(client, person)

    assert "After signing" not in unsigned
    assert "Democratic 2 of 3" in told
    assert "After signing: as asked in 2 of 2 counted votes · signed 15 January 2024" in told


def test_a_withdrawn_signature_names_both_days(client: Client, chamber: Chamber) -> None:
    person = build.deputy(chamber)
    _, (democratic, _) = platform(chamber)
    build.link(democratic, build.vote(chamber, {person: FOR}, held_at=build.moment(30)))
    build.signature(person, democratic, dt.date(2024, 1, 15), withdrawn_on=dt.date(2024, 1, 20))

    told = page(client, person)

    assert "After signing: no counted vote · signed 15 January 2024, withdrawn 20 January 2024" in told


def test_the_rest_of_the_faction_is_named_with_its_number_and_whether_it_differs(
    client: Client, chamber: Chamber
) -> None:
    people = [build.deputy(chamber, group="Red") for _ in range(4)]
    few = [build.deputy(chamber, group="Green") for _ in range(3)]
    _, (democratic, _) = platform(chamber)
    for _ in range(5):
        positions = dict.fromkeys([*people[1:], *few], FOR) | {people[0]: AGAINST}
        build.link(democratic, build.vote(chamber, positions))

    apart, alike, small = (page(client, person) for person in (people[0], people[1], few[0]))

    assert "The other 3 of the faction in the same votes: 15 of 15 (100 %)" in apart
    assert (
        "Reads differently from the rest of the faction: consistently not as it asks here,"
        " consistently as it asks there." in apart
    )
    assert "The other 3 of the faction in the same votes: 10 of 15 (67 %)" in alike
    assert "Reads differently" not in alike
    assert "of the faction in the same votes" not in small


def rows(client: Client, person: Person) -> dict[str, str]:
    """The table of methods: the text of each row by the key of its method."""
    text = client.get(f"/en/town/deputies/{person.slug}/").text
    table = text[text.index('id="what-if"') :].split("</table>")[0]
    found = {}
    for row in table.split("<tr>")[2:]:
        key = re.search(r"<code>(.+?)</code>", row)
        assert key is not None
        found[key[1]] = " ".join(re.sub(r"<[^>]+>", " ", row).split())
    return found


def test_the_same_record_is_shown_by_every_method(client: Client, chamber: Chamber) -> None:
    person, other = build.deputy(chamber), build.deputy(chamber)
    _, (democratic, _) = platform(chamber)
    for position in (FOR, FOR, AGAINST, ABSENT):
        build.link(democratic, build.vote(chamber, {person: position, other: FOR}))

    told = rows(client, person)

    assert next(iter(told)) == "votes-cast"
    assert len(told) == 10
    assert told["votes-cast"].startswith("Votes cast published ")
    assert "Democratic 2 of 3 (67 %) mostly as it asks Social no counted vote" in told["votes-cast"]
    assert told["absence-against"].startswith("Absence earns nothing reads otherwise ")
    assert "Democratic 2 of 4 (50 %) sometimes as it asks, sometimes not" in told["absence-against"]
    assert "Democratic 2 of 4 (in points: 63 %)" in told["half-credit"]
    assert "Democratic 0 of 1" in told["without-unanimous"]
    assert "Democratic no counted vote" in told["without-earlier"]
    assert "reads otherwise" not in told["abstain-half"]


def test_the_own_method_comes_first_whatever_it_is(client: Client, chamber: Chamber) -> None:
    person = build.deputy(chamber)
    made = build.platform(chamber, demands=(Chapter.SOCIAL,), profile="half-credit")
    build.link(made.demands.get(), build.vote(chamber, {person: FOR}))

    told = rows(client, person)

    assert list(told)[:2] == ["half-credit", "votes-cast"]
    assert "published" in told["half-credit"]


def test_a_record_corrected_by_the_deputy_is_also_counted_as_corrected(client: Client, chamber: Chamber) -> None:
    person = build.deputy(chamber)
    _, (democratic, _) = platform(chamber)
    version = build.draft(chamber)
    more = {"corrected_position": FOR.value, "corrected_source": cite(title="A letter")}
    build.ballot(version, person, AGAINST, **more)
    build.publish(version)
    build.link(democratic, version.roll_call)

    told = rows(client, person)

    assert "Democratic 0 of 1" in told["votes-cast"]
    assert "Democratic 1 of 1" in told["as-corrected"]


def test_history_is_a_table_under_a_chart(client: Client, chamber: Chamber) -> None:
    person = build.deputy(chamber)
    _, (democratic, _) = platform(chamber)
    for nth in range(5):
        version = build.draft(chamber, {person: FOR if nth < 4 else AGAINST})
        build.link(democratic, version.roll_call)
        build.publish(version, at=build.AT + dt.timedelta(days=nth + 1))

    text = client.get(f"/en/town/deputies/{person.slug}/").text
    told = page(client, person)

    assert len(re.findall(r'<path class="line" d="M0.0 0.0H[\d.]+V0.0H[\d.]+V20.0H1000"/>', text)) == 1
    assert "5 changes as a table" in told
    assert "6 June 2024 new vote: Question" in told
    assert "Before 4 of 4 (100 %) After 4 of 5 (80 %)" in told


def test_few_changes_have_no_chart(client: Client, chamber: Chamber) -> None:
    person = build.deputy(chamber)
    _, (democratic, _) = platform(chamber)
    build.link(democratic, build.vote(chamber, {person: FOR}))

    text = client.get(f"/en/town/deputies/{person.slug}/").text

    assert 'class="steps"' not in text
    assert "1 change as a table" in text


@pytest.mark.parametrize(
    ("positions", "told", "russian"),
    [
        ((FOR,), "1 counted vote, as the platform asks", "1 учтённый голос, по наказу"),
        ((AGAINST,), "1 counted vote, not as the platform asks", "1 учтённый голос, не по наказу"),
        ((FOR, FOR), "2 counted votes, both as the platform asks", "2 учтённых голоса, оба по наказу"),
        ((FOR, AGAINST), "2 counted votes: one as the platform asks, one not", "2 учтённых голоса: один по наказу"),
        ((AGAINST, AGAINST), "2 counted votes, neither as the platform asks", "2 учтённых голоса, оба не по наказу"),
        ((FOR, FOR, FOR), "3 of 3 counted votes on democratic demands", "3 из 3 голосов"),
    ],
)
def test_one_and_two_votes_are_told_in_words_and_not_as_a_share(
    client: Client, chamber: Chamber, positions: tuple[Position, ...], told: str, russian: str
) -> None:
    person = build.deputy(chamber)
    _, (democratic, _) = platform(chamber)
    for position in positions:
        build.link(democratic, build.vote(chamber, {person: position}))

    shown = client.get(f"/en/town/deputies/{person.slug}/").text
    embedded = words(client, f"/en/town/embed/deputies/{person.slug}/")

    assert told in page(client, person)
    assert told in embedded
    assert russian in words(client, f"/ru/town/deputies/{person.slug}/")
    assert ('<p class="number">' in shown) == (len(positions) > 2)
