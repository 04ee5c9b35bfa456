"""A chamber, its platform and its votes of any size, made by the database itself: no rules run and nothing is checked.

About 5 % of the ballots are absences and 2 % abstentions. The triggers sleep while the rows are made, as on a replica.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from deputies.people.enums import Threshold
from deputies.people.models import Chamber, Faction, Term, VotingRule
from pledges.platform.enums import Chapter, PlatformState
from pledges.platform.models import Coalition, Demand, DemandText, Platform, PlatformVersion

START = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
AT = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)

_PEOPLE = """
INSERT INTO people_person (slug, name_ru, name_en, note_ru, note_en)
SELECT 'm' || n, '', 'Member ' || n, '', '' FROM generate_series(1, %(members)s) n
"""
_MANDATES = """
INSERT INTO people_mandate (person_id, chamber_id, term_id, seat, held, began_precision, ended_precision, entered,
    "left", basis, note_ru, note_en, nominated_by_ru, nominated_by_en)
SELECT id, %(chamber)s, %(term)s, 1, tstzrange('2020-01-01', NULL), 'day', 'day', 'election', '', 'official',
    '', '', '', ''
FROM people_person
"""
_VOTES = """
INSERT INTO votes_rollcall (chamber_id, vote_id, slug)
SELECT %(chamber)s, 'v' || n, 'v' || n FROM generate_series(%(first)s, %(last)s) n ORDER BY n
"""
_VERSIONS = """
INSERT INTO votes_rollcallversion (roll_call_id, number, state, held_at, held_precision, question_number, title_ru,
    title_en, question_ru, question_en, summary_ru, summary_en, kind, threshold, threshold_stated, result, result_text,
    basis, note_ru, note_en, is_key, withdrawn, reason, reviewed_hash, returned, hands, vouched, content_hash,
    published_at)
SELECT r.id, 1, %(state)s, timestamptz '2020-02-01 12:00Z' + r.id * interval '1 hour', 'minute', '', '',
    'Question ' || r.id, '', '', '', '', 'by-name', 'voting', false, 'adopted', '', 'official', '', '', false,
    false, '', '', '', '{}', true, CASE %(state)s WHEN 'draft' THEN '' ELSE 'made' END,
    CASE %(state)s WHEN 'draft' THEN NULL ELSE now() END
FROM votes_rollcall r WHERE NOT EXISTS (SELECT FROM votes_rollcallversion v WHERE v.roll_call_id = r.id) ORDER BY r.id
"""
_BALLOTS = """
INSERT INTO votes_ballot (version_id, person_id, mandate_id, faction_id, position, position_raw, corrected_position,
    excuse, basis, note_ru, note_en)
SELECT v.id, m.person_id, m.id, %(faction)s,
    CASE WHEN x.luck < 0.05 THEN 'absent' WHEN x.luck < 0.07 THEN 'abstain' WHEN x.luck < 0.6 THEN 'for'
        ELSE 'against' END,
    '', '', '', 'official', '', ''
FROM votes_rollcallversion v CROSS JOIN people_mandate m
CROSS JOIN LATERAL (SELECT abs(hashint8(v.id * 100003 + m.id) %% 1000) / 1000.0 AS luck) x
WHERE NOT EXISTS (SELECT FROM votes_ballot b WHERE b.version_id = v.id) ORDER BY v.id, m.id
"""
_SHOWN = """
UPDATE votes_rollcall r SET published_id = v.id FROM votes_rollcallversion v
WHERE v.roll_call_id = r.id AND v.state = 'published' AND r.published_id IS NULL
"""
_LINKS = """
INSERT INTO scorecards_link (demand_id, roll_call_id, version, wants, weight, role, scope, contested, reasoning_ru,
    reasoning_en, state, vouched, published_at)
SELECT d.id, r.id, 1, CASE WHEN n %% 2 = 0 THEN 'pass' ELSE 'fail' END, CASE WHEN n %% 5 = 0 THEN 3000 ELSE 1000 END,
    'scoring', 'whole', false, '', 'made', 'published', true, now()
FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS nth FROM platform_demand) d
CROSS JOIN generate_series(1, %(links)s) n
JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS nth, count(*) OVER () AS votes FROM votes_rollcall) r
    ON r.nth = (d.nth * %(links)s + n - 1) %% r.votes
"""


@dataclass(frozen=True, slots=True)
class World:
    """One chamber with its platform; every vote of it is published."""

    chamber: Chamber
    faction: Faction
    platform: Platform
    demands: list[Demand]

    def drafts(self, number: int) -> list[int]:
        """Roll calls that wait to be published, each with a ballot of every member."""
        with sleeping_triggers():
            return _votes(self.chamber, self.faction, number, "draft")


class sleeping_triggers:
    """A transaction in which no trigger and no foreign key looks at what is written."""

    def __enter__(self) -> None:
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        run("SET LOCAL session_replication_role = replica; SET LOCAL maintenance_work_mem = '512MB'")

    def __exit__(self, *error: object) -> None:
        self._transaction.__exit__(*error)  # type: ignore[arg-type]


def run(statement: str, arguments: dict[str, int | str] | None = None) -> int:
    """Run a statement; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return int(cursor.rowcount)


def empty() -> None:
    """Leave nothing in any table but what the migrations put there."""
    kept = {"django_migrations", "django_content_type", "auth_permission", "votes_voteword"}
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True)) - kept)
    run(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")


def make(*, members: int, votes: int, demands: int, links: int) -> World:
    """A chamber where every demand has `links` links, to votes of its own as far as there are enough votes."""
    empty()
    chamber = Chamber.objects.create(slug="bench", name_en="Bench", seats=members)
    term = Term.objects.create(chamber=chamber, number=1, name_en="Term", held=DateTimeTZRange(START, None))
    rule = Threshold.VOTING.value
    VotingRule.objects.create(chamber=chamber, in_force=DateTimeTZRange(None, None), threshold=rule)
    faction = Faction.objects.create(chamber=chamber, slug="all", name_en="All")
    platform, made = _platform(chamber, demands)
    with sleeping_triggers():
        run(_PEOPLE, {"members": members})
        run(_MANDATES, {"chamber": chamber.pk, "term": term.pk})
        _votes(chamber, faction, votes, "published")
        run(_LINKS, {"links": links})
    run("VACUUM ANALYZE")
    return World(chamber, faction, platform, made)


def _platform(chamber: Chamber, demands: int) -> tuple[Platform, list[Demand]]:
    coalition = Coalition.objects.create(chamber=chamber, slug="bench", name_en="Bench")
    platform = Platform.objects.create(coalition=coalition, slug="bench")
    version = PlatformVersion.objects.create(platform=platform, title_en="Platform", vouched=True)
    made = Demand.objects.bulk_create(
        Demand(
            platform=platform,
            slug=f"d{number}",
            demand_id=f"d{number}",
            chapter=(Chapter.DEMOCRATIC if number % 2 else Chapter.SOCIAL).value,
            in_force_from=START.date(),
        )
        for number in range(1, demands + 1)
    )
    texts = (DemandText(version=version, demand=each, order=n, title_en="Demand") for n, each in enumerate(made))
    DemandText.objects.bulk_create(texts)
    version.state, version.published_at = PlatformState.PUBLISHED.value, START
    version.save()
    platform.published = version
    platform.save()
    return platform, made


def _votes(chamber: Chamber, faction: Faction, number: int, state: str) -> list[int]:
    """The ids of `number` new roll calls."""
    known = chamber.roll_calls.count()
    run(_VOTES, {"chamber": chamber.pk, "first": known + 1, "last": known + number})
    run(_VERSIONS, {"state": state})
    run(_BALLOTS, {"faction": faction.pk})
    run(_SHOWN)
    return list(chamber.roll_calls.order_by("-pk").values_list("pk", flat=True)[:number])
