import logging
from importlib import import_module

from django.apps import AppConfig

from strapontin.web import translations

logger = logging.getLogger(__name__)


class WebConfig(AppConfig):
    name = "strapontin.web"
    label = "web"

    def ready(self) -> None:
        """Listens to sign-ins. Compiles ``django.po`` if a checkout has an older ``django.mo`` or none."""
        import_module("strapontin.web.account.watch")
        if not translations.is_stale():
            return
        try:
            translations.compile_catalogue()
        except OSError as error:
            # Pages without French are better than no pages.
            logger.warning("the French texts could not be compiled: %s", error)
