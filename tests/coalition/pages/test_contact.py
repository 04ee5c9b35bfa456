import pytest
from django.conf import settings
from django.test import Client, override_settings

pytestmark = pytest.mark.django_db


@override_settings(CONTACT="desk@example.org")
def test_mistakes_and_security_reports_go_to_the_address_of_the_settings(client: Client) -> None:
    assert 'href="mailto:desk@example.org"' in client.get("/ru/method/").content.decode()
    assert "Contact: mailto:desk@example.org\n" in client.get("/.well-known/security.txt").content.decode()


@override_settings(CONTACT="")
def test_without_an_address_security_reports_lead_to_the_page_about_mistakes(client: Client) -> None:
    security = client.get("/.well-known/security.txt").content.decode()

    assert f"Contact: {settings.SITE_URL}/en/method/#mistake\n" in security
    assert "mailto:" not in client.get("/en/method/").content.decode()
