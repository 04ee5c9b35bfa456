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


def test_pages_that_show_every_variable_are_for_development_alone() -> None:
    asks = "from coalition import settings; print(settings.DEBUG)"
    on_a_server = os.environ | {"NAKAZ_DEBUG": "1", "NAKAZ_DEVELOPMENT": "0"}

    said = [
        subprocess.run([sys.executable, "-c", asks], cwd=ROOT, env=env, capture_output=True, text=True).stdout
        for env in (on_a_server, on_a_server | {"NAKAZ_DEVELOPMENT": "1"})
    ]

    assert said == ["False\n", "True\n"]
