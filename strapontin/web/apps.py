from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "strapontin.web"
    label = "web"
