from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "strapontin.jobs"
    label = "jobs"
