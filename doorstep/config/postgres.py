"""The embedded PostgreSQL server: started when first needed, stopped by the last who uses it.

Every process that uses the server holds a shared lock on ``use.lock``; whoever leaves last stops the server.
The kernel drops the lock of a process that was killed, so nothing has to be tidied by hand afterwards.
The server listens on a Unix socket in a private folder only, and lets in nobody but its own user and root (peer).
"""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import psycopg

from doorstep.config import environment
from doorstep.config.postgres_home import Home, binaries, prepare, socket_folder
from doorstep.kit.errors import Unavailable

ROLE = "doorstep"
DATABASE = "doorstep"
PATIENCE_SECONDS = 60
# Sized for the smallest machine we promise: two cores and four gigabytes. Nothing personal reaches the log:
# neither statements nor the details of an error, which quote a row's values.
OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "4GB",
    "wal_buffers": "64MB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class Embedded:
    """A running embedded server, for the length of a ``with`` block. Safe to nest and to run side by side."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self._use: int | None = None
        self._started_by = os.getpid()
        self._home: Home | None = None

    @property
    def home(self) -> Home:
        """The folders; made on first use."""
        if self._home is None:
            self._home = prepare(self.var)
        return self._home

    def __enter__(self) -> Embedded:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.leave()

    def start(self) -> None:
        """Start the server unless it runs already, and make the database unless it is there."""
        try:
            with self._alone():
                self._use = os.open(self.home.folder / "use.lock", os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(self._use, fcntl.LOCK_SH)
                if not self.answers():
                    self._make_cluster()
                    self._forget_a_dead_server()
                    self._pg_ctl("start")
                self._make_database()
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """Give the server up; the last one to do so stops it."""
        if self._use is None or os.getpid() != self._started_by:
            return  # A process forked from the user, such as a web worker, shares the lock but does not own it.
        use, self._use = self._use, None
        try:
            with self._alone():
                fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _runs(self.home.data / "postmaster.pid"):
                    self._pg_ctl("stop", "--mode=fast")
        except BlockingIOError:
            pass  # Somebody else still uses the server and will stop it.
        finally:
            os.close(use)

    def answers(self) -> bool:
        """True when the server takes connections."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self.home.socket), user=ROLE, dbname="postgres", connect_timeout=5, autocommit=True
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Starting and stopping happen one process at a time."""
        door = os.open(self.home.folder / "door.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield
        finally:
            os.close(door)

    def _make_cluster(self) -> None:
        """Make the database's files beside their place and move them there whole, so that a kill leaves no half."""
        server = self._program("postgres", "--version").split()[-1]
        written = self.home.data / "PG_VERSION"
        if written.exists():
            if written.read_text().strip() != server.split(".")[0]:
                raise Unavailable(
                    f"The database in {self.home.data} was made by PostgreSQL {written.read_text().strip()}, "
                    f"and this is PostgreSQL {server}.",
                    mend="Move its content with pg_dump of the old version, or remove the folder to start anew.",
                )
            return
        made = self.home.folder / "data.new"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(mode=0o700)
        if owner := self.home.owner:
            os.chown(made, owner.pw_uid, owner.pw_gid)
        self._program(
            "initdb",
            *(f"--pgdata={made}", f"--username={ROLE}", "--encoding=UTF8", "--no-instructions"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--auth-local=peer", "--auth-host=reject"),
        )
        (made / "pg_hba.conf").write_text("local all all peer map=doorstep\n")
        names = dict.fromkeys((self.home.owner_name, "root"))
        (made / "pg_ident.conf").write_text("".join(f'doorstep "{name}" {ROLE}\n' for name in names))
        made.rename(self.home.data)

    def _forget_a_dead_server(self) -> None:
        """After a kill or a power cut, another process may have got the old server's number, and PostgreSQL would wait
        for it. Only the number is blotted out: the rest of the file guards memory that old children may still hold."""
        for lock in (self.home.data / "postmaster.pid", self.home.socket / ".s.PGSQL.5432.lock"):
            if lock.exists() and not _runs(lock):
                _, _, rest = lock.read_text().partition("\n")
                lock.write_text(f"{2**31 - 1}\n{rest}")

    def _make_database(self) -> None:
        with self._connect() as connection:
            there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not there:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _pg_ctl(self, action: str, *more: str) -> None:
        options = {**OPTIONS, "unix_socket_directories": str(self.home.socket)}
        words = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items())
        start = ("--log", str(self.home.log), "--options", words) if action == "start" else ()
        self._program(
            "pg_ctl", action, "--pgdata", str(self.home.data), "--wait", f"--timeout={PATIENCE_SECONDS}", *start, *more
        )

    def _program(self, name: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs as the server's user and give what it printed."""
        owner = self.home.owner
        group = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
        # Output goes to files: the server that pg_ctl leaves behind would keep a pipe open for ever.
        done = subprocess.run(
            [str(binaries(self.home) / "bin" / name), *arguments],
            cwd=self.home.folder,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=(out := _scratch()),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            check=False,
            **group,  # type: ignore[call-overload]
        )
        with os.fdopen(out, "rb") as said:
            said.seek(0)
            text = said.read().decode(errors="replace").strip()
        if done.returncode:
            raise Unavailable(
                f"The embedded PostgreSQL failed at {name}.",
                why=text.splitlines()[-1] if text else "",
                mend=f"See {self.home.log}.",
            )
        return text


@contextmanager
def database(var: Path) -> Iterator[None]:
    """The database for the length of a ``with`` block: the one that DATABASE_URL names, or the embedded one."""
    if environment.text("DATABASE_URL"):
        yield
        return
    with Embedded(var):
        yield


def embedded_address(var: Path) -> dict[str, str]:
    """How Django reaches the embedded server of this ``var`` folder. Starts nothing."""
    return {"NAME": DATABASE, "USER": ROLE, "HOST": str(socket_folder(var)), "PORT": "5432"}


def _scratch() -> int:
    """An open file that has no name."""
    descriptor, name = tempfile.mkstemp()
    os.unlink(name)
    return descriptor


def _runs(lock: Path) -> bool:
    """Whether the server that wrote this lock file is alive. Without ``/proc``, PostgreSQL judges by itself."""
    try:
        number = lock.read_text().split("\n", 1)[0].strip().lstrip("-")
    except FileNotFoundError:
        return False
    if not Path("/proc/self").exists():
        return True
    try:
        name, state = Path(f"/proc/{number}/stat").read_text().split("(", 1)[1].rsplit(")", 1)
    except OSError:
        return False
    return name == "postgres" and state.split()[0] not in "ZX"
