"""How organisers get in."""

import datetime as dt
import ipaddress
import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no type hints
    """Nobody signs up by themselves: accounts are made by organisers in the admin."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """What the rate limits count by: it tells addresses apart for a day, and no address can be read from it."""
        address = ipaddress.ip_address(super().get_client_ip(request))
        if address.version == 6:  # one household has 2^64 of them
            address = ipaddress.ip_network((address, 64), strict=False).network_address
        today = dt.datetime.now(dt.UTC).date()
        return salted_hmac("accounts.client", f"{address} {today}", algorithm="sha256").hexdigest()

    def is_reauthentication_required(self, *, app: str, **facts: Any) -> bool:  # noqa: ANN401 - allauth's signature
        """Whoever signed in a moment ago is not asked for the password again before setting up the second factor."""
        records = get_authentication_records(self.request, self.request.user)
        return not any(time.time() - record["at"] < app_settings.REAUTHENTICATION_TIMEOUT for record in records)
