-- A batch of single moves, set-based, in the caller's transaction. Gives one row for each key that is not made:
-- 'known' stands already with the same content, the rest is refused; and one row with an empty key and the number made.
-- Accounts with a floor are locked by their number first. Where an account cannot pay for all, the first by the order
-- of the batch are made and the rest refused.
CREATE OR REPLACE FUNCTION ledger_batch(
    _keys varchar[], _debits bigint[], _credits bigint[], _amounts bigint[], _reason varchar, _at timestamptz
) RETURNS TABLE (key varchar, outcome text) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    _made bigint;
BEGIN
    PERFORM 1 FROM ledger_account a
        WHERE a.id = ANY (_debits || _credits) AND a.floor IS NOT NULL ORDER BY a.id FOR NO KEY UPDATE;
    CREATE TEMP TABLE IF NOT EXISTS ledger_asked (
        n bigint, key varchar, debit bigint, credit bigint, amount bigint, outcome text
    ) ON COMMIT DROP;
    TRUNCATE ledger_asked;
    INSERT INTO ledger_asked
        SELECT m.n, m.key, m.debit, m.credit, m.amount, CASE
            WHEN t.id IS NOT NULL AND t.kind = 'transfer' AND t.link IS NULL AND t.debit = m.debit
                AND t.credit = m.credit AND t.amount = m.amount
                AND NOT EXISTS (SELECT 1 FROM ledger_transfer f WHERE f.act = t.id) THEN 'known'
            WHEN t.id IS NOT NULL THEN 'reused'
            WHEN d.id IS NULL OR c.id IS NULL THEN 'unknown'
            WHEN d.unit_id <> c.unit_id THEN 'units'
            WHEN d.frozen <> '' OR c.frozen <> '' THEN 'frozen'
            END
        FROM unnest(_keys, _debits, _credits, _amounts) WITH ORDINALITY AS m(key, debit, credit, amount, n)
        LEFT JOIN ledger_transfer t ON t.key = m.key
        LEFT JOIN ledger_account d ON d.id = m.debit
        LEFT JOIN ledger_account c ON c.id = m.credit;
    UPDATE ledger_asked q SET outcome = 'funds' FROM (
        SELECT r.n, sum(r.amount) OVER (PARTITION BY r.debit ORDER BY r.n) AS so_far, r.debit
        FROM ledger_asked r WHERE r.outcome IS NULL
    ) s JOIN ledger_account a ON a.id = s.debit
        WHERE q.n = s.n AND a.floor IS NOT NULL AND a.balance - a.held - s.so_far < a.floor;
    WITH written AS (
        INSERT INTO ledger_transfer (key, kind, debit, credit, amount, reason, at)
        SELECT q.key, 'transfer', q.debit, q.credit, q.amount, _reason, _at
        FROM ledger_asked q WHERE q.outcome IS NULL ORDER BY q.n
        ON CONFLICT DO NOTHING RETURNING ledger_transfer.key
    )
    UPDATE ledger_asked q SET outcome = 'made' FROM written w WHERE q.key = w.key AND q.outcome IS NULL;
    GET DIAGNOSTICS _made = ROW_COUNT;
    -- Another batch took the key in this very moment, and has committed by now.
    UPDATE ledger_asked q SET outcome = CASE
        WHEN t.kind = 'transfer' AND t.link IS NULL AND t.debit = q.debit AND t.credit = q.credit
            AND t.amount = q.amount THEN 'known' ELSE 'reused' END
        FROM ledger_transfer t WHERE q.outcome IS NULL AND t.key = q.key;
    UPDATE ledger_account a SET balance = a.balance + n.amount FROM (
        SELECT m.account, sum(m.amount)::bigint AS amount FROM (
            SELECT q.debit AS account, -q.amount AS amount FROM ledger_asked q WHERE q.outcome = 'made'
            UNION ALL SELECT q.credit, q.amount FROM ledger_asked q WHERE q.outcome = 'made'
        ) m GROUP BY m.account
    ) n WHERE a.id = n.account AND a.floor IS NOT NULL;
    RETURN QUERY SELECT ''::varchar, _made::text;
    RETURN QUERY SELECT q.key, q.outcome FROM ledger_asked q WHERE q.outcome <> 'made' ORDER BY q.n;
END $$;
