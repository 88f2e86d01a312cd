from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "strapontin.catalogue"
    label = "catalogue"
