"""The embedded server: reuse, stopping, recovery, and folders that stay closed."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from doorstep.config import postgres_home
from doorstep.config.postgres import DATABASE, ROLE, Embedded
from doorstep.config.postgres_home import MAX_SOCKET_FOLDER, prepare, socket_folder
from doorstep.kit.errors import Unavailable

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place():
    """A folder that any user can reach, as root's server needs. It holds a closed checkout and root's home."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def var(place):
    """``var`` of a checkout that lies in a folder closed to everybody else."""
    closed = place / "home"
    closed.mkdir(mode=0o700)
    (closed / "checkout").mkdir(mode=0o750)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgres_home, "ROOTS_HOME", place / "roots")
        yield closed / "checkout" / "var"


def connect(var):
    return psycopg.connect(host=str(socket_folder(var)), user=ROLE, dbname=DATABASE, autocommit=True)


def pid_of(embedded):
    return int((embedded.home.data / "postmaster.pid").read_text().split()[0])


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def modes(folder):
    return {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.parents)}


def test_folders_keep_their_permissions(var):
    checkout = var.parent
    before = modes(checkout)
    with Embedded(var) as embedded:
        assert embedded.answers()
        assert stat.S_IMODE(embedded.home.socket.stat().st_mode) == 0o700
        assert stat.S_IMODE(embedded.home.data.stat().st_mode) == 0o700
    assert modes(checkout) == before


def test_a_strict_umask_does_not_lock_the_server_out(place, monkeypatch):
    monkeypatch.setattr(postgres_home, "ROOTS_HOME", place / "strict" / "roots")
    before = os.umask(0o077)
    try:
        with Embedded(place / "strict-var") as embedded:
            assert embedded.answers()
    finally:
        os.umask(before)


def test_the_last_user_stops_the_server(var):
    with Embedded(var) as first:
        pid = pid_of(first)
        with Embedded(var) as second:
            assert pid_of(second) == pid
        assert first.answers()
    assert not is_running(pid)


def test_the_first_user_may_leave_first(var):
    first, second = Embedded(var), Embedded(var)
    first.start()
    second.start()
    first.leave()
    assert second.answers()
    pid = pid_of(second)
    second.leave()
    assert not is_running(pid)


def test_a_forked_child_does_not_stop_the_server(var):
    with Embedded(var) as embedded:
        child = os.fork()
        if not child:
            embedded.leave()
            os._exit(0)
        os.waitpid(child, 0)
        assert embedded.answers()


def test_a_server_that_was_killed_starts_again(var):
    with Embedded(var) as embedded:
        with connect(var) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (what text)")
        pid = pid_of(embedded)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_running(pid))
    with Embedded(var), connect(var) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc to tell processes apart")
def test_a_stale_number_that_another_process_has_now(var):
    with Embedded(var) as embedded:
        content = (embedded.home.data / "postmaster.pid").read_text()
        home = embedded.home
    # A process of the same user, so that PostgreSQL alone would take it for the old server.
    user = {"user": home.owner.pw_uid} if home.owner else {}
    other = subprocess.Popen(["sleep", "60"], cwd="/", **user)
    try:
        stale = home.data / "postmaster.pid"
        stale.write_text("\n".join([str(other.pid), *content.splitlines()[1:]]) + "\n")
        if home.owner:
            os.chown(stale, home.owner.pw_uid, home.owner.pw_gid)
        with Embedded(var) as embedded:
            assert embedded.answers()
    finally:
        other.kill()
        other.wait()


def test_a_user_that_was_killed_leaves_nothing_behind(var):
    code = f"""
import time
from pathlib import Path
from doorstep.config import postgres_home
postgres_home.ROOTS_HOME = Path({str(postgres_home.ROOTS_HOME)!r})
from doorstep.config.postgres import Embedded
with Embedded(Path({str(var)!r})):
    print("running", flush=True)
    time.sleep(60)
"""
    killed = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert killed.stdout.readline() == "running\n"
    killed.kill()
    killed.wait()
    killed.stdout.close()
    with Embedded(var) as embedded:
        pid = pid_of(embedded)
    assert not is_running(pid)


def test_the_log_holds_no_values(var):
    with Embedded(var) as embedded:
        with connect(var) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS secret (tax_id text PRIMARY KEY)")
            connection.execute("INSERT INTO secret VALUES ('T-4711') ON CONFLICT DO NOTHING")
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO secret VALUES ('T-4711')")
        log = embedded.home.log.read_text()
    assert "duplicate key" in log
    assert "T-4711" not in log


def test_a_long_path_gets_a_short_socket(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres_home, "ROOTS_HOME", tmp_path / ("x" * 100))
    assert len(str(socket_folder(tmp_path / ("x" * 100) / "var"))) <= MAX_SOCKET_FOLDER


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of somebody else's")
def test_a_socket_folder_of_somebody_else_is_refused(var):
    folder = prepare(var).socket
    before = folder.stat()
    os.chown(folder, 12345, 12345)
    try:
        with pytest.raises(Unavailable, match="somebody else"):
            prepare(var)
    finally:
        os.chown(folder, before.st_uid, before.st_gid)


def test_a_database_of_another_major_version_is_told(var):
    with Embedded(var) as embedded:
        written = embedded.home.data / "PG_VERSION"
    right = written.read_text()
    written.write_text("9\n")
    try:
        with pytest.raises(Unavailable, match="made by PostgreSQL 9"):
            Embedded(var).start()
    finally:
        written.write_text(right)


def wait_until(condition):
    for _ in range(100):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("waited in vain")
