"""Make the two database roles of the running site, which own nothing and cannot alter the past.

The worker's may read what letters need; the web process's may write addresses and never read one.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import InsufficientPrivilege

from coalition.local import APP_ROLE, WEB_ROLE

_IS_MORE = """
SELECT rolsuper OR rolcreaterole OR rolbypassrls OR EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid)
    OR EXISTS (SELECT FROM pg_class WHERE relowner = r.oid) FROM pg_roles r WHERE rolname = %s
"""
# MAINTAIN lets imports run ANALYZE and the writer of bundles lock its table; it changes no row.
_GRANT = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE INSERT, UPDATE, DELETE, MAINTAIN ON journal_history, journal_edition, django_migrations FROM {role};
REVOKE UPDATE, DELETE ON journal_event, scorecards_scorechange, scorecards_bundle FROM {role};
"""
# Django asks for the id of a row that it inserts. An address goes with its subscriber by the owner's rights.
_WITHHOLD = """
REVOKE ALL ON digests_address, digests_suppression, digests_signup, digests_bounce FROM {role};
GRANT INSERT, SELECT (id) ON digests_signup, digests_bounce TO {role};
REVOKE INSERT ON digests_subscriber, digests_confirmation, digests_delivery FROM {role};
REVOKE UPDATE ON digests_delivery FROM {role};
"""


class Command(BaseCommand):
    help = (
        f"Make the database roles {APP_ROLE} for the worker and {WEB_ROLE} for web and beat, or bring their rights up"
        " to date. They read and write the record but own nothing: they only read the history, and add to the journal,"
        f" the score changes and the bundles. {WEB_ROLE} cannot read an address, sealed or not. Run it as the owner of"
        " the tables after every migration; it may be run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                for role in (APP_ROLE, WEB_ROLE):
                    _make(role, cursor)
                    cursor.execute(_GRANT.format(role=role))
                cursor.execute(_WITHHOLD.format(role=WEB_ROLE))
        except ProgrammingError as refusal:
            if not isinstance(refusal.__cause__, InsufficientPrivilege):
                raise
            raise CommandError(
                "This database account does not own the tables, or may not make roles. As a superuser run"
                f" `CREATE ROLE {APP_ROLE} LOGIN NOINHERIT; CREATE ROLE {WEB_ROLE} LOGIN NOINHERIT;` once, then this"
                " command as the owner of the tables."
            ) from refusal
        if options["verbosity"]:
            self.stdout.write(f"The roles {APP_ROLE} and {WEB_ROLE} may do what the site needs and no more.")


def _make(role: str, cursor: CursorWrapper) -> None:
    """Make a role if there is none. Raises CommandError if it could take more rights than it is given."""
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
    if cursor.fetchone() is None:
        cursor.execute(f"CREATE ROLE {role} LOGIN NOINHERIT")
    cursor.execute(_IS_MORE, [role])
    if cursor.fetchone() != (False,):
        raise CommandError(
            f"The role {role} is a superuser, makes roles, is a member of another role or owns tables, so it could undo"
            " what it must not. Take that from it, and run this again."
        )
