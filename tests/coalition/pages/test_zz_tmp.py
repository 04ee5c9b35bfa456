import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import build
from tests.coalition.pages.build import town
from tests.coalition.pages.test_budgets import addresses
pytestmark = pytest.mark.django_db
def test_show(client):
    built = town(9, votes=12)
    build.publish(build.draft(built.chamber, {p: "for" and __import__("deputies.votes.enums").votes.enums.Position.FOR for p in built.people}, roll_call=built.votes[0]))
    for a in addresses(built):
        if a.startswith("/ru"): continue
        with CaptureQueriesContext(connection, ) as c:
            r = client.get(a)
        print(a, len(c), len(r.content))
