from datetime import date, datetime

from django.apps import AppConfig


def _open(day: date, *, at: datetime) -> None:
    from strapontin.cycles.operations import bring_to

    bring_to(day, at=at)


class CyclesConfig(AppConfig):
    name = "strapontin.cycles"
    label = "cycles"

    def ready(self) -> None:
        from strapontin.organisation.periods import set_opener

        set_opener(_open)
