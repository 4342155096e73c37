"""What the tables alone do not say: how leaves are appended in SQL, and that what is sequenced only grows."""

from django.db import migrations

_TABLES = """
-- Written thousands of times a second and emptied every second: an index would cost more than it finds.
ALTER TABLE evidence_pending DROP CONSTRAINT evidence_pending_pkey;
ALTER TABLE evidence_pending ADD CHECK (octet_length(commitment) = 32);
ALTER TABLE evidence_pending SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000);
-- Hashes do not get smaller by trying.
ALTER TABLE evidence_pending ALTER commitment SET STORAGE PLAIN;
ALTER TABLE evidence_bundle ALTER commitments SET STORAGE EXTERNAL;
ALTER TABLE evidence_tile ALTER hashes SET STORAGE EXTERNAL;
CREATE INDEX evidence_bundle_span ON evidence_bundle USING gist (span);
CREATE SEQUENCE evidence_leaf_id;
"""
_TABLES_BACK = """
DROP SEQUENCE evidence_leaf_id;
DROP INDEX evidence_bundle_span;
"""

# The commitment of a leaf, as verifier.py computes it: SHA-256 over a version byte, 16 bytes of salt and the content's
# text. jsonb has one text for one content, so SQL and Python agree without either knowing the other.
_APPENDING = r"""
CREATE FUNCTION evidence_time(at timestamptz) RETURNS text STABLE LANGUAGE sql AS
$$ SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') $$;

CREATE FUNCTION evidence_commitment(salt uuid, content jsonb) RETURNS bytea STABLE LANGUAGE sql AS
$$ SELECT sha256('\x01'::bytea || uuid_send(salt) || convert_to(content::text, 'UTF8')) $$;

-- One leaf, for a write that is a function in SQL itself. Content: an object of texts with kind and at (evidence_time).
CREATE FUNCTION evidence_append(content jsonb, salt uuid DEFAULT gen_random_uuid()) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE leaf bigint := nextval('evidence_leaf_id');
BEGIN
    INSERT INTO evidence_pending (id, commitment) VALUES (leaf, evidence_commitment(salt, content));
    INSERT INTO evidence_salt (leaf, salt) VALUES (leaf, salt);
    RETURN leaf;
END $$;

CREATE FUNCTION evidence_forget(leaves bigint[]) RETURNS bigint LANGUAGE sql AS
$$ WITH gone AS (DELETE FROM evidence_salt WHERE leaf = ANY (leaves) RETURNING 1) SELECT count(*) FROM gone $$;

CREATE FUNCTION evidence_stands_still() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM evidence_standstill) THEN
        RAISE EXCEPTION 'the evidence log stands still: too few witnesses answer' USING ERRCODE = 'DS001';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER evidence_stands_still BEFORE INSERT ON evidence_pending
    FOR EACH STATEMENT EXECUTE FUNCTION evidence_stands_still();
"""
_APPENDING_BACK = """
DROP TRIGGER evidence_stands_still ON evidence_pending;
DROP FUNCTION evidence_stands_still();
DROP FUNCTION evidence_forget(bigint[]);
DROP FUNCTION evidence_append(jsonb, uuid);
DROP FUNCTION evidence_commitment(uuid, jsonb);
DROP FUNCTION evidence_time(timestamptz);
"""

# These stop a slip, not somebody who owns the database: that one is caught by the witnesses.
_KEEPING = """
CREATE FUNCTION evidence_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kept bytea; now bytea;
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'evidence_tile' THEN
        kept := OLD.hashes; now := NEW.hashes;
        IF (NEW.level, NEW.number) <> (OLD.level, OLD.number) THEN kept := NULL; END IF;
    ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'evidence_bundle' THEN
        kept := OLD.commitments; now := NEW.commitments;
        IF NEW.number <> OLD.number OR NEW.leaves[1:cardinality(OLD.leaves)] <> OLD.leaves THEN kept := NULL; END IF;
    ELSIF TG_OP = 'UPDATE' AND NEW.size = OLD.size THEN
        kept := OLD.root; now := NEW.root;
    END IF;
    IF kept IS NULL OR substring(now FOR octet_length(kept)) <> kept THEN
        RAISE EXCEPTION 'the evidence log only grows: nothing in it is changed or deleted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evidence_only_grows BEFORE UPDATE OR DELETE ON evidence_tile
    FOR EACH ROW EXECUTE FUNCTION evidence_only_grows();
CREATE TRIGGER evidence_only_grows BEFORE UPDATE OR DELETE ON evidence_bundle
    FOR EACH ROW EXECUTE FUNCTION evidence_only_grows();
CREATE TRIGGER evidence_only_grows BEFORE UPDATE OR DELETE ON evidence_head
    FOR EACH ROW EXECUTE FUNCTION evidence_only_grows();
"""
_KEEPING_BACK = """
DROP TRIGGER evidence_only_grows ON evidence_head;
DROP TRIGGER evidence_only_grows ON evidence_bundle;
DROP TRIGGER evidence_only_grows ON evidence_tile;
DROP FUNCTION evidence_only_grows();
"""


class Migration(migrations.Migration):
    """Functions, triggers, storage."""

    dependencies = [("evidence", "0001_initial")]

    operations = [
        migrations.RunSQL(_TABLES, _TABLES_BACK),
        migrations.RunSQL(_APPENDING, _APPENDING_BACK),
        migrations.RunSQL(_KEEPING, _KEEPING_BACK),
    ]
