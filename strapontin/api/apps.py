from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "strapontin.api"
    label = "api"
