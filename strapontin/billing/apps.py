from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "strapontin.billing"
    label = "billing"
