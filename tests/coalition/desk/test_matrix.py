"""Every address of the desk for every role and every outsider: what is not decided in these tables fails.

The letters are roles: Entrants, Reviewers, Linkers, Publishers, Auditors, Mail operators, Superusers, and N for staff
without a role.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from coalition.accounts.models import User
from coalition.accounts.roles import ROLES
from coalition.demo.drill import questions
from coalition.desk.site import desk
from deputies.journal.actions import file_dispute, freeze
from deputies.journal.models import Dispute, Event, Evidence, Freeze, History
from deputies.people.models import Chamber, District, Faction, Mandate, Party, Person, Term
from deputies.sources.models import Document, cite, keep_copy
from deputies.votes.enums import Position, State
from deputies.votes.models import Decision, RollCall, Sitting, VoteWord, WrittenName
from pledges.findings.models import Finding
from pledges.platform.models import Coalition, Demand, Platform, PlatformVersion
from pledges.scorecards.enums import RulingKind, Silence
from pledges.scorecards.models import Considered, ScoreChange
from pledges.tracker.models import Pledge
from tests import build
from tests.coalition.accounts import door

pytestmark = pytest.mark.django_db

LETTERS = {role[0]: [role] for role in ROLES} | {"N": [], "S": []}
ALL = "ERLPAMNS"
RECORD = "ERLPAS"
NOT_SO = "not by this method"


@dataclass(frozen=True, slots=True)
class Rights:
    """Who may see rows of a model, add one, change the one of `world`, and delete it."""

    see: str = RECORD
    add: str = ""
    change: str = ""
    delete: str = ""


FACT = Rights(add="ES", change="ES")
JUDGEMENT = Rights(add="LS", change="LS")
DRAFT = Rights(add="LS", change="LS", delete="LS")
WRITTEN_BY_ACTIONS = Rights()

MODELS = {
    "sources_document": Rights(add="ELS", change="ES"),
    "people_chamber": FACT,
    "people_term": FACT,
    "people_district": FACT,
    "people_party": FACT,
    "people_faction": FACT,
    "people_person": FACT,
    "people_mandate": FACT,
    "votes_sitting": FACT,
    "votes_rollcall": FACT,
    "votes_agendaitem": FACT,
    "votes_voteword": Rights(add="ES", change="ES", delete="S"),  # known to every chamber
    "votes_decision": JUDGEMENT,
    "platform_coalition": JUDGEMENT,
    "platform_platform": JUDGEMENT,
    "platform_demand": WRITTEN_BY_ACTIONS,
    "platform_platformversion": DRAFT,
    "tracker_signature": JUDGEMENT,
    "tracker_pledge": Rights(add="LS"),
    "tracker_pledgestatus": Rights(add="LS"),
    "scorecards_link": DRAFT,
    "scorecards_ruling": DRAFT,
    "scorecards_considered": Rights(add="LS"),
    "findings_agendalink": Rights(add="LS"),
    "scorecards_scorechange": WRITTEN_BY_ACTIONS,
    "tracker_invitation": WRITTEN_BY_ACTIONS,
    "tracker_answer": WRITTEN_BY_ACTIONS,
    "journal_event": WRITTEN_BY_ACTIONS,
    "journal_history": WRITTEN_BY_ACTIONS,
    "journal_dispute": WRITTEN_BY_ACTIONS,
    "journal_freeze": Rights(add="PS"),
    "findings_finding": WRITTEN_BY_ACTIONS,
    "accounts_user": Rights(see="S", add="S", change="S"),
    "accounts_memberorganisation": Rights(see="S", add="S", change="S"),
    "auth_group": Rights(see="S"),
}

# Who may GET and who may POST.
PAGES = {
    "index": (ALL, ALL),
    "language": (NOT_SO, ALL),
    "login": (ALL, ALL),
    "logout": (ALL, ALL),
    "password_change": (ALL, ALL),
    "password_change_done": (ALL, NOT_SO),
    "jsi18n": (ALL, NOT_SO),
    "autocomplete": (RECORD, NOT_SO),
    "view_on_site": ("", ""),
    "catch all": ("", ""),
    "app_list sources": (RECORD, RECORD),
    "app_list people": (RECORD, RECORD),
    "app_list votes": (RECORD, RECORD),
    "app_list platform": (RECORD, RECORD),
    "app_list tracker": (RECORD, RECORD),
    "app_list scorecards": (RECORD, RECORD),
    "app_list findings": (RECORD, RECORD),
    "app_list journal": (RECORD, RECORD),
    "app_list accounts": ("S", "S"),
    "app_list auth": ("S", "S"),
    "auth_user_password_change": ("S", "S"),
    "people_mandate_newcomers": ("ES", "ES"),
    "sources_document_copy": (RECORD, NOT_SO),
    "votes_sitting_agenda": ("ES", "ES"),
    "votes_sitting_submit": ("ES", "ES"),
    "votes_rollcall_paste": ("ES", "ES"),
    "votes_rollcall_names": ("ES", "ES"),
    "votes_rollcall_submit": ("ES", "ES"),
    "votes_rollcall_key": ("RS", "RS"),
    "votes_rollcall_review": ("RS", "RS"),
    "votes_rollcall_publish": ("PS", "PS"),
    "votes_rollcall_correct": ("ES", "ES"),
    "votes_rollcall_take_back": (NOT_SO, "ES"),
    "votes_rollcall_seen_source": (NOT_SO, "ES"),
    "votes_rollcall_discard": (NOT_SO, "ES"),
    "votes_rollcall_drill": (RECORD, RECORD),
    "votes_sitting_protocol": (RECORD, RECORD),
    "votes_sitting_start": (NOT_SO, "ES"),
    "votes_rollcall_claim": (NOT_SO, "ES"),
    "votes_rollcall_take-over": (NOT_SO, "ES"),
    "votes_agendaitem_withdraw": (NOT_SO, "ES"),
    "votes_agendaitem_put_back": (NOT_SO, "ES"),
    "votes_agendaitem_hold": (NOT_SO, "ES"),
    "findings_agendalink_publish": (NOT_SO, "PS"),
    "findings_agendalink_reject": (NOT_SO, "PS"),
    "platform_platformversion_publish": ("PS", "PS"),
    "platform_platform_lint": (RECORD, NOT_SO),
    "platform_platform_campaign": (RECORD, NOT_SO),
    "tracker_pledge_review": ("PS", "PS"),
    "tracker_pledgestatus_review": ("PS", "PS"),
    "scorecards_link_propose": ("LS", "LS"),
    "scorecards_link_approve": ("LS", "LS"),
    "scorecards_link_veto": ("LS", "LS"),
    "scorecards_ruling_publish": ("PS", "PS"),
    "scorecards_ruling_withdraw": ("PS", "PS"),
    "tracker_invitation_invite": ("LS", "LS"),
    "tracker_invitation_print": ("LS", "LS"),
    "tracker_answer_confirm": (NOT_SO, "LS"),
    "tracker_answer_publish": (NOT_SO, "PS"),
    "tracker_answer_set-aside": (NOT_SO, "LPS"),
    "journal_freeze_thaw": (NOT_SO, "PS"),
    "journal_dispute_confirm": (NOT_SO, "PS"),
    "journal_dispute_take_up": (NOT_SO, "PS"),
    "journal_dispute_close": (NOT_SO, "PS"),
    "journal_dispute_evidence": (RECORD, NOT_SO),
    "findings_finding_take_up": (NOT_SO, "LS"),
    "findings_finding_ask": (NOT_SO, "LS"),
    "findings_finding_publish": (NOT_SO, "PS"),
    "findings_finding_dismiss": (NOT_SO, "LPS"),
    "findings_finding_letter": ("LS", NOT_SO),
}
for name, rights in MODELS.items():
    PAGES |= {
        f"{name}_changelist": (rights.see, rights.see),
        f"{name}_add": (rights.add, rights.add),
        f"{name}_history": (rights.see, rights.see),
        f"{name}_change": (rights.see, rights.change),
        f"{name}_delete": (rights.delete, rights.delete),
        f"{name} by number": (ALL, ALL),  # only leads on to the page of the row
    }


def world() -> dict[type[Model], Model]:
    """A row of each model of the desk, and roll calls that wait for a second person and for publication."""
    house = build.chamber(slug="town")
    person = build.deputy(house, group="Red")
    published = build.vote(house, {person: Position.FOR})
    platform = build.platform(house)
    demand = platform.demands.get()
    link = build.link(demand, published)
    sitting = Sitting.objects.create(chamber=house, began_at=build.moment(10))
    draft = build.draft(house, {person: Position.FOR}, source=keep_copy(content=b"For: 1", title="The protocol"))
    RollCall.objects.filter(pk=draft.roll_call_id).update(sitting=sitting)
    WrittenName.objects.create(version=draft, line=1, name="Nobody known", position=Position.FOR.value)
    user = door.organiser("somebody")
    build.submitted(build.draft(house, {person: Position.FOR}, question_number="waits"), entered_by=user)
    other = door.organiser("another")
    approved = build.draft(house, {person: Position.FOR}, question_number="approved", source=cite(title="Minutes"))
    build.approved(approved, entered_by=user, reviewed_by=other)
    practise(house, person, entered_by=user, reviewed_by=other)
    silence = {"kind": RulingKind.SILENCE.value, "silence": Silence.NOTHING.value}
    Decision.objects.create(chamber=house, key="d")
    Party.objects.create(slug="party", name_en="Party")
    freeze(chamber="elsewhere", reason_ru="", reason_en="Election.", by=user, at=build.AT)
    now = timezone.now()
    item = build.item(house, now + dt.timedelta(days=10), title_en="Square", at=now)
    signature = build.signature(person, demand, build.START.date())
    rows: list[Model] = [
        item,
        build.item_link(demand, item, published=False),
        build.link(demand, draft.roll_call, published=False),
        build.ruling(platform, published, published=False, **silence),
        PlatformVersion.objects.create(platform=platform, number=2, title_en="Second"),
        signature,
        build.status(build.pledge(person, demand), author=user, published=False),
        Considered.objects.create(demand=demand, roll_call=published, reason_en="By show of hands.", at=build.AT),
        draft.roll_call,
        user,
        build.organisation(platform, "Circle"),
        cite(title="A newspaper"),
        History.objects.filter(table_name=RollCall._meta.db_table)[0],
    ]
    report = file_dispute(
        dispute=Dispute(chamber=house.slug, roll_call=published.pk, should_say="against"),
        evidence=[Evidence.of_file(title="p.txt", media_type="text/plain", content=b"Against: 1")],
        token="token",
        zone=house.zone,
        at=build.AT,
    )
    rows += [report, report.evidence.get()]
    found = {"version": published.versions.get(), "link": link, "position": "for", "signature": signature}
    rows.append(Finding.objects.create(kind="differs", person=person, detected_at=build.AT, **found))
    invitation = build.invitation(person, platform)
    rows += [invitation, build.answer(invitation, published=False)]
    first = (
        Chamber, Term, District, Faction, Party, Person, Mandate, Sitting, VoteWord, Decision, Coalition,
        Platform, Demand, Pledge, Event, Freeze, ScoreChange, Group,
    )  # fmt: skip
    rows += [model._default_manager.order_by("pk")[0] for model in first]
    return {type(row): row for row in rows}


def practise(house: Chamber, person: Person, **by: User) -> None:
    """A drill of which one question is approved."""
    drill = Sitting.objects.create(chamber=house, began_at=build.moment(11), is_drill=True)
    asked = RollCall.objects.create(chamber=house, vote_id="drill", slug="drill", sitting=drill)
    number = questions()[0].number
    build.approved(build.draft(house, {person: Position.FOR}, roll_call=asked, question_number=number), **by)


def addresses(rows: dict[type[Model], Model]) -> Iterator[tuple[str, str]]:
    """Every address of the desk by its name in the table, from the resolver itself."""
    root = reverse("admin:index")
    roll_call: Any = rows[RollCall]
    others = {
        "chamber_id": rows[Chamber].pk,
        "version_id": roll_call.versions.get().pk,
        "content_type_id": 1,
        "evidence": rows[Evidence].pk,
    }
    pages = {model._meta.label_lower.replace(".", "_"): row.pk for model, row in rows.items()}
    steps = {
        "votes_rollcall_review": State.SUBMITTED,
        "votes_rollcall_publish": State.REVIEWED,
        "votes_rollcall_take_back": State.SUBMITTED,
        "votes_rollcall_correct": State.PUBLISHED,
    }
    at_step = {
        name: RollCall.objects.filter(versions__state=state.value, sitting=None).earliest("pk").pk
        for name, state in steps.items()
    }
    drill = Sitting.objects.get(is_drill=True)
    at_step |= {"votes_sitting_protocol": drill.pk, "votes_sitting_start": drill.pk}
    at_step["votes_rollcall_drill"] = drill.roll_calls.get().pk
    at_step["sources_document_copy"] = Document.objects.exclude(sha256="")[0].pk
    for prefix, pattern in patterns(desk.get_urls()):
        name, model = pattern.name, prefix.strip("/").replace("/", "_")
        if name == "app_list":
            yield from ((f"app_list {label}", f"{root}{label}/") for label in {m._meta.app_label for m in rows})
        elif name is None and not prefix:
            yield "catch all", f"{root}no/such/page/"
        else:
            pk = at_step.get(name or "", pages.get(model, 1))
            values = others | {"pk": pk, "object_id": pk, "id": pk}
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), prefix + str(pattern.pattern))  # noqa: B023
            yield name or f"{model} by number", root + path


def patterns(urls: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in urls:
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, prefix + str(one.pattern))
        else:
            yield prefix, one


def asked(name: str, address: str) -> str:
    """With the words without which the page refuses everybody."""
    return f"{address}?app_label=people&model_name=mandate&field_name=person" if name == "autocomplete" else address


def record() -> list[Any]:
    """A digest of every table but sessions and claims: it differs once a row is added, changed or deleted.

    Of what the rows say, not of where they lie, and in the order of the names: the server moves rows by itself, and
    reads large tables side by side.
    """
    tables = sorted(set(connection.introspection.table_names()) - {"django_session", "desk_claim"})
    one = "SELECT '{0}', count(*), coalesce(sum(hashtext(t::text)), 0) FROM \"{0}\" t"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(one.format(table) for table in tables) + " ORDER BY 1")
        return list(cursor.fetchall())


def outcome(client: Client, method: str, address: str) -> str:
    """Done and undone again, signing out included."""
    session = client.cookies["sessionid"].value
    with transaction.atomic():
        answer = getattr(client, method)(address)
        transaction.set_rollback(True)
    client.cookies["sessionid"] = session
    if answer.status_code == 302 and "/login/" in answer["Location"]:
        return "led to the door"
    return {403: "refused", 404: "refused", 405: NOT_SO}.get(
        answer.status_code, "allowed" if answer.status_code < 400 else f"status {answer.status_code}"
    )


def test_every_address_of_the_desk_is_decided() -> None:
    found = [name for name, _ in addresses(world())]

    assert set(found) == set(PAGES)


def test_the_digest_sees_a_change_of_one_row() -> None:
    rows = world()
    before = record()

    assert record() == before
    Person.objects.filter(pk=rows[Person].pk).update(name_en="Another")
    assert record() != before


@pytest.mark.parametrize("letter", LETTERS)
def test_what_a_role_may_open_and_send(letter: str) -> None:
    client = door.signed_in(door.organiser("anna", superuser=letter == "S", roles=LETTERS[letter]))
    expected, found = {}, {}

    for name, address in addresses(world()):
        for method, allowed in zip(("get", "post"), PAGES[name], strict=True):
            refused = "allowed" if letter in allowed else "refused"
            expected[method, name] = NOT_SO if allowed == NOT_SO else refused
            found[method, name] = outcome(client, method, asked(name, address))

    wrong = {key: (said, expected[key]) for key, said in found.items() if said != expected[key]}
    assert wrong == {}


def test_the_pages_of_the_world_are_really_opened() -> None:
    """No answer of the matrix is only a way on to another page."""
    client = door.signed_in(door.organiser("anna", superuser=True))
    pages = [(name, address) for name, address in addresses(world()) if name != "logout"]
    answers = {name: client.get(asked(name, address)) for name, address in pages}

    elsewhere = {name for name, answer in answers.items() if answer.status_code == 302}
    assert {name for name in elsewhere if not name.endswith(" by number")} == {
        "login",
        "password_change",
    }


def test_whoever_entered_a_roll_call_neither_reviews_it_nor_enters_it_again() -> None:
    rows = world()
    somebody = rows[User]
    assert isinstance(somebody, User)
    client = door.signed_in(somebody)
    waiting = RollCall.objects.get(versions__state=State.SUBMITTED.value)
    before = record()

    for page in ("review", "key"):
        for send in (client.get, client.post):
            answer = send(reverse(f"admin:votes_rollcall_{page}", args=[waiting.pk]), follow=True)
            assert "another person must" in answer.content.decode()
            assert answer.redirect_chain[-1][0] == reverse("admin:votes_rollcall_change", args=[waiting.pk])

    assert record() == before


@pytest.mark.parametrize("letters", ["S", "ERLP", "A"])
def test_opening_a_page_changes_nothing(letters: str) -> None:
    roles = [role for letter in letters for role in LETTERS[letter]]
    client = door.signed_in(door.organiser("anna", superuser=letters == "S", roles=roles))
    pages = list(addresses(world()))
    before, changed = record(), []

    for name, address in pages:
        client.get(asked(name, address))
        if record() != before:
            changed.append(name)
            before = record()

    assert changed == []


@pytest.mark.parametrize("outsider", ["anonymous", "without second factor", "inactive", "not staff"])
def test_outsiders_are_led_to_the_door_and_change_nothing(outsider: str) -> None:
    client = Client()
    if outsider != "anonymous":
        user = door.organiser("vera", superuser=True)
        client = door.signed_in(user, second_factor=outsider != "without second factor")
        lost = {"inactive": {"is_active": False}, "not staff": {"is_staff": False, "is_superuser": False}}
        User.objects.filter(pk=user.pk).update(**lost.get(outsider, {"is_active": True}))
        user.groups.set(Group.objects.all())
    pages = list(addresses(world()))
    before, inside = record(), []

    for name, address in pages:
        for method in (client.get, client.post):
            answer = method(asked(name, address))
            door_says = 403 if (name, outsider) == ("login", "not staff") else 302
            if answer.status_code != door_says or b"csrfmiddlewaretoken" in answer.content:
                inside.append((name, answer.status_code))

    assert inside == []
    assert record() == before


def test_nothing_is_sent_from_another_site() -> None:
    known = door.signed_in(door.organiser("anna", superuser=True))
    client = Client(enforce_csrf_checks=True)
    client.cookies = known.cookies

    answers = {name: client.post(asked(name, address)).status_code for name, address in addresses(world())}

    assert {name for name, status in answers.items() if status != 403} == set()


def test_no_table_keeps_from_where_or_with_what_anybody_came() -> None:
    """Not even of what is refused; sessions are looked into."""
    client = door.signed_in(door.organiser("anna", superuser=True))
    client.defaults |= {
        "REMOTE_ADDR": "203.0.113.77",
        "HTTP_USER_AGENT": "Marked/7",
        "HTTP_X_FORWARDED_FOR": "203.0.113.77",
    }

    for name, address in addresses(world()):
        if name not in ("logout", "votes_rollcall_discard"):
            client.get(asked(name, address))
            client.post(asked(name, address))

    said = [str(session.get_decoded()) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - a name of ours
            said += [row for (row,) in cursor.fetchall()]
    assert [row for row in said if "203.0.113.77" in row or "Marked" in row] == []
