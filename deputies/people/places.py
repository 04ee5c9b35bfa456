"""A list of streets and areas, from places.csv into the record."""

from dataclasses import dataclass
from pathlib import Path

from deputies.people.enums import PlaceKind
from deputies.people.models import Chamber, Place
from deputies.sources.enums import Basis
from deputies.sources.models import Document, cite
from deputies.sources.tables import BadFile, Problems, Row, opened

COLUMNS = ("number", "kind")
YES, NO = ("yes", "1", "да"), ("", "no", "0", "нет")
BASES = {basis.value for basis in Basis}


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One row of places.csv; the names and the note are in Russian and in English."""

    number: int
    kind: str
    name: tuple[str, str]
    is_part: bool
    basis: str
    note: tuple[str, str]
    source: str
    line: int


def read_places(folder: Path) -> list[PlaceRow]:
    """The rows; none without the file. Raises BadFile or BadFiles."""
    path, problems, rows, lines = folder / "places.csv", Problems(), [], dict[object, int]()
    if not path.exists():
        return []
    with opened(path, COLUMNS) as table:
        for row in table:
            try:
                place = _place(row)
                if (first := lines.setdefault((place.number, place.kind, place.name), row.line)) != row.line:
                    raise row.bad(f"the same place is already in line {first}", "Remove one of the lines.")
                rows.append(place)
            except BadFile as problem:
                problems.add(problem)
    problems.refuse()
    return rows


def _place(row: Row) -> PlaceRow:
    number, part = row["number"], row["part"].casefold()
    if not number.isdecimal() or not 1 <= int(number) < 32_768:
        raise row.bad(f'"{number}" in "number" is not the number of a district', "Write one like 16.")
    if row["kind"] not in [kind.value for kind in PlaceKind]:
        raise row.bad(f'"{row["kind"]}" in "kind" is not a kind of place', "Write area or street.")
    if part not in YES + NO:
        raise row.bad(
            f'"{row["part"]}" in "part" is neither yes nor no', "Write yes if only a part is in the district."
        )
    if (basis := row["basis"] or Basis.OFFICIAL.value) not in BASES:
        raise row.bad(f'"{basis}" in "basis" is not a basis', f"Write one of {', '.join(sorted(BASES))}.")
    if not any(name := row.both("name", 200)):
        raise row.bad("the place has no name", "Fill in name_ru, name_en or both.")
    return PlaceRow(
        int(number), row["kind"], name, part in YES, basis, row.both("note"), row.address("source_url"), row.line
    )


def bring_places(*, chamber: Chamber, rows: list[PlaceRow], source: Document | None = None) -> int:
    """Store the places, or change those of the same name and district; none is removed. How many are new.

    `source` is for rows that name none. Raises BadFile for a district that the chamber does not have.
    """
    districts = {district.number: district for district in chamber.districts.all()}
    for row in rows:
        if row.number not in districts:
            problem = f"{chamber.slug} has no district {row.number}"
            raise BadFile("places.csv", row.line, problem, "Correct the number, or add the district at the desk.")
    documents = {url: cite(url=url) if url else source for url in {row.source for row in rows}}
    before = Place.objects.in_chamber(chamber).count()
    Place.objects.bulk_create(
        [
            Place(
                district=districts[row.number], kind=row.kind, name_ru=row.name[0], name_en=row.name[1],
                is_part=row.is_part, basis=row.basis, note_ru=row.note[0], note_en=row.note[1],
                source=documents[row.source],
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["district", "kind", "name_ru", "name_en"],
        update_fields=["is_part", "basis", "note_ru", "note_en", "source", "key_ru", "key_en"],
        batch_size=2000,
    )  # fmt: skip
    return Place.objects.in_chamber(chamber).count() - before
