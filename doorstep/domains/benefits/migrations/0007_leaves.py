"""Decisions have an entry in the evidence log, those that stand already too."""

from django.db import migrations, models

# Canonical JSON: names in their order, no blanks. Only who decided can hold a letter that JSON must escape.
WRITTEN = """
'{"at":"' || to_char(d.decided_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') || '","by":'
|| to_json(d.decided_by)::text || ',"decision":"' || d.kind || '","digest":"' || d.digest || '","entitlement":"'
|| d.entitlement_id || '","from":"' || to_char(d.from_date, 'YYYY-MM-DD') || '","kind":"benefits.decision","rate":"'
|| coalesce(d.rate::text, '') || '","reason":' || to_json(d.reason)::text || ',"to":"'
|| coalesce(to_char(d.to_date, 'YYYY-MM-DD'), '') || '","version":"' || d.version || '"}'
"""


def append(apps, schema_editor):
    """Number the decisions that stand, and append their entries."""
    from doorstep.engines.evidence import api as evidence

    first = evidence.reserve()
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE benefits_decision SET leaf = %s + id", [first])
    evidence.append_from(query=f"SELECT d.leaf, {WRITTEN} FROM benefits_decision d")


class Migration(migrations.Migration):
    dependencies = [("benefits", "0006_corrections_of_the_past"), ("evidence", "0002_leaves_as_a_set")]

    operations = [
        migrations.AddField("decision", "leaf", models.BigIntegerField(null=True)),
        migrations.RunPython(append, migrations.RunPython.noop),
        # Triggers on rows that were changed in this transaction would keep the column from being made NOT NULL.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AlterField("decision", "leaf", models.BigIntegerField()),
    ]
