import logging

from django.apps import AppConfig

from strapontin.web import translations

logger = logging.getLogger(__name__)


class WebConfig(AppConfig):
    name = "strapontin.web"
    label = "web"

    def ready(self) -> None:
        """Compiles ``django.po`` if a checkout has an older ``django.mo`` or none."""
        if not translations.is_stale():
            return
        try:
            translations.compile_catalogue()
        except OSError as error:
            # Pages without French are better than no pages.
            logger.warning("the French texts could not be compiled: %s", error)
