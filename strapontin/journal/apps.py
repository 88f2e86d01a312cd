from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "strapontin.journal"
    label = "journal"
