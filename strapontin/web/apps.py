from django.apps import AppConfig

from strapontin.web import translations


class WebConfig(AppConfig):
    name = "strapontin.web"
    label = "web"

    def ready(self) -> None:
        """French is that of ``django.po``, however the checkout came by its ``django.mo``."""
        if translations.is_stale():
            translations.compile_catalogue()
