import pytest
from django.test import Client
from pytest_django.fixtures import SettingsWrapper


@pytest.mark.django_db
def test_mistakes_and_security_reports_go_to_the_address_of_the_settings(
    client: Client, settings: SettingsWrapper
) -> None:
    settings.CONTACT = "desk@example.org"

    assert 'href="mailto:desk@example.org"' in client.get("/ru/method/").content.decode()
    assert "Contact: mailto:desk@example.org\n" in client.get("/.well-known/security.txt").content.decode()


@pytest.mark.django_db
def test_without_an_address_security_reports_find_the_page_about_mistakes(
    client: Client, settings: SettingsWrapper
) -> None:
    settings.CONTACT = ""

    assert "mailto:" not in client.get("/en/method/").content.decode()
    assert (
        f"Contact: {settings.SITE_URL}/en/method/#mistake\n" in client.get("/.well-known/security.txt").content.decode()
    )
