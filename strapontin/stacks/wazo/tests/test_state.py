"""The simulated stack of the demo: its state outlives it, and it ends when told."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from strapontin.stacks.base import MemoryTokenStore, NewStackUser, StackAccess
from strapontin.stacks.connectors import connector_for
from strapontin.stacks.wazo.simulator import StackSimulator, main
from strapontin.stacks.wazo.tests.conftest import LOOPBACK, PASSWORD, USERNAME, MovableClock, furnished


def test_state_survives(tmp_path: Path) -> None:
    state = tmp_path / "stack.json"
    with StackSimulator(name="Demo", state_file=state) as stack:
        scene = furnished(stack)
        new = NewStackUser("Nour", "Benali", "nour@lyon.example", 3)
        uuid = scene.connector().create_user(tenant_uuid=scene.lyon, user=new)
    assert state.stat().st_mode & 0o077 == 0, "accounts' passwords are in it"
    with StackSimulator(state_file=state) as again:
        access = StackAccess(again.url, USERNAME, PASSWORD, networks=LOOPBACK)
        connector = connector_for("wazo", access, MemoryTokenStore(), MovableClock())
        found = connector.find_user(tenant_uuid=scene.lyon, email="nour@lyon.example")
        assert found is not None
        assert found.user.uuid == uuid
        assert again.world == stack.world


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_serves_until_told_to_end(tmp_path: Path, number: signal.Signals) -> None:
    state = tmp_path / "stack.json"
    command = [sys.executable, "-m", "strapontin.stacks.wazo.simulator", "--name", "Demo"]
    with subprocess.Popen([*command, "--state", str(state)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[1]
        assert url.startswith("http://127.0.0.1:")
        assert state.exists()
        process.send_signal(number)
        assert process.wait(timeout=30) == 0


def test_command_says_why_it_cannot_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "stack.json"
    broken.write_text("{")
    assert main(["--state", str(broken)]) == 1
    assert capsys.readouterr().err.startswith("stack-simulator: ")


def test_twenty_thousand_users_come_in_one_answer() -> None:
    with StackSimulator() as stack:
        scene = furnished(stack)
        for number in range(20_000):
            stack.add_user(scene.metz, "Élodie", f"Seat{number}", f"{number}@x.example", number % 4)
        connector = scene.connector(body_limit=20_000_000)
        answer = connector.fetch_users(tenant_uuid=scene.metz)
        assert len(answer.users()) == 20_000
