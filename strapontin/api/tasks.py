from strapontin.doors import tasks  # noqa: F401  so that the worker finds them
