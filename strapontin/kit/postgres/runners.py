"""As whom PostgreSQL's programs run.

They refuse to run as root. An ordinary user runs them directly; root runs them in a user namespace where it
is somebody else and, where the kernel or a container forbids that, as another user of the machine.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Protocol

from strapontin.kit.postgres.errors import StartError
from strapontin.kit.postgres.installation import Installation

Stream = int | IO[bytes] | None


class Runner(Protocol):
    """A way to run PostgreSQL's programs as somebody who is not root."""

    @property
    def owner(self) -> int:
        """The uid, as seen from here, that the data must belong to."""

    def prepare(self, installation: Installation) -> Installation:
        """The programs where this runner's user can read them."""

    def seen(self, directory: Path) -> contextlib.AbstractContextManager[tuple[str, tuple[int, ...]]]:
        """A directory's name for this runner's user, and the descriptors a program needs to use that name."""

    def popen(
        self,
        command: Sequence[str],
        *,
        fds: tuple[int, ...] = (),
        output: Stream = None,
        session: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a program without input; ``session`` sets it apart from the terminal and its signals."""


@dataclass(frozen=True, slots=True)
class Direct:
    """As the user that we are, who is not root."""

    prefix: tuple[str, ...] = ()

    @property
    def owner(self) -> int:
        """Ourselves."""
        return os.geteuid()

    def prepare(self, installation: Installation) -> Installation:
        """The programs where they are."""
        return installation

    @contextlib.contextmanager
    def seen(self, directory: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The directory by its own name."""
        yield str(directory), ()

    def popen(
        self,
        command: Sequence[str],
        *,
        fds: tuple[int, ...] = (),
        output: Stream = None,
        session: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a program; see ``Runner.popen``."""
        return subprocess.Popen(
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=fds,
            cwd="/",
            env=_environment(),
            start_new_session=session,
        )


def user_namespace() -> Direct:
    """As root seen under another uid: files stay root's, and the programs take themselves for somebody else.

    The uid must have a name on this machine, because ``initdb`` asks for it.
    """
    uid = next((user.pw_uid for user in pwd.getpwall() if user.pw_uid not in (0, 65534)), 65534)
    return Direct(prefix=("unshare", "--user", f"--map-user={uid}", "--"))


@dataclass(frozen=True, slots=True)
class OtherUser:
    """As another user of the machine, to whom the data is given; only root can do that."""

    uid: int
    gid: int

    @property
    def owner(self) -> int:
        """The other user."""
        return self.uid

    def prepare(self, installation: Installation) -> Installation:
        """The programs where they are or, where the other user may not go, a copy of them."""
        if self._may_enter(installation.bin) or not installation.folders:
            return installation
        return replace(installation, bin=self._copy(installation) / installation.bin.relative_to(installation.root))

    def _copy(self, installation: Installation) -> Path:
        """Where the copy of ``installation.root`` is; made once for each version that was installed."""
        first = installation.folders[0].stat()
        name = f"strapontin-postgres-{first.st_ino:x}-{int(first.st_mtime):x}"
        parent = next(p for p in (Path("/var/lib"), Path(tempfile.gettempdir())) if os.access(p, os.W_OK))
        target = parent / name
        if target.is_dir() and target.stat().st_uid == os.geteuid():
            return target
        unfinished = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
        not_needed = shutil.ignore_patterns("include", "*.a")
        for folder in installation.folders:
            shutil.copytree(folder, unfinished / folder.relative_to(installation.root), ignore=not_needed)
        unfinished.chmod(0o755)
        for path in unfinished.rglob("*"):
            mode = path.stat().st_mode
            path.chmod(mode | 0o055 if path.is_dir() or mode & stat.S_IXUSR else mode | 0o044)
        with contextlib.suppress(OSError):  # somebody else was quicker
            unfinished.rename(target)
        return target

    def _may_enter(self, path: Path) -> bool:
        for directory in (path, *path.parents):
            found = directory.stat()
            bit = stat.S_IXUSR if found.st_uid == self.uid else stat.S_IXOTH
            if not found.st_mode & bit:
                return False
        return True

    @contextlib.contextmanager
    def seen(self, directory: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The directory by its own name or, where a folder above is closed to that user, by a descriptor.

        A home below ``/root`` is the usual case. A descriptor's name in ``/proc`` leads straight to the
        directory and asks nothing of the folders above it.
        """
        if self._may_enter(directory):
            yield str(directory), ()
            return
        fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{fd}", (fd,)
        finally:
            os.close(fd)

    def popen(
        self,
        command: Sequence[str],
        *,
        fds: tuple[int, ...] = (),
        output: Stream = None,
        session: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a program; see ``Runner.popen``."""
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=fds,
            cwd="/",
            env=_environment(),
            user=self.uid,
            group=self.gid,
            extra_groups=[],
            umask=0o077,
            start_new_session=session,
        )


def other_user() -> OtherUser:
    """PostgreSQL's own user where the machine has one, else one without rights."""
    users = {user.pw_name: user for user in pwd.getpwall() if user.pw_uid != 0}
    for name in ("postgres", "nobody", *users):
        if name in users:
            return OtherUser(users[name].pw_uid, users[name].pw_gid)
    raise LookupError("this machine has no user but root")


def choose_runner(installation: Installation, directory: Path) -> tuple[Runner, Installation]:
    """The first runner with which the server program runs and can write in ``directory``; its programs.

    Raises ``StartError`` (``binaries_unusable``, ``never_root``) with what the last one answered.
    """
    if os.geteuid() != 0:
        return _tried(Direct(), installation, directory, refusal="binaries_unusable")
    try:
        return _tried(user_namespace(), installation, directory, refusal="never_root")
    except StartError:
        return _tried(other_user(), installation, directory, refusal="never_root")


def _tried(runner: Runner, installation: Installation, directory: Path, *, refusal: str) -> tuple[Runner, Installation]:
    trial = Path(tempfile.mkdtemp(prefix="trial-", dir=directory))
    try:
        os.chown(trial, runner.owner, -1)
        prepared = runner.prepare(installation)
        with runner.seen(trial) as (name, fds):
            script = '"$0" --version && : >"$1/written"'
            command = ["/bin/sh", "-c", script, str(prepared.postgres), name]
            process = runner.popen(command, fds=fds, output=subprocess.PIPE)
            answer, _ = process.communicate(timeout=20)
        if process.returncode != 0:
            raise StartError(refusal, reason=" ".join(answer.decode(errors="replace").split()))
        return runner, prepared
    except (OSError, LookupError, subprocess.SubprocessError) as error:
        raise StartError(refusal, reason=error) from error
    finally:
        shutil.rmtree(trial, ignore_errors=True)


def _environment() -> dict[str, str]:
    """What the programs may know of our environment: nothing of ours may change a server's behaviour."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
