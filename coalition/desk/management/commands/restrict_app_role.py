"""Make the database role of the web, worker and beat processes, which owns nothing and cannot alter the past."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection, transaction
from psycopg.errors import InsufficientPrivilege

from coalition.local import APP_ROLE as ROLE

_CREATE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'nakaz_app') THEN
        CREATE ROLE nakaz_app LOGIN NOINHERIT;
    END IF;
END $$
"""
_IS_MORE = """
SELECT rolsuper OR rolcreaterole OR rolbypassrls OR EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid)
    OR EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) FROM pg_roles r WHERE rolname = 'nakaz_app'
"""
# MAINTAIN lets imports run ANALYZE and the writer of bundles lock its table; it changes no row.
_GRANT = """
GRANT USAGE ON SCHEMA public TO nakaz_app;
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON ALL TABLES IN SCHEMA public TO nakaz_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO nakaz_app;
REVOKE INSERT, UPDATE, DELETE, MAINTAIN ON journal_history, journal_edition, django_migrations FROM nakaz_app;
REVOKE UPDATE, DELETE ON journal_event, scorecards_scorechange, scorecards_bundle FROM nakaz_app;
"""


class Command(BaseCommand):
    help = (
        f"Make the database role {ROLE} for the web, worker and beat processes, or bring its rights up to date. It"
        " reads and writes the record but owns nothing: it only reads the history, and adds to the journal, the score"
        " changes and the bundles. Run it as the owner of the tables after every migration; it may be run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_CREATE)
                cursor.execute(_IS_MORE)
                if cursor.fetchone() != (False,):
                    raise CommandError(
                        f"The role {ROLE} is a superuser, makes roles, is a member of another role or owns tables, so"
                        " it could undo what it must not. Take that from it, and run this again."
                    )
                cursor.execute(_GRANT)
        except ProgrammingError as refusal:
            if not isinstance(refusal.__cause__, InsufficientPrivilege):
                raise
            raise CommandError(
                "This database account does not own the tables, or may not make roles. As a superuser run"
                f" `CREATE ROLE {ROLE} LOGIN NOINHERIT;` once, then this command as the owner of the tables."
            ) from refusal
        if options["verbosity"]:
            self.stdout.write(f"The role {ROLE} may do what the site needs and no more.")
