"""The issuer's address in parts and its French numbers: what invoices have to name (SPEC 7)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisation", "0005_one_form_of_text")]
    operations = [
        migrations.AddField("installation", name, models.TextField(default="", blank=True))
        for name in ("street", "postcode", "city", "siren", "siret")
    ]
