import pytest
from django.test import Client

from deputies.sources.models import keep_copy

pytestmark = pytest.mark.django_db


def test_a_stored_text_is_shown_as_text(client: Client) -> None:
    document = keep_copy(content="Протокол 1".encode(), title="Protocol 1", media_type="text/plain")

    response = client.get(f"/en/sources/{document.sha256}/")

    assert response.content.decode() == "Протокол 1"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/en/sources/{document.sha256}/", headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_anything_else_is_only_downloaded(client: Client) -> None:
    document = keep_copy(content=b"<script>alert(1)</script>", title="Page", media_type="text/html")

    response = client.get(f"/ru/sources/{document.sha256}/")

    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == f'attachment; filename="{document.sha256[:16]}.html"'


def test_an_unknown_hash_is_not_found(client: Client) -> None:
    assert client.get(f"/en/sources/{'a' * 64}/").status_code == 404
