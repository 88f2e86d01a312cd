"""A client id that another customer of the partner has is found without reading all customers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0003_rules"),
    ]
    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                condition=models.Q(("client_id", ""), _negated=True),
                fields=["partner", "client_id"],
                name="customer_by_client_id",
            ),
        ),
    ]
