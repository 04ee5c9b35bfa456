import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F

from deputies.people.enums import Threshold
from deputies.people.imports import ChamberRefused, Changes, Wishes, import_people
from deputies.people.models import Chamber, Mandate, Party, Person
from deputies.people.tidy import joined
from deputies.sources.tables import BadFile, BadFiles
from tests import tidy

pytestmark = pytest.mark.django_db

MEMBERSHIPS = """member_id,body,title,start,end
a,City Council,,2018-01-01,2019-12-31
a,city council,,2020-01-01,2021-12-31
b,City Council,,2018-01-01,2018-06-30
b,Parks Committee,,2018-01-01,
c,City Council,,2019-03-01,
"""


def bring(folder: Path, slug: str = "council", **wishes: Any) -> Changes:
    return import_people(folder=folder, slug=slug, wishes=Wishes(**wishes))


def mandates() -> list[tuple[str, dt.date | None, dt.date | None, int | None, int]]:
    """Member, first day, first day after, district and seat, by member and start."""
    rows = Mandate.objects.order_by("person__identifiers__value", F("held__startswith").asc(nulls_first=True))
    return [
        (
            mandate.person.identifiers.get().value,
            mandate.held.lower and mandate.held.lower.date(),
            mandate.held.upper and mandate.held.upper.date(),
            mandate.district.number if mandate.district else None,
            mandate.seat,
        )
        for mandate in rows
    ]


def test_a_new_chamber_gets_its_members_districts_and_factions(tmp_path: Path) -> None:
    changes = bring(tidy.folder(tmp_path))

    chamber = Chamber.objects.get()
    assert (chamber.slug, chamber.seats, chamber.voting_rules.get().threshold) == ("council", 3, "voting")
    assert mandates() == [("a", None, None, 1, 1), ("b", None, None, 2, 1), ("c", None, None, 3, 1)]
    assert sorted(chamber.factions.values_list("slug", flat=True)) == ["blue", "red"]
    assert sorted(Party.objects.values_list("name_en", flat=True)) == ["Other", "Party"]
    assert sorted(Person.objects.values_list("slug", "name_ru", "name_en")) == [
        ("irina-galkina", "Ирина Галкина", ""),
        ("maria-doe", "", "Maria Doe"),
        ("mgr-petr-stepanek-csc", "", "Mgr. Petr Štěpánek, CSc."),
    ]
    assert changes.notes == [
        "Assumed for the new chamber: 3 seats (--seats); more votes for than against adopt a decision "
        "(--threshold voting); dates are in UTC (--timezone)."
    ]


def test_again_changes_nothing(tmp_path: Path) -> None:
    folder = tidy.folder(tmp_path, memberships=MEMBERSHIPS)
    bring(folder, name="City Council")
    before = tidy.rows_kept()

    assert bring(folder).done == []
    assert tidy.rows_kept() == before


def test_what_changed_is_said_and_who_is_gone_stays(tmp_path: Path) -> None:
    bring(tidy.folder(tmp_path))
    members = "member_id,name,party,group,constituency\na,Ирина Галкина-Смит,Party,Blue,District 1\nd,,,,\n"

    changes = bring(tidy.folder(tmp_path, members=members), seats=5, threshold=(Threshold.FIXED, 3))

    assert changes.done == [
        "the chamber: seats changed",
        "the voting rule: threshold, threshold_number changed",
        "a (Ирина Галкина-Смит): name_ru changed",
        "1 new members",
        "a (Ирина Галкина-Смит), group: faction_id changed",
        "1 new mandates",
    ]
    assert changes.notes == ["In the record and no longer in members.csv, left as they are: b, c."]
    assert Person.objects.count() == 4
    assert Person.objects.get(slug="d").name_en == "d"


def test_memberships_of_the_chamber_are_mandates(tmp_path: Path) -> None:
    changes = bring(tidy.folder(tmp_path, memberships=MEMBERSHIPS), name="City Council", seats=3)

    assert mandates() == [
        ("a", dt.date(2018, 1, 1), dt.date(2022, 1, 1), 1, 1),
        ("b", dt.date(2018, 1, 1), dt.date(2018, 7, 1), 2, 1),
        ("c", dt.date(2019, 3, 1), None, 3, 1),
    ]
    assert Chamber.objects.get().terms.get().held.upper is None
    assert "memberships.csv: 1 other bodies ignored, such as Parks Committee." in changes.notes


def test_seats_are_the_most_at_once(tmp_path: Path) -> None:
    bring(tidy.folder(tmp_path, memberships=MEMBERSHIPS), name="City Council")

    assert Chamber.objects.get().seats == 2


def test_without_rows_of_the_chamber_mandates_cover_the_term(tmp_path: Path) -> None:
    changes = bring(tidy.folder(tmp_path, memberships=MEMBERSHIPS))

    assert mandates()[0] == ("a", None, None, 1, 1)
    assert changes.notes[0] == (
        "memberships.csv has no rows of this chamber, so every mandate covers the whole term. "
        'If it is "City Council" in that file, say so with --name.'
    )


def test_members_of_one_constituency_get_seats_of_it(tmp_path: Path) -> None:
    members = "member_id,name,constituency\na,A,AL\nb,B,AL\nc,C,12th Essex\nd,D,\n"

    bring(tidy.folder(tmp_path, members=members))

    assert mandates() == [
        ("a", None, None, 1, 1),
        ("b", None, None, 1, 2),
        ("c", None, None, 12, 1),
        ("d", None, None, None, 1),
    ]


def test_people_of_the_same_name_get_their_own_addresses(tmp_path: Path) -> None:
    bring(tidy.folder(tmp_path, members="member_id,name\na,Tom Walsh\nb,Tom Walsh\n"))
    bring(tidy.folder(tmp_path, members="member_id,name\na,Tom Walsh\n"), "senate")

    assert sorted(Person.objects.values_list("slug", flat=True)) == ["tom-walsh", "tom-walsh-2", "tom-walsh-3"]


def test_periods_that_touch_are_one() -> None:
    day = dt.date(2020, 1, 1)
    later = day + dt.timedelta(days=10)

    assert joined([(later, None), (day, later)]) == [(day, None)]
    assert joined([(day, day + dt.timedelta(days=9)), (later, None)]) == [
        (day, day + dt.timedelta(days=9)),
        (later, None),
    ]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"members": "member_id\na\n"}, "members.csv, line 1: no column name; the columns are member_id. "
         "Add the column, or correct its name."),
        ({"members": "member_id,name\n,A\n"}, 'members.csv, line 2: "member_id" is empty. Fill it in.'),
        ({"members": "member_id,name\na,A\na,B\n"}, 'members.csv, line 3: member_id "a" is already in line 2. '
         "Give every member their own id."),
        ({"memberships": "member_id,body,start,end\nx,B,2018-01-01,\n"},
         'memberships.csv, line 2: unknown member "x". Add the member to members.csv.'),
        ({"memberships": "member_id,body,start,end\na,B,2018,\n"},
         'memberships.csv, line 2: "2018" in "start" is not a day. Write it like 2019-09-24.'),
        ({"memberships": "member_id,body,start,end\na,B,2018-01-01,31.12.9999\n"},
         'memberships.csv, line 2: "31.12.9999" in "end" is not a day. Write it like 2019-09-24.'),
        ({"memberships": "member_id,body,start,end\na,B,0001-01-01,\n"},
         'memberships.csv, line 2: "0001-01-01" in "start" is not a day. Write it like 2019-09-24.'),
        ({"memberships": "member_id,body,start,end\na,B,2018-01-02,2018-01-01\n"},
         "memberships.csv, line 2: the end 2018-01-01 is before the start 2018-01-02. Correct one of them."),
        ({"memberships": "member_id,body,start,end\na,B,,\n"},
         "memberships.csv, line 2: the start is empty. Write the first day, like 2019-09-24."),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_and_nothing_stored(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises((BadFile, BadFiles)) as refusal:
        bring(tidy.folder(tmp_path, **files))

    assert str(refusal.value) == message
    assert not Chamber.objects.exists()


@pytest.mark.parametrize("slug", ["admin", "en", "City Council", "дума"])
def test_a_chamber_needs_an_address_of_its_own(tmp_path: Path, slug: str) -> None:
    with pytest.raises(ChamberRefused):
        bring(tidy.folder(tmp_path), slug)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "localtime"])
def test_a_time_zone_must_exist(tmp_path: Path, zone: str) -> None:
    with pytest.raises(ChamberRefused, match=zone):
        bring(tidy.folder(tmp_path), timezone=zone)
