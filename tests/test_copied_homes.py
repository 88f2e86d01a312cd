"""A home and its copy on one machine: neither server ever takes the socket or the data of the other."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from strapontin.kit.postgres import EmbeddedServer, StartError, open_server
from strapontin.kit.postgres.cluster import Cluster
from strapontin.kit.postgres.postmaster import processes
from tests.test_embedded_postgres import as_root, eventually, execute, living

WRITES = 20
# A path that is too long for a socket: the socket's directory is then in the machine's temporary directory.
LONG = "a-rather-long-name-" * 5


@pytest.fixture(params=["socket in the home", "socket elsewhere"])
def homes(request: pytest.FixtureRequest) -> Iterator[tuple[Path, Path]]:
    """The places of a home and of its copy."""
    directory = Path(tempfile.mkdtemp(prefix="sp-"))
    below = directory / LONG if request.param == "socket elsewhere" else directory
    pair = (below / "original", below / "copy")
    yield pair
    for home in pair:
        for pid in living(home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    shutil.rmtree(directory, ignore_errors=True)


def copy(original: Path, target: Path) -> None:
    """As an administrator copies a home: with owners, modes, sockets and links."""
    subprocess.run(["cp", "-a", str(original), str(target)], check=True)


def write(server: EmbeddedServer, kept: list[int]) -> None:
    """Write rows, each by a connection of its own; ``kept`` are those that the server answered."""
    for _ in range(WRITES):
        number = len(kept)
        execute(server.url, f"INSERT INTO written VALUES ({number})")
        kept.append(number)


def rows(server: EmbeddedServer) -> int:
    """How many rows a server has."""
    count = execute(server.url, "SELECT count(*) FROM written")
    assert isinstance(count, int)
    return count


def kill(home: Path) -> None:
    """End the server of a home by kill -9, as a power cut does."""
    for pid in processes(Cluster(home).marker):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    eventually(lambda: not living(home))


def test_a_copy_of_a_running_home_leaves_the_original_its_socket(homes: tuple[Path, Path]) -> None:
    original, target = homes
    kept: list[int] = []
    with open_server(original) as server:
        execute(server.url, "CREATE TABLE written (n int)")
        write(server, kept)
        copy(original, target)
        with open_server(target) as other:
            assert other.url != server.url
            write(server, kept)
            assert rows(other) == WRITES, "what the home had when it was copied"
            assert rows(server) == len(kept)
        write(server, kept)
        assert rows(server) == len(kept)
    with open_server(original) as server:
        assert rows(server) == len(kept)


def test_a_copy_of_a_killed_home_leaves_the_original_its_socket(homes: tuple[Path, Path]) -> None:
    original, target = homes
    kept: list[int] = []
    killed = open_server(original)
    execute(killed.url, "CREATE TABLE written (n int)")
    write(killed, kept)
    kill(original)
    copy(original, target)
    assert killed.ensure_running()
    with open_server(target) as other:
        write(killed, kept)
        assert rows(other) == WRITES
        kill(target)
        assert other.ensure_running()
        write(killed, kept)
    write(killed, kept)
    assert rows(killed) == len(kept)
    killed.close()
    with open_server(original) as server:
        assert rows(server) == len(kept)


def test_a_killed_server_comes_back_at_the_same_address(homes: tuple[Path, Path]) -> None:
    original, _ = homes
    with open_server(original) as server:
        before = server.url
        kill(original)
        assert server.ensure_running()
        assert server.url == before


def test_a_directory_with_the_name_of_ours_is_neither_used_nor_removed(homes: tuple[Path, Path]) -> None:
    original, _ = homes
    with open_server(original):
        pass
    foreign = Path(tempfile.mkdtemp(prefix="strapontin-"))
    (foreign / "precious").write_text("kept")
    try:
        for record in (str(foreign), ""):
            (original / "postgres" / "socket-directory").write_text(record)
            with open_server(original) as server:
                assert execute(server.url, "SELECT 1") == 1
            assert [path.name for path in foreign.iterdir()] == ["precious"]
    finally:
        shutil.rmtree(foreign)


@pytest.mark.parametrize("homes", ["socket elsewhere"], indirect=True)
def test_a_home_that_was_moved_away_while_it_ran_keeps_its_socket(homes: tuple[Path, Path]) -> None:
    original, moved = homes
    with open_server(original) as server:
        execute(server.url, "CREATE TABLE written (n int)")
        address = server.url
        original.rename(moved)
        copy(moved, original)
        with open_server(original) as other:
            assert other.url != address
            execute(address, "INSERT INTO written VALUES (1)")
            assert rows(other) == 0
        assert execute(address, "SELECT count(*) FROM written") == 1


def test_two_homes_that_share_a_data_directory_never_run_two_servers_on_it(homes: tuple[Path, Path]) -> None:
    original, target = homes
    with open_server(original) as server:
        execute(server.url, "CREATE TABLE written (n int)")
        (target / "postgres").mkdir(parents=True)
        shutil.copy(original / "postgres" / "passwords.json", target / "postgres")
        (target / "postgres" / "data").symlink_to(original / "postgres" / "data")
        with pytest.raises(StartError) as caught:
            open_server(target)
        assert caught.value.code == "busy"
        assert rows(server) == 0
        assert (original / "postgres" / "data" / "postmaster.pid").exists()


@as_root
def test_a_copy_keeps_away_if_root_runs_both_as_another_user(homes: tuple[Path, Path]) -> None:
    from strapontin.kit.postgres.runners import other_user

    original, target = homes
    with EmbeddedServer(original, runner=other_user()) as server:
        execute(server.url, "CREATE TABLE written (n int)")
        copy(original, target)
        with EmbeddedServer(target, runner=other_user()) as other:
            execute(server.url, "INSERT INTO written VALUES (1)")
            assert rows(other) == 0
        assert rows(server) == 1
