#!/usr/bin/env python
"""Django's commands; without DATABASE_URL and REDIS_URL they run on the services of the data folder."""

import os
import signal
import sys
from types import FrameType

from coalition.embedded import CannotStart
from coalition.local import data_folder, forget_migrations, local_environment, migrate_once, services_of

WITHOUT_DATABASE = frozenset(
    {"help", "version", "check", "diffsettings", "collectstatic", "findstatic", "makemessages", "compilemessages"}
)
WITHOUT_TABLES = frozenset({"migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations"})
HELP = frozenset({"-h", "--help", "--version"})


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coalition.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    os.environ.setdefault("PGAPPNAME", f"manage.py {command}")  # the history names the program that changed a row
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"):
        return execute(sys.argv)
    signal.signal(signal.SIGTERM, leave)
    services = services_of(data_folder(), os.environ)
    os.environ.update(local_environment(services, os.environ))
    if command in WITHOUT_DATABASE or HELP.intersection(sys.argv):
        return execute(sys.argv)
    services.attach()
    try:
        if command == "migrate":
            forget_migrations(services)
        elif command not in WITHOUT_TABLES and services.runs_postgresql:
            migrate_once(services, migrate)
        execute(sys.argv)
    finally:
        for request in (signal.SIGINT, signal.SIGTERM):
            signal.signal(request, signal.SIG_IGN)  # stopping takes a moment and must not be cut short
        services.detach()
    return None


def execute(words: list[str]) -> None:
    from django.core.management import execute_from_command_line  # slow: only when the services run

    execute_from_command_line(words)


def migrate() -> None:
    print("Preparing the database.", file=sys.stderr)
    execute(["manage.py", "migrate", "--no-input", "--verbosity=0"])
    execute(["manage.py", "restrict_app_role", "--verbosity=0"])


def leave(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    try:
        main()
    except CannotStart as refusal:
        sys.exit(str(refusal))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
