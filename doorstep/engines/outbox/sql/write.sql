-- Let the next message of a group go, where none of it is on its way. The caller holds the lock on the group.
CREATE FUNCTION outbox_advance(_lane varchar, _series varchar) RETURNS void LANGUAGE sql AS $$
    UPDATE outbox_message SET state = 'waiting'
    WHERE id = (
        SELECT m.id FROM outbox_message m
        WHERE m.lane = _lane AND m.series = _series AND m.state = 'behind' ORDER BY m.id LIMIT 1
    ) AND NOT EXISTS (
        SELECT 1 FROM outbox_message m
        WHERE m.lane = _lane AND m.series = _series AND m.state IN ('waiting', 'dead')
    )
$$;

CREATE FUNCTION outbox_lock(_lane varchar, _series varchar) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended('outbox ' || _lane || chr(31) || _series, 0))
$$;

-- Write messages, each once for its key. Gives (key, id, outcome) for every one: 'written', 'known', or 'taken' where
-- the key stands for another message.
--
-- Lock order: groups by lane and name, then keys in the order given. The lock on a group lasts until the writer's
-- commit, so that numbers within a group rise in the order of commits: the second is never seen before the first.
CREATE FUNCTION outbox_write(
    _keys varchar[], _lanes varchar[], _topics varchar[], _series varchar[], _payloads jsonb[], _dues timestamptz[],
    _at timestamptz
) RETURNS TABLE (key varchar, id bigint, outcome text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    _group record;
    _new bigint[];
BEGIN
    FOR _group IN
        SELECT DISTINCT g.lane, g.series FROM unnest(_lanes, _series) AS g(lane, series)
        WHERE g.series <> '' ORDER BY g.lane, g.series
    LOOP
        PERFORM outbox_lock(_group.lane, _group.series);
    END LOOP;
    WITH written AS (
        INSERT INTO outbox_message (
            key, lane, topic, series, payload, due_at, written_at, state, attempts, worker, error, receipt
        )
        SELECT a.key, a.lane, a.topic, a.series, a.payload, a.due_at, _at,
            CASE WHEN a.series = '' THEN 'waiting' ELSE 'behind' END, 0, '', '', ''
        FROM unnest(_keys, _lanes, _topics, _series, _payloads, _dues)
            WITH ORDINALITY AS a(key, lane, topic, series, payload, due_at, n)
        ORDER BY a.n ON CONFLICT (key) DO NOTHING RETURNING id
    )
    SELECT array_agg(w.id) INTO _new FROM written w;
    PERFORM outbox_advance(g.lane, g.series) FROM (
        SELECT DISTINCT s.lane, s.series FROM unnest(_lanes, _series) AS s(lane, series) WHERE s.series <> ''
    ) g;
    RETURN QUERY
    SELECT m.key, m.id, CASE
        WHEN m.id = ANY (_new) THEN 'written'
        WHEN m.lane = a.lane AND m.topic = a.topic AND m.series = a.series
            AND (m.payload = a.payload OR m.payload = '{}') THEN 'known'
        ELSE 'taken' END
    FROM unnest(_keys, _lanes, _topics, _series, _payloads) AS a(key, lane, topic, series, payload)
    JOIN outbox_message m ON m.key = a.key;
END $$;
