"""Stacks and tenants belong to the organisation, calls to stacks to seats; the tables stay."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0002_stacks"),
        ("seats", "0002_stack_call"),
        ("stacks", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="stacktoken",
                    name="stack",
                    field=models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="organisation.stack",
                    ),
                ),
                migrations.DeleteModel(name="TenantRegister"),
                migrations.DeleteModel(name="SiteTenant"),
                migrations.DeleteModel(name="StackCall"),
                migrations.DeleteModel(name="Stack"),
            ]
        )
    ]
