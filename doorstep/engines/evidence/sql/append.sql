-- One leaf for a content that is written canonically (see verifier.canonical). Gives its number. The salt is drawn by
-- the server: two random UUIDs of version 4 hold 244 bits of chance, of which 128 are kept.
CREATE FUNCTION evidence_append(_content text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    _salt bytea := substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) FOR 16);
    _leaf bigint;
BEGIN
    IF EXISTS (SELECT 1 FROM evidence_halt) THEN
        RAISE EXCEPTION 'The log takes nothing now.' USING ERRCODE = 'DS001';
    END IF;
    INSERT INTO evidence_waiting (commitment)
        VALUES (sha256('doorstep leaf v1'::bytea || '\x0a'::bytea || _salt || convert_to(_content, 'UTF8')))
        RETURNING id INTO _leaf;
    INSERT INTO evidence_salt (leaf, salt) VALUES (_leaf, _salt);
    RETURN _leaf;
END $$;

-- As many leaves as contents, in their order, in a few statements.
CREATE FUNCTION evidence_append_many(_contents text[]) RETURNS TABLE (n bigint, leaf bigint) LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM evidence_halt) THEN
        RAISE EXCEPTION 'The log takes nothing now.' USING ERRCODE = 'DS001';
    END IF;
    RETURN QUERY
    WITH salted AS MATERIALIZED (
        SELECT c.n, nextval(pg_get_serial_sequence('evidence_waiting', 'id')) AS leaf, c.content,
            substring(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) FOR 16) AS salt
        FROM unnest(_contents) WITH ORDINALITY AS c(content, n)
    ), waiting AS (
        INSERT INTO evidence_waiting (id, commitment)
        SELECT s.leaf,
            sha256('doorstep leaf v1'::bytea || '\x0a'::bytea || s.salt || convert_to(s.content, 'UTF8'))
        FROM salted s
    ), salts AS (
        INSERT INTO evidence_salt (leaf, salt) SELECT s.leaf, s.salt FROM salted s
    )
    SELECT s.n, s.leaf FROM salted s ORDER BY s.n;
END $$;
