-- The rows of one act, by the number of its first.
CREATE OR REPLACE FUNCTION ledger_rows(_act bigint) RETURNS SETOF ledger_transfer LANGUAGE sql STABLE AS $$
    SELECT * FROM ledger_transfer t WHERE t.id = _act OR t.act = _act
$$;

-- One act of one or more rows. Gives (act, outcome): 'made', 'known' (the same act stands already), or why it is
-- refused: 'reused', 'unknown', 'units', 'frozen', 'funds', 'ended', 'reversed'. A refused act has written nothing.
--
-- kind 'transfer' and 'hold': debits, credits and amounts of equal length. 'post' and 'void': link is the hold, and
-- amounts may be empty for all of it. A reversal is a 'transfer' whose link is the act.
CREATE OR REPLACE FUNCTION ledger_act(
    _key varchar, _kind varchar, _debits bigint[], _credits bigint[], _amounts bigint[],
    _link bigint, _expires timestamptz, _reason varchar, _note jsonb, _at timestamptz,
    OUT act bigint, OUT outcome text
) LANGUAGE plpgsql AS $$
DECLARE
    _hold ledger_transfer;
    _known ledger_transfer;
    _account ledger_account;
    _change record;
    _other ledger_account;
BEGIN
    -- 0. The common case, in three statements: one amount, to an account that needs no lock or is locked second.
    IF _kind = 'transfer' AND _link IS NULL AND cardinality(_debits) = 1 THEN
        SELECT * INTO _other FROM ledger_account a WHERE a.id = _credits[1];
        IF _other.frozen = '' AND (_other.floor IS NULL OR _debits[1] < _credits[1]) THEN
            UPDATE ledger_account a SET balance = a.balance - _amounts[1]
                WHERE a.id = _debits[1] AND a.floor IS NOT NULL AND a.frozen = '' AND a.unit_id = _other.unit_id
                    AND a.balance - a.held - _amounts[1] >= a.floor;
            IF FOUND THEN
                IF _other.floor IS NOT NULL THEN
                    UPDATE ledger_account a SET balance = a.balance + _amounts[1]
                        WHERE a.id = _credits[1] AND a.frozen = '';
                END IF;
                IF _other.floor IS NULL OR FOUND THEN
                    INSERT INTO ledger_transfer (key, kind, debit, credit, amount, reason, note, at)
                        VALUES (_key, _kind, _debits[1], _credits[1], _amounts[1], _reason, _note, _at)
                        ON CONFLICT (key) DO NOTHING RETURNING id INTO act;
                    IF act IS NOT NULL THEN
                        outcome := 'made'; RETURN;
                    END IF;
                    UPDATE ledger_account a SET balance = a.balance - _amounts[1]
                        WHERE a.id = _credits[1] AND a.floor IS NOT NULL;
                END IF;
                UPDATE ledger_account a SET balance = a.balance + _amounts[1] WHERE a.id = _debits[1];
            END IF;
        END IF;
    END IF;

    -- 1. Lock every account that has a floor, by its number; where none has one, the key itself.
    IF _kind IN ('post', 'void') THEN
        SELECT * INTO _hold FROM ledger_transfer t WHERE t.id = _link AND t.kind = 'hold';
        IF NOT FOUND THEN
            outcome := 'ended'; RETURN;
        END IF;
        SELECT array_agg(t.debit ORDER BY t.id), array_agg(t.credit ORDER BY t.id),
               COALESCE(NULLIF(_amounts, '{}'), array_agg(t.amount ORDER BY t.id))
            INTO _debits, _credits, _amounts FROM ledger_rows(_link) t;
    END IF;
    PERFORM 1 FROM ledger_account a
        WHERE a.id = ANY (_debits || _credits) AND a.floor IS NOT NULL ORDER BY a.id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM pg_advisory_xact_lock(hashtextextended(_key, 0));
    END IF;

    LOOP
        -- 2. The same key again? Whoever came first has committed by now, or holds none of our locks.
        SELECT * INTO _known FROM ledger_transfer t WHERE t.key = _key;
        IF FOUND THEN
            act := _known.id;
            outcome := CASE WHEN _known.kind = _kind AND _known.link IS NOT DISTINCT FROM _link AND (
                SELECT array_agg(t.debit ORDER BY t.id) = _debits AND array_agg(t.credit ORDER BY t.id) = _credits
                    AND array_agg(t.amount ORDER BY t.id) = _amounts
                FROM ledger_rows(_known.id) t) THEN 'known' ELSE 'reused' END;
            RETURN;
        END IF;
        IF _kind IN ('post', 'void') THEN
            IF EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.link = _link AND t.key IS NOT NULL)
                OR (_kind = 'post' AND _hold.expires_at <= _at) THEN
                outcome := 'ended'; RETURN;
            END IF;
        ELSIF _link IS NOT NULL AND EXISTS (SELECT 1 FROM ledger_transfer t WHERE t.link = _link AND t.key IS NOT NULL) THEN
            outcome := 'reversed'; RETURN;
        END IF;

        -- 3. Does it fit? Nothing is written before every account has been looked at.
        FOR _change IN
            SELECT n.account, sum(n.amount) AS amount, sum(n.out) AS out, min(n.unit) AS unit
            FROM (
                SELECT d.account, -d.amount AS amount, d.amount AS out, 0 AS unit
                    FROM unnest(_debits, _amounts) AS d(account, amount)
                UNION ALL
                SELECT c.account, c.amount, 0, 0 FROM unnest(_credits, _amounts) AS c(account, amount)
            ) n GROUP BY n.account
        LOOP
            SELECT * INTO _account FROM ledger_account a WHERE a.id = _change.account;
            IF NOT FOUND THEN
                outcome := 'unknown'; RETURN;
            ELSIF _account.frozen <> '' AND _kind <> 'void' THEN
                outcome := 'frozen'; RETURN;
            ELSIF _account.floor IS NOT NULL AND _kind = 'transfer'
                AND _change.amount < 0 AND _account.balance - _account.held + _change.amount < _account.floor THEN
                outcome := 'funds'; RETURN;
            ELSIF _account.floor IS NOT NULL AND _kind = 'hold'
                AND _account.balance - _account.held - _change.out < _account.floor THEN
                outcome := 'funds'; RETURN;
            END IF;
        END LOOP;
        IF EXISTS (
            SELECT 1 FROM unnest(_debits, _credits) AS m(debit, credit)
            JOIN ledger_account d ON d.id = m.debit JOIN ledger_account c ON c.id = m.credit WHERE d.unit_id <> c.unit_id
        ) THEN
            outcome := 'units'; RETURN;
        END IF;

        -- 4. Write. Where another act took the key, or ended the same hold, in this very moment, look again.
        INSERT INTO ledger_transfer (key, kind, debit, credit, amount, link, expires_at, reason, note, at)
            VALUES (_key, _kind, _debits[1], _credits[1], _amounts[1], _link, _expires, _reason, _note, _at)
            ON CONFLICT DO NOTHING RETURNING id INTO act;
        EXIT WHEN act IS NOT NULL;
    END LOOP;
    IF _kind = 'transfer' THEN
        UPDATE ledger_account a SET balance = a.balance + n.amount FROM (
            SELECT m.account, sum(m.amount)::bigint AS amount FROM (
                SELECT d.account, -d.amount AS amount FROM unnest(_debits, _amounts) AS d(account, amount)
                UNION ALL SELECT c.account, c.amount FROM unnest(_credits, _amounts) AS c(account, amount)
            ) m GROUP BY m.account
        ) n WHERE a.id = n.account AND a.floor IS NOT NULL;
    ELSIF _kind = 'hold' THEN
        UPDATE ledger_account a SET held = a.held + n.amount FROM (
            SELECT d.account, sum(d.amount)::bigint AS amount
            FROM unnest(_debits, _amounts) AS d(account, amount) GROUP BY d.account
        ) n WHERE a.id = n.account AND a.floor IS NOT NULL;
    ELSIF _kind IN ('post', 'void') THEN
        -- All that was held is freed; what is posted leaves in the same stroke, so that the floor is never crossed.
        UPDATE ledger_account a SET held = a.held - n.freed, balance = a.balance + n.amount FROM (
            SELECT m.account, sum(m.freed)::bigint AS freed, sum(m.amount)::bigint AS amount FROM (
                SELECT t.debit AS account, t.amount AS freed, 0::bigint AS amount
                    FROM ledger_rows(_link) t
                UNION ALL
                SELECT d.account, 0, -d.amount FROM unnest(_debits, _amounts) AS d(account, amount) WHERE _kind = 'post'
                UNION ALL
                SELECT c.account, 0, c.amount FROM unnest(_credits, _amounts) AS c(account, amount) WHERE _kind = 'post'
            ) m GROUP BY m.account
        ) n WHERE a.id = n.account AND a.floor IS NOT NULL;
    END IF;
    INSERT INTO ledger_transfer (act, kind, debit, credit, amount, link, expires_at, reason, at)
        SELECT act, _kind, m.debit, m.credit, m.amount, _link, _expires, _reason, _at
        FROM unnest(_debits, _credits, _amounts) WITH ORDINALITY AS m(debit, credit, amount, n) WHERE m.n > 1 ORDER BY m.n;
    outcome := 'made';
END $$;
