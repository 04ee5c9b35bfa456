"""Every table that a reader's page reads tells of its changes, or cannot change under a reader's eyes."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from deputies.votes.enums import Position
from deputies.votes.models import Decision, RollCallVersion
from pledges.platform.enums import Chapter
from pledges.scorecards.actions import announce_method
from pledges.scorecards.bundles.actions import build_bundle
from pledges.scorecards.profiles import PROFILES
from tests import build
from tests.coalition.pages.addresses import addresses
from tests.coalition.pages.build import town

pytestmark = pytest.mark.django_db

# Tables that pages read and that tell nothing, and why no page can be older than they are.
SILENT = {
    "votes_ballot": "refused by the database once the version is submitted; publishing it changes the version",
    "votes_factionstatement": "refused by the database once the version is submitted",
    "platform_demandtext": "refused by the database once the version is published; publishing it changes the version",
    "journal_edition": "is what is told",
    "tracker_invitation": "read only for whose a published answer is, which nothing changes",
}
READ = re.compile(r'(?:FROM|JOIN) \(*"?([a-z]+_[a-z_]+)"?')


def telling() -> set[str]:
    """Tables of which every change tells; those left out only tell of no addition, which another row has to name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname ~ '^journal_edition_' AND tgenabled = 'A'"
            " GROUP BY 1 HAVING array_agg(tgname::text) @>"
            " '{journal_edition_change,journal_edition_remove,journal_edition_empty}'"
        )
        return {name for (name,) in cursor.fetchall()}


def test_every_table_that_pages_read_tells_of_its_changes(client: Client) -> None:
    built = town(3, votes=3, chapters=tuple(Chapter))
    red_line, version = built.platform.demands.get(chapter=Chapter.RED_LINE), built.platform.published
    assert version is not None
    build.link(red_line, built.votes[2])
    build.ruling(built.platform, built.votes[0], kind="silence", silence="nothing")
    build.signature(built.people[0], version, build.moment(12).date())
    build.dispute(built.votes[0], built.people[0], shows=["https://example.org/a"])
    corrected = build.draft(built.chamber, {built.people[0]: Position.FOR}, roll_call=built.votes[1])
    build.publish(corrected)
    decision = Decision.objects.create(chamber=built.chamber, key="text-1", title_en="Text", main=built.votes[0])
    built.chamber.roll_calls.update(decision=decision)
    announce_method(platform=built.platform, profile=PROFILES["absence-against"], at=build.AT)
    build_bundle(at=build.LATER)
    assert RollCallVersion.objects.count() == 4

    pages = [*addresses(built, is_furnished=True), "/en/data/", "/en/data/bundle-1.zip"]
    with CaptureQueriesContext(connection) as asked:
        for address in [*pages, built.address("demands/d3/"), built.address(f"deputies/{built.people[0].slug}/d3/")]:
            client.get(address)
    read = {table for query in asked for table in READ.findall(query["sql"])}

    assert len(read) > 25
    assert read - telling() - SILENT.keys() == set()


def test_the_silent_tables_are_read() -> None:
    assert SILENT.keys() & telling() == set()


@pytest.mark.parametrize("table", ["votes_ballot", "votes_factionstatement", "platform_demandtext"])
def test_the_database_refuses_changes_of_silent_tables(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger"
            " WHERE tgrelid = %s::regclass AND tgname ~ '_immutable' AND tgenabled = 'O'",
            [table],
        )
        assert cursor.fetchone()[0] >= 1
