from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "strapontin.imports"
    label = "imports"
