import pytest

from deputies.people.slugs import slug_of, unused


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Елена Щукина-Съёмкина", "elena-shchukina-semkina"),
        ("Юрий Жуковский", "yuriy-zhukovskiy"),
        ("Mgr. Petr Štěpánek, CSc.", "mgr-petr-stepanek-csc"),
        ("ocd-person/7e08#2", "ocd-person-7e08-2"),
        ("中文", "x"),
        ("", "x"),
    ],
)
def test_names_become_addresses(text: str, slug: str) -> None:
    assert slug_of(text) == slug


def test_a_long_name_is_cut_without_a_hyphen_at_the_end() -> None:
    assert slug_of("ab cd", limit=3) == "ab"


def test_the_next_free_number_is_taken() -> None:
    assert unused("a", {"a", "a-2"}) == "a-3"
