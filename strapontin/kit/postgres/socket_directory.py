"""The directory of the server's socket, which only the server's user may enter.

It is below the cluster's root, or elsewhere if that path is too long for a socket. A file of the cluster records where.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from strapontin.kit.postgres.cluster import Cluster

# A socket's path has 107 bytes at most, and the file in the directory is called .s.PGSQL.5432.
LONGEST_PATH = 86


def make(cluster: Cluster, owner: int) -> Path:
    """The directory, for the user ``owner`` alone.

    The directory of a killed server is taken again, so that the next server has the same address.
    """
    with contextlib.suppress(OSError):
        directory = Path(cluster.socket_record.read_text())
        status = directory.lstat()
        if status.st_uid == owner and stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o700:
            return directory
    remove(cluster)
    directory = _usual(cluster)
    if len(os.fsencode(directory)) > LONGEST_PATH or owner != os.geteuid():
        directory = Path(tempfile.mkdtemp(prefix="strapontin-"))
    else:
        directory.mkdir(mode=0o700, exist_ok=True)
    cluster.socket_record.write_text(str(directory))
    os.chown(directory, owner, -1)
    return directory


def remove(cluster: Cluster) -> None:
    """Remove the directory that was recorded, if it is one of ours."""
    with contextlib.suppress(OSError):
        directory = Path(cluster.socket_record.read_text())
        if directory == _usual(cluster) or directory.name.startswith("strapontin-"):
            shutil.rmtree(directory, ignore_errors=True)
        cluster.socket_record.unlink()


def _usual(cluster: Cluster) -> Path:
    return cluster.root / "socket"
