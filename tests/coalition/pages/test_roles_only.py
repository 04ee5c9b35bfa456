"""Pages, bundles and letters name roles and organisations; no account stands in anything that readers get."""

import html
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from coalition.accounts.models import MemberOrganisation, User
from coalition.desk.voices import voice_on
from coalition.digests.actions import planning, sending
from coalition.digests.enums import DeliveryState
from coalition.digests.models import Delivery
from deputies.journal.actions import close_dispute, confirm_office, freeze, take_up
from deputies.journal.enums import DisputeState
from deputies.sources.models import keep_copy
from deputies.votes.actions import open_correction
from deputies.votes.enums import Position
from deputies.votes.models import Ballot, RollCallVersion
from pledges.scorecards.actions import publish_platform, publish_roll_calls
from pledges.scorecards.bundles.actions import build_bundle
from pledges.scorecards.enums import RulingKind, Silence
from pledges.scorecards.links.actions import Voice, approve_links, propose_links, veto_link
from pledges.scorecards.models import Considered, Link
from tests import build
from tests.coalition.accounts import door
from tests.coalition.digests.build import AT, TUESDAY, reader
from tests.coalition.digests.sink import Sink, running_sink
from tests.coalition.pages.build import Town, town
from tests.pledges.scorecards.bundles.handmade import unpacked

pytestmark = pytest.mark.django_db

ACCOUNTS = {"zlatovlaska": "Quasimira", "vodoley": "Xanthippus", "severyanin": "Wolframine", "kamerton": "Йолочник"}


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with running_sink(settings) as taking:
        yield taking


def organisers(built: Town) -> list[User]:
    """Four with names that occur nowhere else: they enter, review, speak for another organisation, and publish."""
    circle, square = (build.organisation(built.platform, name) for name in ("Circle", "Square"))
    of: list[MemberOrganisation | None] = [circle, None, square, None]
    made = []
    for (name, shown), organisation in zip(ACCOUNTS.items(), of, strict=True):
        user = door.organiser(name, of=organisation)
        user.display_name, user.first_name, user.last_name = shown, f"{shown}-first", f"{shown}-last"
        user.save()
        made.append(user)
    return made


def put_through(version: RollCallVersion, anna: User, boris: User, vera: User) -> None:
    """Entered by one, approved by another, published by a third."""
    build.approved(version, entered_by=anna, reviewed_by=boris)
    publish_roll_calls(versions=[version], by=vera, vouched=False, at=AT)


def work(built: Town) -> None:
    """Everything that organisers can do on a site, done by them."""
    anna, boris, clara, vera = organisers(built)
    positions = dict.fromkeys(built.people, Position.FOR)
    source = keep_copy(content=b"Everybody: for", title="The protocol", media_type="text/plain")
    version = build.draft(built.chamber, positions, source=source, summary_en="Roads.", summary_ru="Дороги.")
    put_through(version, anna, boris, vera)
    vote = version.roll_call
    report = build.dispute(vote, built.people[0], at=AT, claims_office=True)
    confirm_office(dispute=report, how="by telephone", at=AT)
    take_up(dispute=report, by=vera)
    says = {"outcome_ru": "Так.", "outcome_en": "So."}
    close_dispute(dispute=report, state=DisputeState.UPHELD, by=vera, at=AT, **says)
    draft = open_correction(roll_call=vote, by=anna, reason="An erratum", evidence=source, dispute=report, at=AT)
    Ballot.objects.filter(version=draft, person=built.people[0]).update(position=Position.AGAINST.value)
    put_through(draft, anna, boris, vera)
    judge(built, anna, clara)
    for demand in built.platform.demands.order_by("pk")[:2]:
        link = build.link(demand, vote, published=False)
        Link.objects.filter(pk=link.pk).update(author=anna)
        link.refresh_from_db()
        propose_links(links=[link], voice=voice(link, anna), at=AT)
        approve_links(links=[link], voice=voice(link, clara), at=AT)
    veto_link(link=link, voice=voice(link, clara), reason_ru="Нет.", reason_en="No.", at=AT)
    Considered.objects.create(demand=demand, roll_call=built.votes[2], reason_en="A procedure.", author=anna, at=AT)
    build.dispute(vote, built.people[1], at=AT)
    build.submitted(build.draft(built.chamber, positions), entered_by=anna)
    freeze(chamber="", reason_ru="Выборы.", reason_en="Elections.", by=vera, at=AT)


def voice(link: Link, user: User) -> Voice:
    found = voice_on(link, user)
    assert found
    return found


def judge(built: Town, anna: User, clara: User) -> None:
    """A ruling that one wrote and another approved."""
    silence = {"kind": RulingKind.SILENCE.value, "silence": Silence.NOTHING.value}
    ruling = build.ruling(built.platform, built.votes[0], published=False, author=anna, **silence)
    publish_platform(
        platform=built.platform, version=None, links=[], rulings=[ruling], approver=clara, vouched=False, at=AT
    )


def revealed(words: str) -> set[str]:
    names = {part for pair in ACCOUNTS.items() for part in pair}
    return {name for name in names if name.lower() in html.unescape(words).lower()}


def public_pages(client: Client) -> dict[str, bytes]:
    """Everything that links lead to from the front pages and the well-known addresses, files included."""
    known: dict[str, bytes] = {}
    waiting = ["/", "/en/", "/ru/", "/robots.txt", "/.well-known/security.txt", "/health/ready", "/sitemap.xml"]
    while waiting:
        address = waiting.pop()
        if address in known:
            continue
        answer = client.get(address, follow=True)
        known[address] = answer.content
        if "html" in answer.headers.get("Content-Type", ""):
            found = re.findall(r'(?:href|src|content)="(?:https?://[^/"]+)?(/[^"#]*)', answer.content.decode())
            waiting += [
                html.unescape(link) for link in found if not link.startswith(("/static/", "/admin/", "/accounts/"))
            ]
    return known


def test_no_account_stands_on_a_public_page_or_in_a_bundle(client: Client) -> None:
    built = town(5)
    work(built)
    archive = unpacked(bytes(build_bundle(at=build.LATER).archive))

    pages = public_pages(client)

    assert {
        f"/{lang}/town/{page}/" for lang in ("en", "ru") for page in ("deputies", "votes", "platform", "coalition")
    } <= set(pages)
    shown = " ".join(page.decode("utf-8", "replace") for page in pages.values())
    for words in ("Entered by one organiser, approved by another.", "Circle", "Square", "/en/data/bundle-1.zip"):
        assert words in shown, words
    told = pages | archive
    named = {where: revealed(said.decode("utf-8", "replace")) for where, said in told.items()}
    assert {where: names for where, names in named.items() if names} == {}


def test_no_account_stands_in_a_letter(sink: Sink) -> None:
    built = town(5)
    reader(sink, built.chamber)
    reader(sink, built.chamber, address="other@example.org", person=built.people[0], language="ru")
    work(built)

    for _ in planning.plan_digests(at=TUESDAY):
        pass
    states = sending.send_waiting(at=TUESDAY, among=Delivery.objects.all())

    assert DeliveryState.SENT in states
    for letter in sink.letters:
        for part in letter.walk():
            said = part.get_content() if part.get_content_maintype() == "text" else ""
            assert revealed(said) == set()
        assert revealed(str(letter.items())) == set()
