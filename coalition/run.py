"""`make run`: everything the site needs, in one terminal, until Ctrl-C.

python -m coalition.run [with PORT and NAKAZ_VAR in the environment]
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from coalition.embedded import CannotStart, Services, end
from coalition.local import (
    APP_ROLE,
    ROOT,
    WEB_ROLE,
    data_folder,
    letter_box,
    local_environment,
    migrate_once,
    services_of,
)

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds until the first page must be served
LEAVING = 20.0  # seconds a process may take to finish what it is doing
MARK = "NAKAZ_SUPERVISED"  # every process of ours carries it, so that a killed supervisor's can be found
SECRETS_OF_THE_WORKER = ("NAKAZ_SEALING_PRIVATE_KEY_FILE", "NAKAZ_INDEX_KEY_FILE")
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Part:
    """One running process of the site."""

    name: str
    process: subprocess.Popen[str]
    log: Path


class Site:
    """The processes of one data folder, in the order they were started; they stop in reverse."""

    def __init__(self, services: Services, environment: Mapping[str, str]) -> None:
        self.services = services
        self.environment = {**environment, MARK: str(services.var)}
        self.logs = services.var / "log"
        self.parts: list[Part] = []

    def start(self, name: str, words: list[str], *, secrets: bool = False, door: socket.socket | None = None) -> Part:
        """Start `python words...` with a log of its own; only who opens addresses gets keys and role for that."""
        withheld = () if secrets else SECRETS_OF_THE_WORKER
        own = {"PGAPPNAME": name}  # the history names the program that changed a row
        if door:
            own["NAKAZ_POOL"] = "1"  # a pool serves threads; celery would close it after every task
        if self.services.runs_postgresql:
            own["DATABASE_URL"] = self.services.database_url_of(APP_ROLE if secrets else WEB_ROLE)
        log = self.logs / f"{name}.log"
        with log.open("ab") as lines:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, *words],
                cwd=ROOT,
                env={key: value for key, value in self.environment.items() if key not in withheld} | own,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if name == "inbox" else lines,
                stderr=lines,
                text=True,
                start_new_session=True,  # Ctrl-C reaches us alone, and we stop the parts in order
                preexec_fn=die_with_parent,
                pass_fds=[door.fileno()] if door else [],
            )
        part = Part(name, process, log)
        self.parts.append(part)
        return part

    def command(self, *words: str) -> None:
        """Run one of manage.py's commands; its output is the reader's."""
        done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment)  # noqa: S603
        if done.returncode:
            raise CannotStart(f"The command `manage.py {' '.join(words)}` failed; what it said is above.")

    def look(self) -> None:
        """Raise CannotStart if something ended that should run."""
        for part in self.parts:
            if (code := part.process.poll()) is not None:
                raise CannotStart(f"The {part.name} process ended by itself (code {code}); its log is {part.log}.")
        if stopped := self.services.stopped():
            raise CannotStart(f"A server ended by itself: {stopped}.")

    def stop(self) -> None:
        """Stop beat, worker, web and the letter box in this order, and whatever they left behind."""
        for part in reversed(self.parts):
            part.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                part.process.wait(LEAVING)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(part.process.pid, signal.SIGKILL)
            part.process.wait()
            if part.process.stdout:
                part.process.stdout.close()
        end_leftovers(self.services.var)


def die_with_parent() -> None:
    """In the child: ask Linux for SIGTERM when the supervisor is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end_leftovers(var: Path) -> None:
    """End the processes of a supervisor that was killed; the caller holds the lock, so none of them is in use."""
    mark = f"{MARK}={var}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if entry.name != str(os.getpid()) and mark in (entry / "environ").read_bytes().split(b"\0"):
                end(int(entry.name), "", signal.SIGTERM, LEAVING)


@contextlib.contextmanager
def only_one(var: Path) -> Iterator[None]:
    try:
        var.mkdir(parents=True, exist_ok=True)
        lock = (var / "run.lock").open("w")
    except OSError as error:
        raise CannotStart(
            f"The data folder {var} cannot be used ({error.strerror}); set NAKAZ_VAR to a folder you may write to."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(
                f"`make run` already runs on {var}; stop it, or set NAKAZ_VAR and PORT for a second one."
            ) from None
        end_leftovers(var)
        yield


def take_port(words: str) -> socket.socket:
    """The socket the web process will listen on, taken at once: a taken port is said before any work is done."""
    if not words.isdecimal() or not 0 < int(words) < 65536:
        raise CannotStart(f"PORT={words} is not a port number; set PORT to one from 1024 to 65535.")
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((HOST, int(words)))
    except OSError as error:
        door.close()
        reason = "may not be used by you" if isinstance(error, PermissionError) else "is taken"
        raise CannotStart(f"Port {words} {reason}; set PORT=8001, or another free one.") from error
    return door


def start_parts(site: Site, door: socket.socket) -> None:
    inbox = site.start("inbox", ["-m", "coalition.inbox", site.environment["NAKAZ_INBOX"]])
    assert inbox.process.stdout is not None
    if not (port := inbox.process.stdout.readline().strip()):
        raise CannotStart(f"The letter box does not start; its log is {inbox.log}.")
    site.environment |= {"NAKAZ_SMTP_HOST": HOST, "NAKAZ_SMTP_PORT": port}
    letter_box(site.services.var).write_text(
        f"{port} {site.environment['NAKAZ_SITE_URL']}"
    )  # so that `manage.py digests send` finds it from another terminal
    gunicorn = ["-m", "gunicorn", "coalition.wsgi", f"--bind=fd://{door.fileno()}", "--worker-class=gthread"]
    gunicorn += ["--workers=2", "--threads=4", "--no-control-socket", "--graceful-timeout=10", "--log-level=error"]
    site.start("web", gunicorn, door=door)
    celery = ["-m", "celery", "-A", "coalition"]
    worker = ["worker", "--concurrency=2", "--loglevel=INFO", "--without-gossip", "--without-mingle"]
    site.start("worker", [*celery, *worker], secrets=True)
    site.start("beat", [*celery, "beat", "--loglevel=INFO", f"--schedule={site.services.var / 'beat'}", "--pidfile="])


def wait_until_ready(site: Site, port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while not answers(port):
        site.look()
        if time.monotonic() > deadline:
            raise CannotStart(f"No page was served within {PATIENCE:.0f} seconds; the log is {site.logs / 'web.log'}.")
        time.sleep(0.1)


def answers(port: int) -> bool:
    line = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        line.request("GET", "/health/ready")
        return line.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def run(environment: Mapping[str, str]) -> None:
    """Serve until interrupted.

    Raises CannotStart, KeyboardInterrupt.
    """
    port = environment.get("PORT") or "8000"
    var = data_folder()
    with only_one(var), take_port(port) as door:
        say("Starting PostgreSQL and Valkey.")
        services = services_of(var, environment)
        site = Site(services, local_environment(services, environment))
        (var / "log").mkdir(mode=0o700, exist_ok=True)
        try:
            services.attach()
            prepare(site)
            say("Starting the web server, the worker, the clock and the letter box.")
            start_parts(site, door)
            wait_until_ready(site, int(port))
            site.command("first_organiser")
            say(f"Nakaz is at http://{HOST}:{port}/ (logs and data are in {var}). Press Ctrl-C to stop.")
            watch(site)
        finally:
            for request in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(request, signal.SIG_IGN)
            say("Stopping.")
            letter_box(var).unlink(missing_ok=True)
            site.stop()
            services.detach()


def prepare(site: Site) -> None:
    """Bring the database up to date and fill it, the first time."""
    loaded = site.services.home / "demo-loaded"

    def migrate() -> None:
        say("Preparing the database.")
        site.command("migrate", "--no-input", "--verbosity=0")
        if site.services.runs_postgresql:  # the roles of a database elsewhere are its operator's matter
            site.command("restrict_app_role", "--verbosity=0")

    if not site.services.runs_postgresql:
        migrate()
    else:
        migrate_once(site.services, migrate)
    if not (site.services.runs_postgresql and loaded.exists()):
        say("Loading the demonstration.")
        site.command("load_demo", "--if-empty")
        if site.services.runs_postgresql:
            loaded.touch()


def watch(site: Site) -> None:
    """Return never; raise when a part ends, or when the make that started us is gone or was interrupted."""
    make = os.getppid() if started_by_make() else None
    while True:
        time.sleep(0.5)
        site.look()
        if make is not None and (os.getppid() != make or interrupted(make)):
            raise KeyboardInterrupt


def started_by_make() -> bool:
    with contextlib.suppress(OSError):
        return "make" in Path(f"/proc/{os.getppid()}/comm").read_text()
    return False


def interrupted(make: int) -> bool:
    """make does not pass a SIGINT on but waits with the signal blocked, which the kernel tells."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{make}/status").read_text().splitlines():
            if line.startswith("SigBlk:"):
                return bool(int(line.split()[1], 16) & 1 << (signal.SIGINT - 1))
    return False


def leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def say(words: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        print(words, flush=True)


def main() -> None:
    for request in (signal.SIGINT, signal.SIGTERM):
        signal.signal(request, leave)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup wants us to stay
        signal.signal(signal.SIGHUP, leave)
    try:
        run(os.environ)
    except CannotStart as refusal:
        sys.exit(str(refusal))
    except KeyboardInterrupt:
        say("Stopped.")


if __name__ == "__main__":
    main()
