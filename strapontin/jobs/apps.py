from uuid import UUID

from django.apps import AppConfig


def _provision(*, customer_id: UUID) -> None:
    from strapontin.jobs import tasks

    tasks.provision.defer(customer_id=str(customer_id))


class JobsConfig(AppConfig):
    name = "strapontin.jobs"
    label = "jobs"

    def ready(self) -> None:
        from strapontin.seats.provisioning import set_provisioner

        set_provisioner(_provision)
