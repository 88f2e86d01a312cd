"""An invoice keeps the issuer's French numbers as they were, and whether it is a specimen (SPEC 7)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_issued_on")]
    operations = [
        migrations.AddField("invoice", "issuer_siren", models.TextField(default="", blank=True)),
        migrations.AddField("invoice", "issuer_siret", models.TextField(default="", blank=True)),
        migrations.AddField("invoice", "specimen", models.BooleanField(default=False)),
    ]
