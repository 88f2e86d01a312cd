from django.apps import AppConfig


class StacksConfig(AppConfig):
    name = "strapontin.stacks"
    label = "stacks"
