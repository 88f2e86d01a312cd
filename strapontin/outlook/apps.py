from django.apps import AppConfig


class OutlookConfig(AppConfig):
    name = "strapontin.outlook"
    label = "outlook"
