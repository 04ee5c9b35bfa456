import os
import subprocess
import sys

from coalition.local import ROOT

BROKEN = """
import django, psycopg
from django.db import connection
django.setup()
def ask(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]
broken = ask("SELECT pg_backend_pid()")
connection.close()
with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
    other.execute("SELECT pg_terminate_backend(%s, 5000)", [broken])
print(ask("SELECT 'served'"))
"""


def test_a_restarted_database_fails_no_page() -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "coalition.settings", "NAKAZ_POOL": "1"}

    done = subprocess.run(
        [sys.executable, "-c", BROKEN], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.returncode) == ("served\n", 0), done.stderr
