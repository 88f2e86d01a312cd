"""As whom PostgreSQL's programs run.

They refuse to run as root. An ordinary user runs them directly. Root runs them in a user namespace, where it is
somebody else. If the kernel or a container forbids that, root runs them as another user of the machine.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from strapontin.kit.postgres.errors import StartError
from strapontin.kit.postgres.installation import Installation

Stream = int | IO[bytes] | None


class Runner(ABC):
    """A way to run PostgreSQL's programs as somebody who is not root."""

    @property
    def prefix(self) -> tuple[str, ...]:
        """What stands before each command."""
        return ()

    @property
    def identity(self) -> tuple[int | None, int | None]:
        """The uid and gid to take, if they are not ours."""
        return None, None

    @property
    @abstractmethod
    def owner(self) -> int:
        """The uid, as seen from here, that the data must belong to."""

    @abstractmethod
    def prepare(self, installation: Installation) -> Installation:
        """The programs in a place where this runner's user can read them."""

    @abstractmethod
    def reach(self, directory: Path) -> contextlib.AbstractContextManager[tuple[str, tuple[int, ...]]]:
        """A name of a directory for this runner's user, and the descriptors that a program needs for that name."""

    def popen(
        self, command: Sequence[str], *, fds: tuple[int, ...] = (), output: Stream = None, session: bool = False
    ) -> subprocess.Popen[bytes]:
        """Start a program without input; ``session`` sets it apart from the terminal and its signals.

        Of our environment it gets the path alone: nothing of ours may change a server's behaviour.
        """
        uid, gid = self.identity
        return subprocess.Popen(
            [*self.prefix, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=fds,
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
            user=uid,
            group=gid,
            extra_groups=None if uid is None else [],
            umask=0o077,
            start_new_session=session,
        )


@dataclass(frozen=True, slots=True)
class Direct(Runner):
    """As the user that we are, who is not root or, by the ``prefix``, seems not to be."""

    prefix: tuple[str, ...] = ()

    @property
    def owner(self) -> int:
        """Ourselves."""
        return os.geteuid()

    def prepare(self, installation: Installation) -> Installation:
        """The programs where they are."""
        return installation

    @contextlib.contextmanager
    def reach(self, directory: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The directory by its own name."""
        yield str(directory), ()


def user_namespace() -> Direct:
    """As root under another uid: the files stay root's, and the programs do not know that they run as root.

    The uid must have a name on this machine, because ``initdb`` asks for it.
    """
    uid = next((user.pw_uid for user in pwd.getpwall() if user.pw_uid not in (0, 65534)), 65534)
    return Direct(prefix=("unshare", "--user", f"--map-user={uid}", "--"))


@dataclass(frozen=True, slots=True)
class OtherUser(Runner):
    """As another user of the machine, who becomes the owner of the data. Only root can do that."""

    uid: int
    gid: int

    @property
    def identity(self) -> tuple[int, int]:
        """The other user and its group."""
        return self.uid, self.gid

    @property
    def owner(self) -> int:
        """The other user."""
        return self.uid

    def prepare(self, installation: Installation) -> Installation:
        """The programs where they are, or a copy of them if the other user may not go there."""
        if self._may_enter(installation.bin) or not installation.folders:
            return installation
        return replace(installation, bin=self._copy(installation) / installation.bin.relative_to(installation.root))

    def _copy(self, installation: Installation) -> Path:
        """Where the copy of ``installation.root`` is. Each version that was installed is copied once."""
        first = installation.folders[0].stat()
        name = f"strapontin-postgres-{first.st_ino:x}-{int(first.st_mtime):x}"
        places = (Path("/var/lib"), Path(tempfile.gettempdir()))
        parent = next(place for place in places if os.access(place, os.W_OK))
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
        with contextlib.suppress(OSError):  # another process was quicker
            unfinished.rename(target)
        return target

    def _may_enter(self, path: Path) -> bool:
        for directory in (path, *path.parents):
            status = directory.stat()
            bit = stat.S_IXUSR if status.st_uid == self.uid else stat.S_IXOTH
            if not status.st_mode & bit:
                return False
        return True

    @contextlib.contextmanager
    def reach(self, directory: Path) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The directory by its own name, or by a descriptor if a folder above it is closed to the other user.

        A home below ``/root`` is the usual case. The name of a descriptor in ``/proc`` leads straight to the
        directory: the folders above it do not matter.
        """
        if self._may_enter(directory):
            yield str(directory), ()
            return
        fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"/proc/self/fd/{fd}", (fd,)
        finally:
            os.close(fd)


def other_user() -> OtherUser:
    """PostgreSQL's own user if the machine has one, else one without rights."""
    users = {user.pw_name: user for user in pwd.getpwall() if user.pw_uid != 0}
    for name in ("postgres", "nobody", *users):
        if name in users:
            return OtherUser(users[name].pw_uid, users[name].pw_gid)
    raise LookupError("this machine has no user but root")


def choose_runner(installation: Installation, directory: Path) -> tuple[Runner, Installation]:
    """The first runner that can run the server program and write in ``directory``, with the programs it uses.

    Raises ``StartError`` (``binaries_unusable``, ``never_root``) with what the last runner answered.
    """
    if os.geteuid() != 0:
        return _try_runner(Direct(), installation, directory, refusal="binaries_unusable")
    try:
        return _try_runner(user_namespace(), installation, directory, refusal="never_root")
    except StartError:
        return _try_runner(other_user(), installation, directory, refusal="never_root")


def _try_runner(
    runner: Runner, installation: Installation, directory: Path, *, refusal: str
) -> tuple[Runner, Installation]:
    trial = Path(tempfile.mkdtemp(prefix="trial-", dir=directory))
    try:
        os.chown(trial, runner.owner, -1)
        prepared = runner.prepare(installation)
        with runner.reach(trial) as (name, fds):
            script = '"$0" --version && : >"$1/written"'
            command = ["/bin/sh", "-c", script, str(prepared.postgres), name]
            process = runner.popen(command, fds=fds, output=subprocess.PIPE)
            output, _ = process.communicate(timeout=20)
        if process.returncode != 0:
            raise StartError(refusal, reason=" ".join(output.decode(errors="replace").split()))
        return runner, prepared
    except (OSError, LookupError, subprocess.SubprocessError) as error:
        raise StartError(refusal, reason=error) from error
    finally:
        shutil.rmtree(trial, ignore_errors=True)
