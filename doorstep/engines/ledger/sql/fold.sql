-- The number up to which every row is seen by whoever begins afterwards. The lock is granted when no transaction that
-- wrote a row is under way, and a writer takes its row's number only after it: no smaller number can come later. The
-- caller commits at once. Nothing where the lock was not to be had in time.
CREATE OR REPLACE FUNCTION ledger_edge() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE ledger_transfer IN SHARE ROW EXCLUSIVE MODE;
    RETURN COALESCE((SELECT max(id) FROM ledger_transfer), 0);
EXCEPTION WHEN lock_not_available THEN
    RETURN NULL;
END $$;

-- Add the rows up to _edge to the subtotals of the accounts that have no floor. One folds at a time.
CREATE OR REPLACE FUNCTION ledger_fold(_edge bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    LOCK TABLE ledger_subtotal IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO ledger_subtotal (account, upto, amount)
    SELECT a.id, _edge, COALESCE(f.amount, 0)
        + (SELECT COALESCE(sum(t.amount), 0) FROM ledger_transfer t WHERE t.credit = a.id
            AND t.id > COALESCE(f.upto, 0) AND t.id <= _edge AND t.kind IN ('transfer', 'post'))
        - (SELECT COALESCE(sum(t.amount), 0) FROM ledger_transfer t WHERE t.debit = a.id
            AND t.id > COALESCE(f.upto, 0) AND t.id <= _edge AND t.kind IN ('transfer', 'post'))
    FROM ledger_account a LEFT JOIN ledger_subtotal f ON f.account = a.id
    WHERE a.floor IS NULL AND COALESCE(f.upto, 0) < _edge
    ON CONFLICT (account) DO UPDATE SET upto = EXCLUDED.upto, amount = EXCLUDED.amount;
END $$;
