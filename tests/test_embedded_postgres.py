"""The embedded server in real use: shared, killed, run by root and by others, refused for good reasons."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from strapontin.kit.postgres import EmbeddedServer, StartError, open_server
from strapontin.kit.postgres.cluster import Cluster
from strapontin.kit.postgres.installation import Installation
from strapontin.kit.postgres.postmaster import processes
from strapontin.kit.postgres.runners import OtherUser, other_user, user_namespace

REPOSITORY = Path(__file__).resolve().parent.parent
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")

# A process that uses the server of a home until its input ends; it says the postmaster's pid.
HOLDER = """
import sys
from pathlib import Path
from strapontin.kit.postgres import open_server
with open_server(Path(sys.argv[1])) as server:
    print(server.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A data directory; whatever still runs in it after a test is a fault of the test, and is ended.

    Its path is short whatever pytest calls its directories: a long one has its socket elsewhere.
    """
    # Not a TemporaryDirectory, which a forked child would remove at its end.
    directory = Path(tempfile.mkdtemp(prefix="sp-"))
    home = directory / "home"
    yield home
    for pid in living(home):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(directory, ignore_errors=True)


def living(home: Path) -> list[int]:
    """The server's processes."""
    return processes(Cluster(home).marker)


def holder(home: Path, python: str = sys.executable, **options: object) -> tuple[subprocess.Popen[str], int]:
    """Start a process that uses the server; it and the postmaster's pid."""
    process = subprocess.Popen(  # type: ignore[call-overload]
        [python, "-c", HOLDER, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        **options,
    )
    line = process.stdout.readline()
    assert line, "the holder did not start"
    return process, int(line)


def execute(url: str, statement: str) -> object:
    """The first value that a statement answers, committed."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def eventually(condition: Callable[[], bool], seconds: float = 15) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_starts_stops_and_keeps_what_was_committed(home: Path) -> None:
    with open_server(home) as server:
        assert execute(server.url, "SELECT current_setting('server_version_num')::int / 10000") == 18
        settings = "SELECT concat_ws(' ', current_setting('fsync'), current_setting('synchronous_commit'))"
        assert execute(server.url, settings) == "on on"
        assert execute(server.url, "SELECT lower('ÉTÉ')") == "été"
        execute(server.url, "CREATE TABLE kept AS SELECT 42 AS answer")
        sockets = list((home / "postgres" / "socket").iterdir())
        assert sockets
    assert not living(home)
    assert not (home / "postgres" / "socket").exists()
    with open_server(home) as server:
        assert execute(server.url, "SELECT answer FROM kept") == 42


def test_only_the_owner_reads_the_files_and_nobody_enters_without_password(home: Path) -> None:
    with open_server(home) as server:
        for path in (home, home / "postgres", home / "postgres" / "data", home / "postgres" / "socket"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
        assert stat.S_IMODE((home / "postgres" / "passwords.json").stat().st_mode) == 0o600
        assert execute(server.url_of("postgres", superuser=True), "SHOW listen_addresses") == ""
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.url, password="guessed")


def test_the_owner_role_may_make_roles_and_databases_but_is_no_superuser(home: Path) -> None:
    with open_server(home) as server:
        rights = "concat_ws(' ', rolcreaterole, rolcreatedb, rolsuper)"
        query = f"SELECT {rights} FROM pg_roles WHERE rolname = current_user"
        assert execute(server.url, query) == "t t f"
        execute(server.url, "CREATE ROLE strapontin_door")
        execute(server.url, "CREATE EXTENSION btree_gist")


def test_the_last_of_several_processes_stops_the_server(home: Path) -> None:
    first, pid = holder(home)
    second, same = holder(home)
    assert pid == same
    with open_server(home) as server:
        assert server.pid == pid
    first.communicate("")
    assert living(home), "the second still uses it"
    second.communicate("")
    assert not living(home)


def test_ten_processes_that_start_at_once_share_one_server(home: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(home)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    crowd = [subprocess.Popen(command, cwd=REPOSITORY, **pipes) for _ in range(10)]  # type: ignore[call-overload]
    pids = {int(process.stdout.readline()) for process in crowd}
    for process in crowd:
        process.communicate(b"")
    assert len(pids) == 1
    assert [process.returncode for process in crowd] == [0] * 10
    assert not living(home)


def test_a_server_whose_holder_was_killed_is_adopted_and_then_stopped(home: Path) -> None:
    process, pid = holder(home)
    process.kill()
    process.wait()
    assert living(home), "it has a session of its own and lives on"
    with open_server(home) as server:
        assert server.pid == pid
    assert not living(home)


def test_kill_minus_nine_of_the_server_loses_nothing_and_its_users_get_a_new_one(home: Path) -> None:
    with open_server(home) as server:
        execute(server.url, "CREATE TABLE kept (n int)")
        for n in range(20):
            execute(server.url, f"INSERT INTO kept VALUES ({n})")
        os.kill(server.pid, signal.SIGKILL)
        eventually(server.ensure_running)
        assert execute(server.url, "SELECT count(*) FROM kept") == 20
        assert not server.ensure_running()


def test_kill_minus_nine_of_everything_loses_nothing(home: Path) -> None:
    process, _ = holder(home)
    with open_server(home) as server:
        execute(server.url, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        process.kill()
        process.wait()
        for pid in living(home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        eventually(lambda: not living(home))
    with open_server(home) as server:
        assert execute(server.url, "SELECT count(*) FROM kept") == 1000


def test_a_busy_backend_of_a_killed_server_does_not_block_the_next_start(home: Path) -> None:
    with open_server(home) as server:
        busy = psycopg.connect(server.url)
        busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000)")
        os.kill(server.pid, signal.SIGKILL)
        eventually(server.ensure_running)
        assert execute(server.url, "SELECT 1") == 1
        busy.close()


def test_a_stale_pid_file_that_names_a_living_stranger_is_no_obstacle(home: Path) -> None:
    with open_server(home) as server:
        execute(server.url, "CREATE TABLE kept AS SELECT 1 AS n")
    # As after a restart of a container, where process numbers come round again: this one is the test's own.
    (home / "postgres" / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{home}\n0\n5432\n\n\n  1 1\nready\n")
    socket = home / "postgres" / "socket"
    socket.mkdir(mode=0o700)
    (socket / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    (home / "postgres" / "socket-directory").write_text(str(socket))
    with open_server(home) as server:
        assert execute(server.url, "SELECT n FROM kept") == 1


def test_ctrl_c_at_the_terminal_does_not_reach_the_server(home: Path) -> None:
    process, pid = holder(home, start_new_session=True)
    os.killpg(process.pid, signal.SIGINT)
    process.wait(timeout=20)
    assert not living(home), "the holder stopped it on its way out"
    log = (home / "postgres" / "server.log").read_text()
    assert "database system is shut down" in log
    assert f"[{pid}] LOG:  received fast shutdown request" in log


def test_a_killed_first_start_is_begun_again(home: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(home)], cwd=REPOSITORY, stdin=subprocess.PIPE)
    eventually(lambda: bool(list(home.glob("postgres/new-*/data/global"))))
    process.kill()
    process.wait()
    with open_server(home) as server:
        assert execute(server.url, "SELECT 1") == 1


def test_a_long_path_puts_the_socket_elsewhere_and_removes_it(tmp_path: Path) -> None:
    home = tmp_path / ("a-rather-long-name-" * 5) / "home"
    with open_server(home) as server:
        elsewhere = Path((home / "postgres" / "socket-directory").read_text())
        assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o700
        assert execute(server.url, "SELECT 1") == 1
    assert not elsewhere.exists()


@as_root
def test_root_runs_it_in_a_user_namespace(home: Path) -> None:
    with EmbeddedServer(home, runner=user_namespace()) as server:
        status = Path(f"/proc/{server.pid}/status").read_text()
        assert "Uid:\t0\t" in status, "root's files, seen from here"
        assert "Not tainted" not in status
        assert execute(server.url, "SELECT 1") == 1
    assert not living(home)


@as_root
@pytest.mark.parametrize("closed", [False, True], ids=["open path", "path closed to the other user"])
def test_root_runs_it_as_another_user(tmp_path: Path, closed: bool) -> None:
    tmp_path.chmod(0o700 if closed else 0o755)
    home = tmp_path / "home"
    runner = other_user()
    with EmbeddedServer(home, runner=runner) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid == runner.uid
        execute(server.url, "CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(server.pid, signal.SIGKILL)
        eventually(server.ensure_running)
        assert execute(server.url, "SELECT n FROM kept") == 7
    assert not living(home)
    with EmbeddedServer(home, runner=user_namespace()) as server:
        assert execute(server.url, "SELECT n FROM kept") == 7
    assert (home / "postgres" / "data").stat().st_uid == 0


@as_root
def test_programs_out_of_the_other_users_reach_are_copied_with_their_libraries(tmp_path: Path) -> None:
    from strapontin.kit.postgres.installation import embedded

    original = embedded()
    tmp_path.chmod(0o700)
    folders = tuple(tmp_path / folder.relative_to(original.root) for folder in original.folders)
    for folder, copy in zip(original.folders, folders, strict=True):
        shutil.copytree(folder, copy)
    programs = tmp_path / original.bin.relative_to(original.root)
    hidden = Installation(bin=programs, major=18, root=tmp_path, folders=folders)
    runner = other_user()
    reachable = runner.prepare(hidden)
    try:
        assert reachable.bin != hidden.bin
        assert runner.prepare(hidden) == reachable, "copied once"
        with EmbeddedServer(tmp_path / "home", installation=hidden, runner=runner) as server:
            assert execute(server.url, "SELECT 1") == 1
    finally:
        shutil.rmtree(reachable.bin.parents[2])


@as_root
def test_an_ordinary_user_runs_it_directly() -> None:
    user = OtherUser(65534, 65534)
    home = Path("/tmp") / f"strapontin-ordinary-{os.getpid()}"  # noqa: S108 - below it nobody but the user may look
    home.mkdir(mode=0o700)
    os.chown(home, user.uid, user.gid)
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    try:
        python = next((p for p in (sys.executable, "/usr/bin/python3.11") if _runs_as(user, p)), None)
        if python is None:
            pytest.skip("no Python that an ordinary user may run")
        as_user = {"user": user.uid, "group": user.gid, "extra_groups": []}
        environment = {"PYTHONPATH": packages, "PATH": os.defpath}
        process, pid = holder(home, python, env=environment, **as_user)
        assert Path(f"/proc/{pid}").stat().st_uid == user.uid
        process.communicate("")
        assert not living(home)
    finally:
        shutil.rmtree(home)


def _runs_as(user: OtherUser, python: str) -> bool:
    import sysconfig

    wanted = sysconfig.get_python_version()
    script = f"import sys; sys.exit('%d.%d' % sys.version_info[:2] != '{wanted}')"
    try:
        return subprocess.run([python, "-c", script], user=user.uid, check=False).returncode == 0
    except OSError:
        return False


def refusal(home: Path, **options: object) -> StartError:
    """The refusal to start on ``home``, which must come quickly and leave nothing running."""
    began = time.monotonic()
    with pytest.raises(StartError) as caught:
        EmbeddedServer(home, **options).start()  # type: ignore[arg-type]
    assert time.monotonic() - began < 30, "at once on an idle machine; here others work too"
    assert not living(home)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    error = refusal(tmp_path / "file" / "home")
    assert error.code == "home_unwritable"
    assert str(tmp_path / "file" / "home") in str(error)


@pytest.mark.parametrize(("found", "code"), [("19", "data_newer"), ("15", "data_older"), ("", "data_unreadable")])
def test_data_of_another_version(home: Path, found: str, code: str) -> None:
    with open_server(home):
        pass
    version = home / "postgres" / "data" / "PG_VERSION"
    before = version.read_text()
    version.write_text(found)
    assert refusal(home).code == code
    version.write_text(before)
    with open_server(home) as server:
        assert execute(server.url, "SELECT 1") == 1


def test_missing_programs(home: Path, tmp_path: Path) -> None:
    error = refusal(home, installation=Installation(bin=tmp_path / "nowhere", major=18))
    assert error.code == "binaries_missing"


def test_a_setting_that_the_server_refuses_is_said_in_its_words(home: Path) -> None:
    error = refusal(home, settings={"max_connections": "none"})
    assert error.code == "failed"
    assert "max_connections" in str(error)


def test_lost_passwords(home: Path) -> None:
    with open_server(home):
        pass
    (home / "postgres" / "passwords.json").unlink()
    assert refusal(home).code == "credentials_lost"


@as_root
def test_a_full_disk(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", str(small)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        error = refusal(small / "home")
        assert error.code == "disk_full"
    finally:
        subprocess.run(["umount", str(small)], check=True)
