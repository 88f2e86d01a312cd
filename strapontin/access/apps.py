from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "strapontin.access"
    label = "access"
