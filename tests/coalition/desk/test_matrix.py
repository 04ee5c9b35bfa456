"""Every address of the desk for every role and every outsider: what is not decided in these tables fails.

The letters are roles: Entrants, Reviewers, Linkers, Publishers, Auditors, Mail operators, Superusers, and N for staff
without a role.
"""

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

from coalition.accounts.models import User
from coalition.accounts.roles import ROLES
from coalition.desk.site import desk
from deputies.journal.actions import freeze
from deputies.journal.models import Event, Freeze
from deputies.people.models import Chamber, District, Faction, Mandate, Party, Person, Term
from deputies.sources.models import Document, cite
from deputies.votes.enums import Position
from deputies.votes.models import Decision, RollCall
from pledges.platform.models import Coalition, Demand, Platform, PlatformVersion
from pledges.scorecards.enums import RulingKind, Silence
from pledges.scorecards.models import ScoreChange
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
    "votes_rollcall": FACT,
    "votes_decision": JUDGEMENT,
    "platform_coalition": JUDGEMENT,
    "platform_platform": JUDGEMENT,
    "platform_demand": WRITTEN_BY_ACTIONS,
    "platform_platformversion": DRAFT,
    "tracker_signature": JUDGEMENT,
    "scorecards_link": DRAFT,
    "scorecards_ruling": DRAFT,
    "scorecards_scorechange": WRITTEN_BY_ACTIONS,
    "journal_event": WRITTEN_BY_ACTIONS,
    "journal_freeze": Rights(add="PS"),
    "accounts_user": Rights(see="S", add="S", change="S"),
    "auth_group": Rights(see="S"),
}

# Who may GET and who may POST.
PAGES = {
    "index": (ALL, ALL),
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
    "app_list journal": (RECORD, RECORD),
    "app_list accounts": ("S", "S"),
    "app_list auth": ("S", "S"),
    "auth_user_password_change": ("S", "S"),
    "people_mandate_newcomers": ("ES", "ES"),
    "votes_rollcall_correct": ("ES", "ES"),
    "votes_rollcall_publish": ("PS", "PS"),
    "votes_rollcall_discard": (NOT_SO, "ES"),
    "votes_rollcall_drill": (RECORD, RECORD),
    "votes_sitting_protocol": (RECORD, RECORD),
    "votes_sitting_start": (NOT_SO, "ES"),
    "votes_rollcall_claim": (NOT_SO, "ES"),
    "votes_rollcall_take-over": (NOT_SO, "ES"),
    "platform_platformversion_publish": ("PS", "PS"),
    "scorecards_link_publish": ("LS", "LS"),
    "scorecards_link_withdraw": ("LS", "LS"),
    "scorecards_ruling_publish": ("PS", "PS"),
    "scorecards_ruling_withdraw": ("PS", "PS"),
    "journal_freeze_thaw": (NOT_SO, "PS"),
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
    """A row of each model of the desk."""
    house = build.chamber(slug="town")
    person = build.deputy(house, group="Red")
    published = build.vote(house, {person: Position.FOR})
    platform = build.platform(house)
    demand = platform.demands.get()
    build.link(demand, published)
    draft = build.draft(house, {person: Position.FOR}, source=cite(title="The protocol"))
    silence = {"kind": RulingKind.SILENCE.value, "silence": Silence.NOTHING.value}
    Decision.objects.create(chamber=house, key="d")
    Party.objects.create(slug="party", name_en="Party")
    user = door.organiser("somebody")
    freeze(chamber="elsewhere", reason_ru="", reason_en="Election.", by=user, at=build.AT)
    rows: list[Model] = [
        build.link(demand, draft.roll_call, published=False),
        build.ruling(platform, published, published=False, **silence),
        PlatformVersion.objects.create(platform=platform, number=2, title_en="Second"),
        build.signature(person, demand, build.START.date()),
        draft.roll_call,
        user,
    ]
    first = (
        Chamber, Term, District, Faction, Party, Person, Mandate, Document, Decision, Coalition, Platform, Demand,
        Event, Freeze, ScoreChange, Group,
    )  # fmt: skip
    rows += [model._default_manager.order_by("pk")[0] for model in first]
    return {type(row): row for row in rows}


def addresses(rows: dict[type[Model], Model]) -> Iterator[tuple[str, str]]:
    """Every address of the desk by its name in the table, from the resolver itself."""
    root = reverse("admin:index")
    roll_call: Any = rows[RollCall]
    others = {"chamber_id": rows[Chamber].pk, "version_id": roll_call.versions.get().pk, "content_type_id": 1}
    pages = {model._meta.label_lower.replace(".", "_"): row.pk for model, row in rows.items()}
    for prefix, pattern in patterns(desk.get_urls()):
        name, model = pattern.name, prefix.strip("/").replace("/", "_")
        if name == "app_list":
            yield from ((f"app_list {label}", f"{root}{label}/") for label in {m._meta.app_label for m in rows})
        elif name is None and not prefix:
            yield "catch all", f"{root}no/such/page/"
        else:
            pk = pages.get(model, 1)
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
    """A digest of every table but sessions and claims: it differs once a row is added, changed or deleted."""
    tables = sorted(set(connection.introspection.table_names()) - {"django_session", "desk_claim"})
    one = "SELECT '{0}', count(*), coalesce(sum(hashtext(t.ctid::text || t.xmin::text)), 0) FROM \"{0}\" t"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(one.format(table) for table in tables))
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
