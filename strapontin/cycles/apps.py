from django.apps import AppConfig


class CyclesConfig(AppConfig):
    name = "strapontin.cycles"
    label = "cycles"
