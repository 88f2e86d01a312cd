from django.apps import AppConfig


class AllocationsConfig(AppConfig):
    name = "strapontin.allocations"
    label = "allocations"
