"""How long is kept what no invoice and no history needs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisation", "0006_issuer")]
    operations = [
        migrations.AddField(
            model_name="installation",
            name="retention",
            field=models.JSONField(default=dict),
        ),
    ]
