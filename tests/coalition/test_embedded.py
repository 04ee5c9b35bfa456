import contextlib
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from coalition.embedded import LONGEST_SOCKET_PATH, CannotStart, Services, end, runs
from coalition.local import ROOT, local_environment

HOLD = "import sys; from pathlib import Path; from coalition.embedded import Services; \
Services(Path(sys.argv[1]), fast=True).attach(); print('held', flush=True); sys.stdin.read()"


@contextlib.contextmanager
def throwaway_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="nakaz-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        remains = Services(folder, postgresql=False, valkey=False)
        remains.attach()
        remains.detach()
        shutil.rmtree(remains.home)
        shutil.rmtree(folder)


@pytest.fixture
def var() -> Iterator[Path]:
    with throwaway_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def migrated() -> Iterator[Path]:
    with throwaway_folder() as folder:
        manage(folder, "shell", "-c", "pass").communicate(timeout=120)
        yield folder


def bare_environment(var: Path, **more: str) -> dict[str, str]:
    """What a person's shell has: none of the variables that this test session made for itself."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("NAKAZ_", "DJANGO_", "PYTEST_"))}
    return {
        **{key: kept[key] for key in kept if key not in ("DATABASE_URL", "REDIS_URL")},
        "NAKAZ_VAR": str(var),
        **more,
    }


def manage(var: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=bare_environment(var),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def postmaster(services: Services) -> int:
    return int((services.home / "postgresql" / "postmaster.pid").read_text().split()[0])


def ask(services: Services, question: str) -> list[tuple[object, ...]]:
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        cursor = connection.execute(question)
        return cursor.fetchall() if cursor.description else []


def test_the_last_to_leave_stops_the_servers(var: Path) -> None:
    first, second = Services(var, fast=True), Services(var, fast=True)
    first.attach()
    number = postmaster(first)
    second.attach()

    assert postmaster(second) == number
    assert first.detach() is False
    assert second.stopped() is None
    assert second.detach() is True
    assert not runs(number, "postgres")
    assert second.stopped() == f"postgresql (its log is {second.home}/postgresql.log)"


def test_a_killed_holder_has_let_go(var: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(var)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        services = Services(var, fast=True)
        number = postmaster(services)
        holder.kill()

    services.attach()

    assert postmaster(services) == number
    assert services.detach() is True


def test_russian_sorts_the_same_everywhere_and_only_the_owner_may_connect(var: Path) -> None:
    with Services(var, fast=True) as services:
        [(provider, locale, encoding)] = ask(
            services,
            "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'nakaz'",
        )
        listening = ask(services, "SHOW listen_addresses")

        assert (provider, locale, encoding) == ("b", "C.UTF-8", "UTF8")
        assert listening == [("",)]
        assert stat.S_IMODE(services.sockets.stat().st_mode) == 0o700


def test_committed_rows_survive_killed_servers(var: Path) -> None:
    with Services(var) as services:
        ask(services, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
        with redis.Redis.from_url(services.redis_url) as client:
            client.set("kept", "1")
        end(postmaster(services), "postgres", signal.SIGKILL)
        end(int((services.home / "valkey.pid").read_text()), "valkey", signal.SIGKILL)

        with Services(var) as again, redis.Redis.from_url(again.redis_url) as client:
            assert ask(again, "SELECT count(*), sum(number) FROM kept") == [(1000, 500500)]
            assert client.get("kept") is None  # what limits and pages held is on no disk
            assert not list((again.home / "valkey").rglob("*.aof"))


def test_a_lock_file_with_a_number_that_is_now_another_process_is_no_obstacle(var: Path) -> None:
    with Services(var, fast=True) as services:
        written = (services.home / "postgresql" / "postmaster.pid").read_text().splitlines()
        end(postmaster(services), "postgres", signal.SIGKILL)
        written[0] = str(os.getppid())
        (services.home / "postgresql" / "postmaster.pid").write_text("\n".join(written))

        with Services(var, fast=True) as again:
            assert again.stopped() is None


def test_data_of_another_postgresql_is_refused_with_the_remedy(var: Path) -> None:
    with Services(var, fast=True) as services:
        version = services.home / "postgresql" / "PG_VERSION"
    version.write_text("17\n")

    with pytest.raises(CannotStart) as refusal:
        services.attach()

    assert str(refusal.value) == (
        f"The data in {version.parent} was written by PostgreSQL 17 and this is PostgreSQL 18: with the old install "
        f"running, save it by `pg_dump -Fc {services.database_url} -f nakaz.dump`, move the folder away, start anew "
        "and load it by `pg_restore --clean --if-exists --no-owner -d` the same address."
    )


def test_a_folder_with_a_long_name_gets_short_sockets(var: Path) -> None:
    with Services(var / ("long" * 30), fast=True) as services:
        assert services.sockets.parent == Path(tempfile.gettempdir())
        assert len(str(services.sockets / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET_PATH
        assert ask(services, "SELECT 1") == [(1,)]
    assert not services.sockets.exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(var: Path) -> None:
    (var / "file").touch()

    with pytest.raises(CannotStart) as refusal:
        Services(var / "file" / "var").attach()

    assert str(refusal.value) == (
        f"The data folder {var}/file/var cannot be used (Not a directory: {var}/file/var); "
        "set NAKAZ_VAR to a folder you may write to."
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user for the servers")
def test_root_in_a_closed_folder_finds_the_servers_another_home(var: Path) -> None:
    closed = var / "closed"
    closed.mkdir(mode=0o700)
    with Services(closed / "var", fast=True) as services:
        assert (closed / "var" / "services").is_symlink()
        assert services.home.parent == Path(tempfile.gettempdir())
        assert ask(services, "SELECT 1") == [(1,)]
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    shutil.rmtree(services.home)


def test_keys_are_made_once_and_are_their_owners(var: Path) -> None:
    services = Services(var, fast=True)

    first, second = local_environment(services, {}), local_environment(services, {})

    assert first == second
    assert {name: len(value) for name, value in first.items() if name == "NAKAZ_SECRET_KEY"} == {"NAKAZ_SECRET_KEY": 64}
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (var / "keys").iterdir() if file.name != "lock"}
    assert modes == dict.fromkeys(["secret_key", "index_key", "sealing_private_key", "sealing_public_key"], 0o600)


def test_destroyed_keys_are_not_made_anew(var: Path) -> None:
    services = Services(var, fast=True)
    local_environment(services, {})
    for name in ("index_key", "sealing_private_key"):
        (var / "keys" / name).unlink()

    local_environment(services, {})

    assert {file.name for file in (var / "keys").iterdir()} == {"lock", "secret_key", "sealing_public_key"}


def test_the_log_of_the_database_holds_no_value_of_a_row(var: Path) -> None:
    with Services(var, fast=True) as services:
        ask(services, "CREATE TABLE planted (mark text UNIQUE)")
        with psycopg.connect(services.database_url, autocommit=True) as line:
            for statement, values in (
                ("INSERT INTO planted VALUES (%s)", ["planted-as-a-parameter"]),
                ("INSERT INTO planted VALUES (%s)", ["planted-as-a-parameter"]),
                ("INSERT INTO planted VALUES ('planted-in-words'), ('planted-in-words')", None),
                ("SELECT 'planted-in-words' FROM nowhere", None),
            ):
                with contextlib.suppress(psycopg.Error):
                    line.execute(statement, values)
        ask(services, "DROP TABLE planted")

    log = (services.home / "postgresql.log").read_text()
    assert "duplicate key value violates unique constraint" in log
    assert 'relation "nowhere" does not exist' in log
    assert re.findall("planted-[a-z-]+", log) == []


def test_what_the_environment_says_wins() -> None:
    services = Services(Path(os.environ["NAKAZ_VAR"]))

    made = local_environment(services, {"REDIS_URL": "redis://elsewhere/0", "PORT": "9000", "NAKAZ_HOSTS": ""})

    assert made["REDIS_URL"] == "redis://elsewhere/0"
    assert made["NAKAZ_SITE_URL"] == "http://127.0.0.1:9000"
    assert made["NAKAZ_HOSTS"] == "127.0.0.1,localhost"


@pytest.mark.journey
def test_commands_on_an_empty_folder_at_the_same_time_all_find_tables(var: Path) -> None:
    question = "from coalition.accounts.models import User; print(User.objects.count())"

    commands = [manage(var, "shell", "--verbosity=0", "-c", question) for _ in range(3)]
    answers = [command.communicate(timeout=120) for command in commands]

    assert [answer[0] for answer in answers] == ["0\n"] * 3
    assert "".join(answer[1] for answer in answers) == "Preparing the database.\n"
    assert [command.returncode for command in commands] == [0, 0, 0]
    assert Services(var).stopped() is not None


@pytest.mark.journey
@pytest.mark.parametrize(("request_", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_an_interrupted_command_stops_the_servers(migrated: Path, request_: signal.Signals, code: int) -> None:
    with manage(migrated, "shell", "-c", "import sys, time; print('here', flush=True); time.sleep(60)") as command:
        assert command.stdout is not None
        while command.stdout.readline() not in ("here\n", ""):
            pass
        command.send_signal(request_)

    assert command.returncode == code
    assert Services(migrated).stopped() is not None


@pytest.mark.journey
def test_a_failing_command_keeps_its_exit_code(migrated: Path) -> None:
    command = manage(migrated, "shell", "-c", "import sys; sys.exit(7)")
    command.communicate(timeout=120)

    assert command.returncode == 7
    assert Services(migrated).stopped() is not None


def test_end_spares_a_number_that_is_somebody_elses() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        end(bystander.pid, "postgres", signal.SIGKILL)

        assert bystander.poll() is None
        with contextlib.suppress(BrokenPipeError):
            bystander.communicate(b"\n")
    assert bystander.returncode == 0
