"""Numbers for leaves that are written as a set, beside rows that name them before they are appended."""

from django.db import migrations

_GOES_ON = """
CREATE FUNCTION evidence_must_go_on() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM evidence_halt) THEN
        RAISE EXCEPTION 'The log takes nothing now.' USING ERRCODE = 'DS001';
    END IF;
END $$
"""


class Migration(migrations.Migration):
    """A number of a block, shifted by 40 bits, never meets those of single leaves, however many write at once."""

    dependencies = [("evidence", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE evidence_block", "DROP SEQUENCE evidence_block"),
        migrations.RunSQL(_GOES_ON, "DROP FUNCTION evidence_must_go_on()"),
    ]
