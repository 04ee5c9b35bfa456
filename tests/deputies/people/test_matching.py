"""Whom names mean in a list that is far longer than the house."""

from deputies.people.matching import MOST_COMPARED, Listed, match_all


def test_a_list_of_another_house_is_compared_letter_by_letter_only_at_its_beginning() -> None:
    written = [f"Nobody{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(MOST_COMPARED + 10)]
    found = match_all(written, [Listed(1, ("Anna Nobodyz",))])

    assert sum(bool(each.suggestions) for each in found[:MOST_COMPARED]) > MOST_COMPARED / 2
    assert not any(each.suggestions for each in found[MOST_COMPARED:])
