import re

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/en/method/", "/accounts/login/"])
def test_a_form_without_its_token_gets_a_page_of_ours(address: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(address)

    assert (answer.status_code, answer.templates[0].name) == (403, "errors/403.html")
    assert not re.search(r"<style|\sstyle=", answer.content.decode())
