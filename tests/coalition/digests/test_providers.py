"""A mail provider instead of SMTP of one's own: what it gets, what it answers, and what it tells afterwards."""

import hashlib
import hmac
import json
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from pytest_django import Settings

from coalition.digests.enums import BounceKind
from coalition.digests.messages import Letter
from coalition.digests.models import Bounce
from coalition.digests.posting import NotNow, Post, Refused
from coalition.digests.providers import webhooks
from coalition.digests.sealing import token_hash
from tests.coalition.digests.returned import TOKEN

pytestmark = pytest.mark.django_db
urlpatterns = [
    path("anymail/", include([*webhooks("mailgun"), *webhooks("postmark")])),
    path("", include("coalition.urls")),
]
ADDRESS = "anna.reader@example.org"
ANSWERS = {"ErrorCode": 0, "Message": "OK", "MessageID": "m", "SubmittedAt": "2024-06-03T12:00:00Z", "To": ADDRESS}


class Provider:
    """Postmark's interface on this machine: what it was sent, and what it says next."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.status = 200
        self.answer: dict[str, Any] | bytes = ANSWERS


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    own = Provider()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            own.sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(own.status)
            self.end_headers()
            self.wfile.write(own.answer if isinstance(own.answer, bytes) else json.dumps(own.answer).encode())

        def log_message(self, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=[0.01]).start()
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "t",
        "POSTMARK_API_URL": f"http://127.0.0.1:{server.server_port}/",
        "WEBHOOK_SECRET": "us:secret",
        "MAILGUN_WEBHOOK_SIGNING_KEY": "key",
    }
    yield own
    server.shutdown()
    server.server_close()


def letter(address: str = ADDRESS) -> Letter:
    return Letter(address=address, subject="Summary", text="words", html="<p>w</p>", headers=(), bounce=TOKEN)


def understood(one: Letter) -> tuple[str, bool]:
    """How the provider's answer was understood, and whether it is any use to send the next."""
    with Post() as post:
        try:
            post.send(one)
        except (NotNow, Refused) as error:
            said = error
        else:
            return "sent", post.is_down
        assert (said.__context__, ADDRESS in str(said)) == (None, False)
        return f"refused: {said}, {said.kind}" if isinstance(said, Refused) else f"not now: {said}", post.is_down


def test_the_provider_counts_no_openings_and_clicks_and_gets_the_token(provider: Provider) -> None:
    assert understood(letter()) == ("sent", False)

    [sent] = provider.sent
    assert (sent["TrackOpens"], sent["TrackLinks"], sent["Metadata"]) == (False, "None", {"bounce": TOKEN})
    assert (sent["To"], sent["TextBody"], sent["HtmlBody"]) == (ADDRESS, "words", "<p>w</p>")


@pytest.mark.parametrize(
    ("status", "answer", "is_understood_as"),
    [
        (401, {"ErrorCode": 10, "Message": "bad token"}, ("not now: code 401", True)),
        (429, {"ErrorCode": 0, "Message": "slow down"}, ("not now: code 429", True)),
        (500, {"ErrorCode": 0, "Message": f"cannot send to {ADDRESS}"}, ("not now: code 500", True)),
        (200, b"nonsense", ("not now: code 200", True)),
        (413, {"ErrorCode": 0, "Message": "too large"}, ("refused: code 413, soft", False)),
        (
            422,
            {"ErrorCode": 406, "Message": f"Found inactive addresses: {ADDRESS}.\n Inactive recipients are"},
            ("refused: by the provider, soft", False),
        ),
        (
            422,
            {"ErrorCode": 300, "Message": f"Invalid 'To' address: '{ADDRESS}'."},
            ("refused: by the provider, hard", False),
        ),
    ],
)
def test_what_the_provider_answers_is_understood(
    provider: Provider, status: int, answer: Any, is_understood_as: tuple[str, bool]
) -> None:
    provider.status, provider.answer = status, answer

    assert understood(letter()) == is_understood_as


def test_what_is_no_address_for_the_provider_is_refused(provider: Provider) -> None:
    assert understood(letter("not-an-address,")) == ("refused: by the provider, hard", False)
    assert provider.sent == []


def test_a_provider_that_cannot_be_reached_gets_it_later(provider: Provider, settings: Settings) -> None:
    settings.ANYMAIL = settings.ANYMAIL | {"POSTMARK_API_URL": "http://127.0.0.1:1/"}

    assert understood(letter()) == ("not now: AnymailRequestsAPIError", True)


def test_a_provider_that_cannot_switch_tracking_off_gets_no_letter(provider: Provider, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.resend.EmailBackend"
    settings.ANYMAIL = {"RESEND_API_KEY": "k", "RESEND_API_URL": settings.ANYMAIL["POSTMARK_API_URL"]}

    assert (understood(letter()), provider.sent) == (("not now: AnymailUnsupportedFeature", True), [])


def told(
    which: str, event: dict[str, Any], *, signed: str = "us:secret", path: str = "tracking"
) -> tuple[int, list[str]]:
    """What a provider's request is answered, and the kinds of the bounces noted so far."""
    auth = f"Basic {b64encode(signed.encode()).decode()}"
    answer = Client(raise_request_exception=False).post(
        f"/anymail/{which}/{path}/", json.dumps(event), content_type="application/json", headers={"Authorization": auth}
    )
    noted = Bounce.objects.filter(bounce_hash=token_hash(TOKEN)).order_by("pk").values_list("kind", flat=True)
    return answer.status_code, list(noted)


def postmark(**more: Any) -> dict[str, Any]:
    bounce = {"RecordType": "Bounce", "Type": "HardBounce", "Email": ADDRESS, "Details": "550 5.1.1 unknown"}
    return bounce | {"BouncedAt": "2024-06-03T12:00:00Z", "Metadata": {"bounce": TOKEN}} | more


def mailgun(key: str = "key", variables: Mapping[str, str] = {"bounce": TOKEN}) -> dict[str, Any]:
    signature = hmac.digest(key.encode(), b"1717416000stamp", hashlib.sha256).hex()
    event = {"event": "failed", "severity": "permanent", "reason": "bounce", "timestamp": 1717416000.5}
    event |= {"recipient": ADDRESS, "user-variables": variables}
    return {
        "signature": {"timestamp": "1717416000", "token": "stamp", "signature": signature},
        "event-data": event,
    }


@pytest.mark.urls(__name__)
class TestWebhooks:
    @pytest.mark.parametrize(
        ("event", "noted"),
        [
            (postmark(), [BounceKind.HARD]),
            (postmark(Details=""), [BounceKind.HARD]),
            (postmark(Type="SoftBounce", Details="smtp;452 4.2.2 full"), [BounceKind.SOFT]),
            (postmark(Type="Blocked", Details="smtp;550 5.7.1 spam"), [BounceKind.SOFT]),
            (postmark(Type="BadEmailAddress", Details=""), [BounceKind.HARD]),
            (postmark(Type="ManuallyDeactivated", Details=""), [BounceKind.SOFT]),
            (postmark(RecordType="SpamComplaint", Type="SpamComplaint"), [BounceKind.COMPLAINT]),
            (postmark(RecordType="SubscriptionChange", SuppressionReason="ManualSuppression"), [BounceKind.COMPLAINT]),
            (postmark(RecordType="SubscriptionChange", SuppressionReason="HardBounce"), [BounceKind.HARD]),
            (postmark(Type="Transient"), []),
            (postmark(RecordType="Open"), []),
            (postmark(RecordType="Delivery"), []),
            (postmark(Metadata={}), []),
            (postmark(Metadata={"bounce": ["x"]}), []),
        ],
    )
    def test_what_the_provider_tells_is_noted_by_the_token(
        self, provider: Provider, event: dict[str, Any], noted: list[BounceKind]
    ) -> None:
        assert told("postmark", event) == (200, noted)
        assert told("postmark", event) == (200, noted)  # providers repeat themselves
        assert Bounce.objects.count() == len(noted)

    def test_an_unsigned_or_wrongly_signed_word_is_refused(self, provider: Provider) -> None:
        assert told("postmark", postmark(), signed="us:guess") == (400, [])
        assert told("postmark", postmark(), signed="") == (400, [])
        assert told("mailgun", mailgun(key="guess")) == (400, [])
        assert told("mailgun", mailgun(), signed="us:guess") == (400, [])
        assert told("mailgun", mailgun() | {"signature": {}}) == (400, [])
        assert told("mailgun", mailgun()) == (200, [BounceKind.HARD])

    def test_whose_it_is_is_never_told_by_the_address(self, provider: Provider) -> None:
        assert told("mailgun", mailgun(variables={})) == (200, [])
        assert Bounce.objects.count() == 0

    def test_the_doors_of_other_providers_and_of_letters_to_us_are_shut(self, provider: Provider) -> None:
        assert [told(which, {})[0] for which in ("sparkpost", "sendgrid", "mandrill")] == [404, 404, 404]
        assert told("postmark", {}, path="inbound")[0] == 404

    def test_a_refusal_is_logged_without_what_was_said(
        self, provider: Provider, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")

        told("postmark", postmark(), signed="us:guess")
        told("postmark", postmark(BouncedAt="never"))

        assert caplog.records
        assert [w for w in (ADDRESS, TOKEN, "guess") if w in caplog.text] == []
        assert Bounce.objects.get().at <= timezone.now()


def test_without_a_provider_there_is_no_such_address() -> None:
    assert told("postmark", postmark())[0] == 404


def test_a_provider_must_be_one_that_tells() -> None:
    assert [pattern.name for pattern in webhooks("mandrill")] == ["mandrill_webhook", "mandrill_tracking_webhook"]
    with pytest.raises(ImproperlyConfigured, match="NAKAZ_MAIL_PROVIDER: anymail hears of no letters of “scaleway”"):
        webhooks("scaleway")


def test_the_settings_name_the_provider_and_need_its_secret() -> None:
    program = (
        "import os; os.environ |= {'NAKAZ_MAIL_PROVIDER': 'mailgun', 'NAKAZ_ANYMAIL_MAILGUN_API_KEY': 'k',"
        " 'NAKAZ_ANYMAIL_DEBUG_API_REQUESTS': '1'} | dict([a.split('=') for a in __import__('sys').argv[1:]])\n"
        "from coalition import settings as s; print(s.EMAIL_BACKEND, sorted(s.ANYMAIL.items()))"
    )

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True)

    assert 'NAKAZ_ANYMAIL_WEBHOOK_SECRET" not set' in run().stderr
    assert "Write USER:PASSWORD." in run("NAKAZ_ANYMAIL_WEBHOOK_SECRET=").stderr
    assert run("NAKAZ_ANYMAIL_WEBHOOK_SECRET=a:b").stdout == (
        "anymail.backends.mailgun.EmailBackend [('DEBUG_API_REQUESTS', False), ('MAILGUN_API_KEY', 'k'),"
        " ('REQUESTS_TIMEOUT', 60), ('WEBHOOK_SECRET', 'a:b')]\n"
    )
