"""The invented city of Zarechny: a term of an assembly that never was, so that every part of the site has data."""

import datetime as dt
from collections import Counter
from itertools import groupby
from typing import Any

from django.utils.text import slugify

from coalition.accounts.models import MemberOrganisation
from coalition.demo.agenda import announce_next, bring_agenda, hold_agenda
from coalition.demo.answers import load_answers
from coalition.demo.assembly import MARKED_FROM, Mark, adopted
from coalition.demo.files import (
    FOLDER,
    Facts,
    Row,
    both,
    cited,
    create_chamber,
    create_factions,
    create_platform,
    moment,
    period,
    table,
    tree,
)
from coalition.demo.follow import Findings
from coalition.demo.particulars import decide_in_two_votes, declare_later, leave_free, ruling_on
from coalition.demo.story import Marks, Story
from coalition.demo.words import Words, adopt_second_version, sign
from deputies.people import models as people
from deputies.people.enums import Threshold
from deputies.people.places import bring_places, read_places
from deputies.sources.models import Document, keep_copy
from deputies.votes.actions import open_correction
from deputies.votes.enums import Position
from deputies.votes.models import Ballot, RollCall, RollCallVersion
from pledges.findings.actions import sweep
from pledges.platform.models import CoalitionMembership, Demand, PlatformVersion
from pledges.scorecards.actions import publish_platform, publish_roll_calls
from pledges.scorecards.method import WEIGHT_UNIT
from pledges.scorecards.models import Link

Mandates = dict[str, people.Mandate]  # by member id
Versions = dict[str, RollCallVersion]  # by vote id
Links = dict[str, list[Link]]  # by vote id

TOLD_LAST = dt.datetime(2026, 11, 12, 12, tzinfo=dt.UTC)
RAW = {
    Position.FOR: "за",
    Position.AGAINST: "против",
    Position.ABSTAIN: "воздерж.",
    Position.PRESENT_NOT_VOTING: "не голос.",
    Position.ABSENT: "отс.",
    Position.EXCUSED: "отс. (уваж.)",
    Position.NO_MARK: "",
}


def load_zarechny(*, at: dt.datetime) -> None:
    """Create the chamber and publish its term in the order in which it happened; it must not be there yet.

    What is on the agenda next is announced at `at`.
    """
    story = Story()
    chamber, term = create_chamber(story.facts)
    mandates = _create_mandates(chamber, term, story)
    _create_memberships(story, mandates)
    versions = _create_votes(chamber, story, mandates)
    decide_in_two_votes(story.facts["decided"], versions)
    leave_free(story.facts["free_vote"], versions)
    declare_later(story.facts["declared"], versions, mandates)
    platform, demands, links = _create_platform(story, mandates, versions)
    words, findings = Words(demands, mandates), Findings(chamber)
    _publish(story, versions, platform, links, words, findings)
    _correct(story, versions)
    adopt_second_version(platform, demands, mandates)
    words.publish_until(dt.date.max, at=TOLD_LAST)
    sweep(at=TOLD_LAST, chamber=chamber)
    findings.play_until()
    load_answers(chamber)
    announce_next(platform.platform, at)


def _create_mandates(chamber: people.Chamber, term: people.Term, story: Story) -> Mandates:
    """Everyone with the one mandate they held."""
    source = cited(story.facts["source"])
    districts = {
        row["number"]: people.District(chamber=chamber, number=row["number"], source=source, **both(row, "name"))
        for row in table("zarechny/districts")
    }
    people.District.objects.bulk_create(districts.values())
    bring_places(chamber=chamber, rows=read_places(FOLDER / "zarechny"), source=source)
    parties = {
        slug: people.Party.objects.create(slug=f"zarechny-{slug}", name_en=english, name_ru=russian)
        for slug, (english, russian) in story.facts["factions"].items()
    }
    mandates = {}
    for spell in story.spells_in("assembly"):
        row = story.members[spell["member_id"]]
        party = parties[row["party"]]
        mandates[row["member_id"]] = people.Mandate(
            person=_create_person(row, source),
            chamber=chamber,
            term=term,
            district=districts[row["constituency"]],
            party=party,
            nominated_by_en=party.name_en,
            nominated_by_ru=party.name_ru,
            entered=spell["title"],
            left=spell["reason"],
            **_dated(term, spell, source),
        )
    people.Mandate.objects.bulk_create(mandates.values())
    return mandates


def _create_person(row: Row, source: Document) -> people.Person:
    person = people.Person.objects.create(slug=slugify(row["name_en"]), source=source, **both(row, "name", "note"))
    people.Identifier.objects.create(person=person, scheme="zarechny", value=row["member_id"])
    people.Alias.objects.create(person=person, name=in_minutes(row), source=source)
    return person


def in_minutes(row: Row) -> str:
    """Surname and initials, as the minutes write a deputy; two deputies share theirs."""
    first, surname = row["name_ru"].split()
    return f"{surname} {first[0]}. {row['patronymic'][0]}."


def _dated(term: people.Term, spell: Row, source: Document) -> dict[str, Any]:
    """The period of a spell; one that has not ended lasts until the end of the term."""
    held = period(term.chamber, spell["start"], spell["end"])
    return {
        "held": type(held)(held.lower, held.upper or term.held.upper),
        "began_precision": "minute" if "T" in spell["start"] else "day",
        "ended_precision": "minute" if "T" in spell["end"] else "day",
        "source": source,
    }


def _create_memberships(story: Story, mandates: Mandates) -> None:
    chamber, source = mandates["z01"].chamber, cited(story.facts["source"])
    factions = create_factions(chamber, story.facts["factions"])
    for spell in story.spells:
        mandate, title = mandates[spell["member_id"]], spell["title"]
        dated = _dated(mandate.term, spell, source)
        if spell["body"] == "faction":
            people.FactionMembership.objects.create(mandate=mandate, faction=factions[title], **dated)
        elif spell["body"] == "side":
            people.SideMembership.objects.create(mandate=mandate, side=title, **dated)
        elif spell["body"] == "office":
            english, russian = story.facts["offices"][title]
            people.Office.objects.create(mandate=mandate, title_en=english, title_ru=russian, presides=True, **dated)


def _create_votes(chamber: people.Chamber, story: Story, mandates: Mandates) -> Versions:
    """Draft versions with their ballots and minutes; one of them as the minutes first had it, two deputies mixed up."""
    decisions = {row["decision_id"]: row for row in table("zarechny/decisions")}
    factions = {faction.slug: faction for faction in chamber.factions.all()}
    versions, ballots = {}, []
    for vote_id, vote in story.votes.items():
        marks = story.marks(vote)
        if vote_id == story.facts["correction"]["vote_id"]:
            one, other = story.facts["correction"]["swapped"]
            marks[one], marks[other] = marks[other], marks[one]
        versions[vote_id] = version = _version(chamber, story, vote, decisions[vote["decision_id"]], marks)
        then = story.titles("faction", vote["moment"])
        for one, mark in marks.items():
            faction = factions.get(then.get(one, ""))
            ballots.append(_ballot(version, mandates[one], faction, mark))
    RollCall.objects.bulk_create(version.roll_call for version in versions.values())
    RollCallVersion.objects.bulk_create(versions.values())
    Ballot.objects.bulk_create(ballots, batch_size=2000)
    return versions


def _version(chamber: people.Chamber, story: Story, vote: Row, decision: Row, marks: Marks) -> RollCallVersion:
    passed = adopted(Threshold(vote["threshold"]), Counter(mark.position for mark in marks.values())) or not marks
    version = RollCallVersion(
        roll_call=RollCall(chamber=chamber, vote_id=vote["vote_id"], slug=f"{vote['date']}-{vote['vote_id']}"),
        held_at=moment(chamber, vote["moment"]),
        question_number=vote["number"],
        kind=vote["kind"],
        threshold=vote["threshold"],
        threshold_stated=True,
        result="adopted" if passed else "rejected",
        result_text="Принято" if passed else "Не принято",
        **both(decision, "title"),
        **both(vote, "question", "summary"),
        **_totals(vote, marks, story.facts["totals"]),
    )
    version.source = _minutes(story, vote, version, marks)
    return version


def _totals(vote: Row, marks: Marks, shows_of_hands: Facts) -> dict[str, int | None]:
    """The totals as printed; early minutes do not count those who stayed silent or away."""
    if not marks:
        return dict(shows_of_hands.get(vote["vote_id"], {}))
    counted = Counter(mark.position for mark in marks.values())
    early = dt.date.fromisoformat(vote["date"]) < MARKED_FROM
    return {
        "total_for": counted[Position.FOR],
        "total_against": counted[Position.AGAINST],
        "total_abstain": counted[Position.ABSTAIN],
        "total_not_voting": None if early else counted[Position.PRESENT_NOT_VOTING],
        "total_absent": None if early else counted[Position.ABSENT] + counted[Position.EXCUSED],
    }


def _minutes(story: Story, vote: Row, version: RollCallVersion, marks: Marks, heading: str = "Протокол") -> Document:
    """The page of the minutes that a roll call is read from, marked as invented."""
    lines = [
        "ВЫМЫШЛЕННЫЙ ДОКУМЕНТ. Ни города, ни людей, названных здесь, не существует.",
        "INVENTED DOCUMENT. Neither the city nor the people named here exist.",
        "",
        f"Зареченское городское собрание. {heading}, голосование {vote['number']}, {vote['moment'].replace('T', ' ')}",
        f"{version.title_ru}. {version.question_ru}.",
        "",
        *(_line(story.members[one], mark) for one, mark in marks.items()),
        "" if marks else "Голоса по именам не записаны.",
        f"{version.result_text}.",
        "",
    ]
    return keep_copy(
        content="\n".join(lines).encode(),
        title=f"Пример: протокол {vote['number']} / Example: minutes {vote['number']}",
        media_type="text/plain; charset=utf-8",
    )


def _line(row: Row, mark: Mark) -> str:
    excuse = f", {mark.excuse.split(' / ')[0].lower()}" if mark.excuse else ""
    return f"Округ {row['constituency']}, {in_minutes(row)}: {RAW[mark.position] or 'нет отметки'}{excuse}"


def _ballot(version: RollCallVersion, mandate: people.Mandate, faction: people.Faction | None, mark: Mark) -> Ballot:
    raw, excuse = RAW[mark.position], mark.excuse
    where = {"mandate": mandate, "person": mandate.person, "faction": faction, "source": version.source}
    return Ballot(version=version, position=mark.position, position_raw=raw, excuse=excuse, **where)


def _create_platform(
    story: Story, mandates: Mandates, versions: Versions
) -> tuple[PlatformVersion, dict[str, Demand], Links]:
    """The draft platform with its members and signatures, and its draft links."""
    facts = tree("zarechny/platform")
    chamber, signed = mandates["z01"].chamber, cited(facts["signed"])
    platform, demands = create_platform(chamber, facts, table("zarechny/demands"))
    for spell in story.spells_in("coalition"):
        mandate = mandates[spell["member_id"]]
        dated = _dated(mandate.term, spell, signed)
        CoalitionMembership.objects.create(coalition=platform.platform.coalition, person=mandate.person, **dated)
    for row in facts["organisations"]:
        faction = chamber.factions.get(slug=row["faction"])
        MemberOrganisation.objects.create(coalition=platform.platform.coalition, **row | {"faction": faction})
    sign(platform, demands, mandates)
    links: Links = {}
    for row in table("zarechny/links"):
        link = Link.objects.create(
            demand=demands[row["demand_id"]],
            roll_call=versions[row["vote_id"]].roll_call,
            wants=row["wants"],
            weight=int(row["weight"]) * WEIGHT_UNIT,
            role=row["role"],
            **both(row, "reasoning"),
        )
        links.setdefault(row["vote_id"], []).append(link)
    return platform, demands, links


def _publish(
    story: Story, versions: Versions, version: PlatformVersion, links: Links, words: Words, findings: Findings
) -> None:
    """Publish sitting by sitting: links are announced two days before a vote, minutes follow the day after it.

    The platform comes into force between two sittings, with links to votes already held.
    """
    platform = version.platform
    chamber = platform.coalition.chamber
    in_force = moment(chamber, tree("zarechny/platform")["in_force_from"])
    for day, votes in groupby(story.votes.values(), key=lambda vote: vote["date"]):
        midnight = moment(chamber, day)
        findings.play_until(midnight)
        sitting = [vote["vote_id"] for vote in votes]
        announced = [link for one in sitting for link in links.get(one, [])]
        if version.published_at is None and midnight >= in_force:
            held = [link for one in links if versions[one].published_at for link in links[one]]
            publish_platform(version=version, links=held, platform=platform, vouched=True, at=in_force)
        items = bring_agenda(platform, day) if version.published_at else {}
        if announced and midnight >= in_force:
            at = midnight - dt.timedelta(days=2)
            publish_platform(version=None, links=announced, platform=platform, vouched=True, at=at)
        if midnight >= in_force:
            words.publish_until(midnight.date(), at=midnight - dt.timedelta(days=1))
        # a linked vote is published alone, so that a change of scores names the vote that caused it
        alone = [[versions[one]] for one in sitting if one in links]
        for published in [*alone, [versions[one] for one in sitting if one not in links]]:
            at = midnight + dt.timedelta(days=1, hours=10)
            publish_roll_calls(versions=published, by=None, vouched=True, at=at)
        hold_agenda(items, {one: versions[one].roll_call for one in sitting})
        if ruled := [ruling for one in sitting for ruling in ruling_on(one, platform, versions)]:
            at = midnight + dt.timedelta(days=5)
            publish_platform(version=None, links=[], rulings=ruled, platform=platform, vouched=True, at=at)


def _correct(story: Story, versions: Versions) -> None:
    """Publish a second version of the vote in which the minutes mixed up two namesakes."""
    facts = story.facts["correction"]
    first, vote = versions[facts["vote_id"]], story.votes[facts["vote_id"]]
    marks = story.marks(vote)
    second = open_correction(roll_call=first.roll_call, by=None, reason=facts["reason"])
    second.source = second.evidence = _minutes(story, vote, second, marks, heading="Исправленный протокол")
    second.save()
    for ballot in second.ballots.filter(person__identifiers__value__in=facts["swapped"]):
        mark = marks[ballot.person.identifiers.get().value]
        ballot.position, ballot.position_raw, ballot.excuse = mark.position, RAW[mark.position], mark.excuse
        ballot.save()
    second.ballots.update(source=second.source)
    at = moment(first.roll_call.chamber, facts["on"])
    publish_roll_calls(versions=[second], by=None, vouched=True, at=at)
