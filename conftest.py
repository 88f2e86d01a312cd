"""Every test of the repository stands on the same ground, those beside the code included."""

pytest_plugins = ["tests.ground"]
