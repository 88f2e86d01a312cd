"""What lies on disk: the data directory, its settings and its passwords."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from strapontin.kit.postgres.errors import StartError
from strapontin.kit.postgres.installation import Installation
from strapontin.kit.postgres.runners import Runner

INITDB_NEEDS_MB = 150
START_NEEDS_MB = 40
LOG_KEPT_BYTES = 10 * 2**20

SETTINGS = """
# Strapontin wrote this once and does not overwrite it: change it as you like.
# A committed allocation is never lost: leave these two on.
fsync = on
synchronous_commit = on
max_connections = 60
shared_buffers = 128MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
random_page_cost = 1.1
# Compiling a statement of daily work would take longer than running it.
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] '
"""


@dataclass(frozen=True, slots=True)
class Passwords:
    """Passwords of the server's two login roles, made when the server is created."""

    superuser: str
    owner: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """One server's files below ``home/postgres``."""

    home: Path

    @property
    def root(self) -> Path:
        """Everything of this server."""
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.root / "server.log"

    @property
    def start_lock(self) -> Path:
        """The lock of a process that starts, joins, leaves or stops the server."""
        return self.root / "start.lock"

    @property
    def users_lock(self) -> Path:
        """The lock that the processes which use the server share."""
        return self.root / "users.lock"

    @property
    def running_lock(self) -> Path:
        """The lock that the server's own processes hold."""
        return self.root / "running.lock"

    @property
    def password_file(self) -> Path:
        """The passwords; only the owner can read them."""
        return self.root / "passwords.json"

    @property
    def socket_record(self) -> Path:
        """The file that says where the directory of the socket is."""
        return self.root / "socket-directory"

    @property
    def marker(self) -> str:
        """A name in the titles of the server's processes. Other servers have other ones."""
        return "strapontin-" + hashlib.sha256(os.fsencode(self.data.resolve())).hexdigest()[:12]

    def make(self) -> None:
        """Create the folders. Raises ``StartError`` (``home_unwritable``, ``home_foreign``) if they cannot be ours."""
        try:
            for directory in (self.home, self.root):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root):
                pass
        except OSError as error:
            raise StartError("home_unwritable", path=self.home, reason=_reason(error)) from error
        if self.data.exists() and os.geteuid() not in (0, self.data.stat().st_uid):
            raise StartError("home_foreign", path=self.data, owner=self.data.stat().st_uid)

    def check_room(self, needed_mb: int) -> None:
        """Raise ``StartError`` (``disk_full``) unless the disk has ``needed_mb`` left."""
        free_mb = shutil.disk_usage(self.root).free // 2**20
        if free_mb < needed_mb:
            raise StartError("disk_full", path=self.root, free_mb=free_mb, needed_mb=needed_mb)

    def check_version(self, major: int) -> None:
        """Raise ``StartError`` (``data_newer``, ``data_older``, ``data_unreadable``) if it is not of ``major``."""
        try:
            version = int((self.data / "PG_VERSION").read_text().split(".")[0])
        except (OSError, ValueError) as error:
            raise StartError("data_unreadable", path=self.data, reason=_reason(error)) from error
        if version != major:
            code = "data_newer" if version > major else "data_older"
            raise StartError(code, path=self.data, found=version, expected=major)

    def passwords(self) -> Passwords:
        """The passwords, made now if there is no data yet. Raises ``StartError`` (``credentials_lost``)."""
        path = self.password_file
        if path.exists() or self.data.exists():
            try:
                return Passwords(**json.loads(path.read_text()))
            except (OSError, ValueError, TypeError) as error:
                raise StartError("credentials_lost", path=path, reason=_reason(error)) from error
        passwords = Passwords(secrets.token_urlsafe(24), secrets.token_urlsafe(24))
        write_private(path, json.dumps(asdict(passwords)))
        return passwords

    def create(self, runner: Runner, installation: Installation) -> None:
        """Run ``initdb`` in another directory and move the result into place: data is there whole or not at all."""
        self.check_room(INITDB_NEEDS_MB)
        password = self.passwords().superuser
        # The initdb of a killed start may still write into its directory: each start takes a new one.
        for abandoned in self.root.glob("new-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        aside = Path(tempfile.mkdtemp(prefix="new-", dir=self.root))
        write_private(aside / "password", password)
        for path in (aside, aside / "password"):
            os.chown(path, runner.owner, -1)
        with runner.reach(aside) as (name, fds):
            command = [str(installation.initdb), "-D", f"{name}/data", f"--pwfile={name}/password"]
            process = runner.popen([*command, *_initdb_options(installation.major)], fds=fds, output=subprocess.PIPE)
            output, _ = process.communicate()
        if process.returncode != 0:
            self.log.write_bytes(output)
            self._fail_on_full_disk(output.decode(errors="replace"))
            raise StartError("failed", reason="initdb failed", log=self.log)
        with (aside / "data" / "postgresql.conf").open("a") as file:
            file.write(SETTINGS + _shared_memory())
        (aside / "data").rename(self.data)
        shutil.rmtree(aside)

    def give_to(self, uid: int) -> None:
        """Make ``uid`` the owner of the data: an earlier start may have used another runner."""
        if self.data.stat().st_uid == uid:
            return
        for path in (*self.data.rglob("*"), self.data):
            os.chown(path, uid, -1, follow_symlinks=False)

    def rotate_log(self) -> int:
        """Put a long log aside, over the one before it; the size of the log that the next server goes on with."""
        size = self.log.stat().st_size if self.log.exists() else 0
        if size <= LOG_KEPT_BYTES:
            return size
        self.log.rename(self.log.with_suffix(".log.1"))
        return 0

    def failure(self, log_offset: int) -> StartError:
        """Why the last start failed, from what the server logged since ``log_offset``."""
        with self.log.open("rb") as file:
            file.seek(log_offset)
            lines = file.read().decode(errors="replace").splitlines()
        self._fail_on_full_disk("\n".join(lines))
        reasons = [line.split("FATAL:", 1)[1].strip() for line in lines if "FATAL:" in line]
        return StartError("failed", reason=reasons[-1] if reasons else "no reason given", log=self.log)

    def _fail_on_full_disk(self, output: str) -> None:
        if "No space left on device" in output or "Disk quota exceeded" in output:
            free_mb = shutil.disk_usage(self.root).free // 2**20
            raise StartError("disk_full", path=self.root, free_mb=free_mb, needed_mb=INITDB_NEEDS_MB)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read. A reader finds it whole or not at all."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    fd = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)


def _initdb_options(major: int) -> list[str]:
    # PostgreSQL's own locale, new in 17, sorts alike on every machine. Before 17 the C library's is the nearest.
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return [
        "--username=postgres",
        "--encoding=UTF8",
        "--auth=scram-sha-256",
        *(locale if major >= 17 else ["--locale=C.UTF-8"]),
    ]


def _shared_memory() -> str:
    """A setting against a small ``/dev/shm``: containers often have 64 MB, which one parallel query can fill."""
    try:
        status = os.statvfs("/dev/shm")  # noqa: S108 - its size is read, nothing is written
        small = status.f_frsize * status.f_blocks < 512 * 2**20
    except OSError:
        small = True
    return "dynamic_shared_memory_type = sysv\n" if small else ""


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
