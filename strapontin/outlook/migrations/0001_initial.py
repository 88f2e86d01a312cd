import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0003_withdraw_price_lists"),
        ("organisation", "0010_warn_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="SeatWarning",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "customer_id",
                        "site_id",
                        "type_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("site_id", models.UUIDField()),
                ("partner_path", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("site_name", models.TextField()),
                ("free", models.IntegerField(default=0)),
                ("full_on", models.DateField(null=True)),
                ("told_on", models.DateField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.RESTRICT, to="organisation.customer"
                    ),
                ),
                (
                    "site",
                    models.ForeignObject(
                        from_fields=["customer_id", "site_id"],
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="organisation.site",
                        to_fields=["customer_id", "id"],
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        db_column="type_code",
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        to="catalogue.subscriptiontype",
                    ),
                ),
            ],
            options={
                "db_table": "seat_warning",
            },
        ),
        migrations.CreateModel(
            name="UnusedSeats",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "customer_id",
                        "site_id",
                        "type_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("site_id", models.UUIDField()),
                ("partner_path", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("site_name", models.TextField()),
                ("next_cycle", models.IntegerField(default=0)),
                ("seats", models.IntegerField(default=0)),
                ("since", models.DateField()),
                (
                    "customer",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.RESTRICT, to="organisation.customer"
                    ),
                ),
                (
                    "site",
                    models.ForeignObject(
                        from_fields=["customer_id", "site_id"],
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="+",
                        to="organisation.site",
                        to_fields=["customer_id", "id"],
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        db_column="type_code",
                        db_index=False,
                        on_delete=django.db.models.deletion.RESTRICT,
                        to="catalogue.subscriptiontype",
                    ),
                ),
            ],
            options={
                "db_table": "unused_seats",
            },
        ),
    ]
