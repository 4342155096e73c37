"""The tables of the country's versions, and the trigger that keeps them as they were."""

import django.db.models.deletion
from django.db import migrations, models

_KEEP = """
CREATE FUNCTION country_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a version of the country is never changed or deleted: load a new one';
END $$;
CREATE TRIGGER country_version_stays BEFORE UPDATE OR DELETE ON country_countryversion
    FOR EACH ROW EXECUTE FUNCTION country_version_stays();
"""
_LET_GO = """
DROP TRIGGER country_version_stays ON country_countryversion;
DROP FUNCTION country_version_stays();
"""


class Migration(migrations.Migration):
    """The first tables."""

    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CountryVersion",
            fields=[
                ("hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("loaded_at", models.DateTimeField()),
                ("files", models.JSONField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("hash__regex", "^[0-9a-f]{64}$")),
                        name="country_version_hash_is_sha256",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CountryLoad",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("loaded_at", models.DateTimeField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="loads",
                        to="country.countryversion",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(_KEEP, _LET_GO),
    ]
