from django.apps import AppConfig


class SeatsConfig(AppConfig):
    name = "strapontin.seats"
    label = "seats"
