"""The directory of the server's socket, which only the server's user may enter.

It is below the cluster's root. If that path is too long for a socket, or closed to the server's user, it is in the
machine's temporary directory, and a file of the cluster records where. A copied cluster has the record of its original:
so such a directory is used only if a file in it names this cluster, and only if no server listens there.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import stat
import tempfile
from pathlib import Path

from strapontin.kit.postgres.cluster import Cluster
from strapontin.kit.postgres.errors import StartError

# A socket's path has 107 bytes at most, and the file in the directory is called .s.PGSQL.5432.
LONGEST_PATH = 86
MARKER_FILE = "cluster"


def make(cluster: Cluster, owner: int) -> Path:
    """The directory, for the user ``owner`` alone, without what a dead server left in it.

    The directory of a killed server is taken again, so that the next server has the same address. Called if no server
    of this cluster lives. Raises ``StartError`` (``busy``) if a server listens below the cluster's root nevertheless.
    """
    directory = _usual(cluster)
    if len(os.fsencode(directory)) > LONGEST_PATH or owner != os.geteuid():
        directory = _recorded(cluster, owner) or _make_elsewhere(cluster, owner)
    else:
        directory.mkdir(mode=0o700, exist_ok=True)
        if _is_used(directory):
            raise StartError("busy", path=cluster.data, seconds=0)
    for stale in directory.glob(".s.PGSQL.*"):
        stale.unlink(missing_ok=True)
    cluster.socket_record.write_text(str(directory))
    return directory


def remove(cluster: Cluster) -> None:
    """Remove the directory that was recorded, if it is this cluster's and no server listens there."""
    with contextlib.suppress(OSError):
        directory = Path(cluster.socket_record.read_text())
        if (directory == _usual(cluster) or _is_marked(directory, cluster)) and not _is_used(directory):
            shutil.rmtree(directory, ignore_errors=True)
        cluster.socket_record.unlink()


def _usual(cluster: Cluster) -> Path:
    return cluster.root / "socket"


def _recorded(cluster: Cluster, owner: int) -> Path | None:
    """The directory of this cluster's last server, if it is still there for ``owner`` alone and nobody uses it."""
    with contextlib.suppress(OSError):
        directory = Path(cluster.socket_record.read_text())
        status = directory.lstat()
        private = stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o700 and status.st_uid == owner
        if private and _is_marked(directory, cluster) and not _is_used(directory):
            return directory
    return None


def _make_elsewhere(cluster: Cluster, owner: int) -> Path:
    directory = Path(tempfile.mkdtemp(prefix="strapontin-"))
    (directory / MARKER_FILE).write_text(cluster.marker)
    os.chown(directory, owner, -1)
    return directory


def _is_marked(directory: Path, cluster: Cluster) -> bool:
    """Whether the directory was made for this cluster; a copy of the cluster has another path, so another marker."""
    with contextlib.suppress(OSError):
        return (directory / MARKER_FILE).read_text() == cluster.marker
    return False


def _is_used(directory: Path) -> bool:
    """Whether somebody listens at a socket in the directory; a server that is stopped or full counts, too."""
    for path in directory.glob(".s.PGSQL.*"):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            continue
        with socket.socket(socket.AF_UNIX) as probe:
            probe.setblocking(False)
            try:
                probe.connect(str(path))
            except (ConnectionRefusedError, FileNotFoundError):
                continue
            except OSError:
                pass
            return True
    return False
