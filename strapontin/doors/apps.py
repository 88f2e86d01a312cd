from django.apps import AppConfig


class DoorsConfig(AppConfig):
    name = "strapontin.doors"
    label = "doors"
