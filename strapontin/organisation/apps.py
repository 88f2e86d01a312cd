from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "strapontin.organisation"
    label = "organisation"
