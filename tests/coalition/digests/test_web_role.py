"""What the database refuses to the web process, and that everything a reader or an organiser does there works."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from coalition.desk.site import desk
from coalition.digests import sealing
from coalition.digests.actions import signing
from coalition.digests.enums import BounceKind, Stage
from coalition.digests.models import Address, Bounce, Confirmation, Delivery, Subscriber, Subscription, Suppression
from coalition.local import APP_ROLE, WEB_ROLE
from tests import build
from tests.coalition.accounts import door
from tests.coalition.desk.test_matrix import addresses, asked, patterns, world
from tests.coalition.digests.build import AT, READER
from tests.coalition.digests.build import reader as subscribed
from tests.coalition.digests.sink import Sink, token_in

pytestmark = pytest.mark.django_db
SEALED = (
    ("digests_address", "sealed"),
    ("digests_address", "blind_index"),
    ("digests_address", "subscriber_id"),
    ("digests_address", "count(*)"),
    ("digests_signup", "sealed"),
    ("digests_signup", "targets"),
    ("digests_suppression", "mark"),
    ("digests_suppression", "count(*)"),
)


@contextmanager
def connected_as(role: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL ROLE {role}")
        yield
        cursor.execute("RESET ROLE")


@pytest.fixture
def roles() -> None:
    """Made twice, as after every migration."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for _ in range(2):
        call_command("restrict_app_role", verbosity=0)


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.usefixtures("roles")
@pytest.mark.parametrize(("table", "column"), SEALED)
def test_the_web_process_reads_no_seal_no_index_and_no_mark(table: str, column: str) -> None:
    question = f"SELECT {column} FROM {table}"  # noqa: S608
    refused = pytest.raises(ProgrammingError, match=f"permission denied for table {table}")
    with connected_as(WEB_ROLE), refused, transaction.atomic():
        run(question)

    with connected_as(APP_ROLE):
        run(question)


@pytest.mark.usefixtures("roles")
@pytest.mark.parametrize(
    "statement",
    [
        "COPY digests_address TO STDOUT",
        "SELECT s.id FROM digests_subscriber s JOIN digests_address a ON a.subscriber_id = s.id",
        "SELECT id FROM digests_signup WHERE sealed = 'x'",
        "INSERT INTO digests_signup (sealed, language, targets, asked_at, attempts) VALUES ('', 'en', '{}', now(), 0)"
        " RETURNING sealed",
        "UPDATE digests_signup SET sealed = ''",
        "UPDATE digests_address SET blind_index = ''",
        "DELETE FROM digests_address",
        "DELETE FROM digests_signup",
        "UPDATE digests_bounce SET taken_at = now()",
        "DELETE FROM digests_bounce",
        "SELECT bounce_hash FROM digests_bounce",
        "INSERT INTO digests_delivery DEFAULT VALUES",
        "UPDATE digests_delivery SET told = '{}'",
        "INSERT INTO digests_subscriber DEFAULT VALUES",
        "CREATE VIEW seen AS SELECT sealed FROM digests_address",
        "DELETE FROM journal_history",
        "DELETE FROM journal_event",
    ],
)
def test_the_web_process_finds_no_way_round(statement: str) -> None:
    with connected_as(WEB_ROLE), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run(statement)


@pytest.mark.usefixtures("roles")
def test_a_reader_comes_and_goes_by_the_web_process_alone(client: Client, sink: Sink) -> None:
    house = build.chamber(slug="town")
    build.deputy(house)
    with connected_as(WEB_ROLE):
        page = client.get("/en/subscribe/?chamber=town").text
        follow = re.findall(r'(?:<option|name="follow")[^>]*value="([^"]+)"', page)[0]
        assert client.post("/en/subscribe/", {"email": READER, "follow": follow}).status_code == 302
    signing.take_sign_ups(at=timezone.now())
    token = token_in(sink.letters[0])

    with connected_as(WEB_ROLE):
        assert client.get(f"/s/{token}/").status_code == 200
        client.post(f"/s/{token}/", {"do": "confirm"})
    own = sealing.open_sealed(bytes(Address.objects.get().sealed)).token
    confirmed = Subscriber.objects.get()
    Delivery.objects.create(subscriber=confirmed, period="2024-W23", after_event=0, until_event=0, planned_at=AT)
    assert confirmed.stage == Stage.CONFIRMED.value

    with connected_as(WEB_ROLE):
        assert client.get(f"/s/{own}/").status_code == 200
        client.get(f"/s/{own}/data.json")
        client.post(f"/s/{own}/", {"do": "pause", "months": "1"})
        assert client.post(f"/s/{own}/unsubscribe/", {"List-Unsubscribe": "One-Click"}).status_code == 200

    for model in (Subscriber, Address, Subscription, Confirmation, Delivery):
        assert not model._default_manager.exists()


@pytest.mark.usefixtures("roles")
def test_the_web_process_notes_what_came_back() -> None:
    with connected_as(WEB_ROLE):
        Bounce.objects.create(bounce_hash="one", kind=BounceKind.HARD.value, at=AT)
        Bounce.objects.bulk_create([Bounce(bounce_hash="two", kind="soft", at=AT)], ignore_conflicts=True)

    assert list(Bounce.objects.order_by("pk").values_list("bounce_hash", flat=True)) == ["one", "two"]


@pytest.mark.usefixtures("roles")
def test_no_page_of_the_desk_shows_a_reader_and_every_one_needs_no_more_than_the_web_role(sink: Sink) -> None:
    rows = world()
    house = build.chamber(slug="followed")
    subscribed(sink, house)
    mark = sealing.suppression_mark(READER)
    Suppression.objects.create(mark=mark, reason=BounceKind.HARD.value, until=AT)
    address = Address.objects.get()
    own, seal = sealing.open_sealed(bytes(address.sealed)).token, bytes(address.sealed)
    secrets = [READER, READER.split("@")[0], own, sealing.token_hash(own), mark, address.blind_index]
    secrets += [seal.hex(), str(seal), str(seal[1:20])[2:-1]]
    client = door.signed_in(door.organiser("anna", superuser=True))
    shown = []

    with connected_as(WEB_ROLE):
        for name, page in addresses(rows):
            if name != "logout":
                said = client.get(asked(name, page)).content.decode(errors="replace").casefold()
                shown += [(name, secret) for secret in secrets if secret.casefold() in said]
        overview = client.get("/admin/").text

    assert shown == []
    assert "fewer than 20" in overview


def test_no_list_of_readers_is_at_the_desk_and_there_is_no_other_way_to_ask_for_one() -> None:
    of_letters = set(apps.get_app_config("digests").get_models())

    assert of_letters.isdisjoint(desk._registry)
    found = [prefix + str(pattern.pattern) for prefix, pattern in patterns(get_resolver().url_patterns)]
    assert [address for address in found if "api" in address.split("/")] == []
    assert Client().get("/api/").status_code == 404
