"""Stacks and tenants belong to the organisation. Their tables stay: the app stacks made them."""

import django.db.models.deletion
from django.db import migrations, models

import strapontin.kit.ids
import strapontin.kit.models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0001_initial"),
        ("stacks", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Stack",
                    fields=[
                        (
                            "id",
                            strapontin.kit.models.Id(
                                default=strapontin.kit.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("name", models.TextField()),
                        (
                            "sort_key",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Func(
                                    models.F("name"),
                                    models.Value(
                                        "ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭĮįİĴĵĶķĹĺĻļĽľŃńŅņŇňŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžÆæŒœØøÐðĐđŁłß’"
                                    ),
                                    models.Value(
                                        "abcdefghijklmnopqrstuvwxyzaaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccccccddeeeeeeeeeegggggggghhiiiiiiiiijjkkllllllnnnnnnoooooorrrrrrssssssssttttuuuuuuuuuuuuwwyyyzzzzzzaaooooddddlls'"
                                    ),
                                    function="translate",
                                    output_field=models.TextField(),
                                ),
                                output_field=models.TextField(),
                            ),
                        ),
                        ("kind", models.TextField()),
                        ("url", models.TextField()),
                        ("username", models.TextField(blank=True, default="")),
                        ("password_sealed", models.BinaryField(default=b"")),
                        ("verify_tls", models.BooleanField(default=True)),
                        ("created_at", models.DateTimeField()),
                        ("version", models.BigIntegerField(default=1)),
                        (
                            "partner",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.RESTRICT, to="organisation.partner"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "stack",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["wazo", "csv"])), name="stack_kind"
                            ),
                            models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="stack_name"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SiteTenant",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "customer_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("id", strapontin.kit.models.Id(default=strapontin.kit.ids.new_id, editable=False)),
                        ("site_id", models.UUIDField()),
                        ("stack_name", models.TextField()),
                        ("tenant_uuid", models.UUIDField()),
                        ("synchronized_at", models.DateTimeField(null=True)),
                        ("tried_at", models.DateTimeField(null=True)),
                        ("error_code", models.TextField(blank=True, default="")),
                        ("unmapped", models.JSONField(default=list)),
                        ("agreed", models.BinaryField(default=b"")),
                        (
                            "customer",
                            models.ForeignKey(
                                db_index=False, on_delete=django.db.models.deletion.RESTRICT, to="organisation.customer"
                            ),
                        ),
                        (
                            "stack",
                            models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, to="organisation.stack"),
                        ),
                    ],
                    options={
                        "db_table": "site_tenant",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("customer", "stack", "tenant_uuid"), name="site_tenant_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TenantRegister",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "stack_id", "tenant_uuid", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("tenant_uuid", models.UUIDField()),
                        ("customer_id", models.UUIDField()),
                        ("site_id", models.UUIDField()),
                        (
                            "stack",
                            models.ForeignKey(
                                db_index=False, on_delete=django.db.models.deletion.RESTRICT, to="organisation.stack"
                            ),
                        ),
                    ],
                    options={
                        "db_table": "tenant_register",
                    },
                ),
            ]
        )
    ]
