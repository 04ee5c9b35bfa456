"""How organisers get in."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedDoor(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no type hints
    """Nobody signs up by themselves: accounts are made by organisers in the admin."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
