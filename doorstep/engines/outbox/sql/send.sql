-- Lease what is due on a lane, the longest due first, for one worker until _until. A lease is a due date that was put
-- off: whatever a killed worker held is due again when it comes. Rows that another worker takes just now are passed over.
-- A message whose every attempt ended without a word (it may kill its worker) becomes a dead letter here.
CREATE FUNCTION outbox_claim(
    _lane varchar, _worker varchar, _size integer, _most integer, _at timestamptz, _until timestamptz
) RETURNS SETOF outbox_message LANGUAGE plpgsql AS $$
BEGIN
    UPDATE outbox_message m
        SET state = 'dead', error = 'Every attempt ended without a report.', worker = ''
        WHERE m.id = ANY (ARRAY(
            SELECT d.id FROM outbox_message d
            WHERE d.lane = _lane AND d.state = 'waiting' AND d.due_at <= _at AND d.attempts >= _most
            FOR UPDATE SKIP LOCKED
        ));
    RETURN QUERY
    UPDATE outbox_message m
        SET due_at = _until, attempts = m.attempts + 1, worker = _worker
        WHERE m.id = ANY (ARRAY(
            SELECT d.id FROM outbox_message d
            WHERE d.lane = _lane AND d.state = 'waiting' AND d.due_at <= _at
            ORDER BY d.due_at, d.id LIMIT _size FOR UPDATE SKIP LOCKED
        ))
        RETURNING m.*;
END $$;

-- A message is done: sent (from waiting) or dropped (from dead). The next of its group can go. Lock order: the group,
-- then the row.
CREATE FUNCTION outbox_finish(
    _id bigint, _from varchar, _to varchar, _at timestamptz, _receipt varchar, _error varchar
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    _message outbox_message;
BEGIN
    SELECT * INTO _message FROM outbox_message m WHERE m.id = _id;
    IF _message.series <> '' THEN
        PERFORM outbox_lock(_message.lane, _message.series);
    END IF;
    UPDATE outbox_message m
        SET state = _to, finished_at = _at, receipt = _receipt, error = _error, worker = '',
            payload = CASE WHEN _to = 'dropped' THEN '{}' ELSE m.payload END
        WHERE m.id = _id AND m.state = _from;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    IF _message.series <> '' THEN
        PERFORM outbox_advance(_message.lane, _message.series);
    END IF;
    RETURN true;
END $$;
