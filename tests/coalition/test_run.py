import contextlib
import http.client
import os
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest

from coalition.embedded import Services
from coalition.local import ROOT
from tests.coalition.test_embedded import bare_environment, manage, throwaway_folder

PATIENCE = 60.0


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """A migrated data folder that believes it has the demonstration already."""
    with throwaway_folder() as folder:
        manage(folder, "shell", "-c", "pass").communicate(timeout=PATIENCE)
        (Services(folder).home / "demo-loaded").touch()
        yield folder


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


@contextlib.contextmanager
def site(var: Path, port: int, *, make: bool = False) -> Iterator[subprocess.Popen[str]]:
    """A running site; whatever a test leaves of it is interrupted."""
    words = [sys.executable, "-m", "coalition.run"]
    if make:
        words = ["make", "--silent", "-f", "-", f"--eval=run:\n\t@exec {' '.join(words)}", "run"]
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env=bare_environment(var, PORT=str(port)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def read_until_served(process: subprocess.Popen[str]) -> list[str]:
    """What the site said up to its address; all of it, if it never got there."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Nakaz is at "):
            break
    return said


def processes_of(var: Path) -> dict[int, list[str]]:
    """Every living process that knows of the folder, with its words."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            known = (entry / "environ").read_bytes().split(b"\0")
            knows = f"NAKAZ_VAR={var}".encode() in known or any(str(var).encode() in word for word in words)
            if knows and any(words) and entry.name != str(os.getpid()):
                found[int(entry.name)] = [word.decode() for word in words if word]
    return found


def number_of(var: Path, word: str) -> int:
    return min(number for number, words in processes_of(var).items() if word in words)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)


def status(port: int) -> int:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("GET", "/health/ready")
        return line.getresponse().status
    finally:
        line.close()


@pytest.mark.journey
@pytest.mark.parametrize(("request_", "make"), [(signal.SIGINT, True), (signal.SIGTERM, False)])
def test_an_interrupted_site_leaves_no_process(var: Path, request_: signal.Signals, make: bool) -> None:
    port = free_port()
    with site(var, port, make=make) as process:
        said = read_until_served(process)
        served = status(port)
        process.send_signal(request_)
        last, _ = process.communicate(timeout=PATIENCE)

    assert said[-1] == (f"Nakaz is at http://127.0.0.1:{port}/ (logs and data are in {var}). Press Ctrl-C to stop.\n")
    assert served == 200
    assert last == "Stopping.\nStopped.\n"
    assert processes_of(var) == {}


@pytest.mark.journey
def test_only_the_worker_may_open_addresses_and_no_second_site_starts(var: Path) -> None:
    with site(var, free_port()) as process:
        read_until_served(process)
        with site(var, free_port()) as second:
            _, errors = second.communicate(timeout=PATIENCE)
        knowing = set()
        for number, words in processes_of(var).items():
            known = Path(f"/proc/{number}/environ").read_text().split("\0")
            if any(line.startswith(("NAKAZ_SEALING_PRIVATE_KEY_FILE=", "NAKAZ_INDEX_KEY_FILE=")) for line in known):
                knowing.add(" ".join(words[1:6]))

    assert errors == f"`make run` already runs on {var}; stop it, or set NAKAZ_VAR and PORT for a second one.\n"
    assert second.returncode == 1
    assert knowing == {"-m celery -A coalition worker"}


@pytest.mark.journey
def test_the_site_connects_as_roles_that_own_nothing_and_only_the_worker_as_one_that_reads_addresses(var: Path) -> None:
    port = free_port()
    with site(var, port) as process:
        read_until_served(process)
        status(port)
        urls = set()
        for number, words in processes_of(var).items():
            known = Path(f"/proc/{number}/environ").read_text().split("\0")
            if part := {"coalition.wsgi", "worker", "beat"} & set(words):
                urls |= {(*part, line) for line in known if line.startswith("DATABASE_URL=")}
        with psycopg.connect(Services(var).database_url) as line:
            who = line.execute(
                "SELECT DISTINCT application_name, usename FROM pg_stat_activity WHERE application_name = 'web'"
            ).fetchall()

    roles = {"coalition.wsgi": "nakaz_web", "worker": "nakaz_app", "beat": "nakaz_web"}
    assert urls == {(part, f"DATABASE_URL={Services(var).database_url_of(role)}") for part, role in roles.items()}
    assert who == [("web", "nakaz_web")]


def test_a_command_names_itself_to_the_history(var: Path) -> None:
    asks = "from django.db import connection as c; k = c.cursor(); k.execute('SHOW application_name'); print(*k)"
    said, _ = manage(var, "shell", "--verbosity=0", "-c", asks).communicate(timeout=PATIENCE)

    assert said == "('manage.py shell',)\n"


@pytest.mark.journey
def test_after_a_killed_supervisor_the_next_one_comes_up(var: Path) -> None:
    port = free_port()
    with site(var, port) as killed:
        read_until_served(killed)
        killed.kill()
    with site(var, port) as process:
        read_until_served(process)

        assert status(port) == 200


@pytest.mark.journey
def test_a_part_that_dies_stops_the_site_with_one_sentence(var: Path) -> None:
    with site(var, free_port()) as process:
        read_until_served(process)
        os.kill(number_of(var, "worker"), signal.SIGKILL)
        _, errors = process.communicate(timeout=PATIENCE)

    assert errors == f"The worker process ended by itself (code -9); its log is {var}/log/worker.log.\n"
    assert process.returncode == 1
    assert processes_of(var) == {}


def test_a_taken_port_is_one_sentence_before_anything_starts() -> None:
    with throwaway_folder() as var, socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        port = int(door.getsockname()[1])
        with site(var, port) as process:
            said, errors = process.communicate(timeout=PATIENCE)

    assert (said, errors) == ("", f"Port {port} is taken; set PORT=8001, or another free one.\n")
    assert process.returncode == 1


def test_a_port_that_is_no_number_is_one_sentence() -> None:
    with throwaway_folder() as var, site(var, -1) as process:
        _, errors = process.communicate(timeout=PATIENCE)

    assert errors == "PORT=-1 is not a port number; set PORT to one from 1024 to 65535.\n"


def test_the_letter_box_keeps_every_letter_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    with subprocess.Popen(
        [sys.executable, "-m", "coalition.inbox", str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as box:
        assert box.stdout is not None
        port = int(box.stdout.readline())
        letter = EmailMessage()
        letter["Subject"] = "Наказ"
        letter.set_content("Итоги недели.\n")
        with smtplib.SMTP("127.0.0.1", port) as line:
            for _ in range(3):
                line.send_message(letter, "us@example.org", ["reader@example.org"])
        box.terminate()

    kept = sorted(folder.iterdir())
    assert [file.suffix for file in kept] == [".eml"] * 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}
    assert kept[0].read_bytes().startswith(b"X-Envelope-From: us@example.org\r\nX-Envelope-To: reader@example.org\r\n")
    assert box.returncode == 0
