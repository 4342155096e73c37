"""Shops' PINs wait as all others do, and wrong tries are counted where all others are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("vouchers", "0002_links_and_constraints"), ("pins", "0001_initial")]

    operations = [
        migrations.RenameField(model_name="shopaccess", old_name="tries", new_name="wrong_tries"),
        migrations.RenameField(model_name="shopaccess", old_name="locked_until", new_name="waits_until"),
        migrations.AlterField(
            model_name="shopaccess", name="pin_hash", field=models.CharField(default="", max_length=200)
        ),
        migrations.AddField(model_name="shopaccess", name="pin_version", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(model_name="shopaccess", name="waits", field=models.PositiveSmallIntegerField(default=0)),
        migrations.DeleteModel(name="FailedTry"),
    ]
