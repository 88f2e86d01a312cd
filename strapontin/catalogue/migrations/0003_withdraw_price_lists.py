"""A price list that no period has used can be withdrawn; another one may take its day (SPEC 7)."""

from django.db import migrations, models

from strapontin.kit.rules.rights import ADD, Grants


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0002_rules"),
    ]
    operations = [
        migrations.RemoveConstraint(model_name="pricelist", name="price_list_once"),
        migrations.AddField(model_name="pricelist", name="withdrawn_at", field=models.DateTimeField(null=True)),
        migrations.AddConstraint(
            model_name="pricelist",
            constraint=models.UniqueConstraint(
                fields=["partner", "currency", "valid_from"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="price_list_once",
                nulls_distinct=False,
            ),
        ),
        Grants("price_list", request=ADD, billing="UPDATE (withdrawn_at)"),
    ]
