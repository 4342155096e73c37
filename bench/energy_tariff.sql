-- The energy tariff by hand: what a skilled analyst would write for DuckDB, to stand beside the generated query.
-- The runner puts the relations contract, income and benefit in place (views over Parquet, or tables from CSV with typed
-- columns), and :as_of and :from as dates. It gives one row for each entitled contract.
WITH helped AS (
    SELECT DISTINCT tax_id
    FROM benefit
    WHERE kind IN (
            'old-age-supplement', 'minimum-income', 'unemployment-assistance',
            'child-benefit-first-band', 'disability-benefit', 'social-old-age-pension'
        )
        AND since <= DATE ':as_of'
        AND (until IS NULL OR until >= DATE ':as_of')
),
poor AS (
    SELECT household
    FROM income
    GROUP BY household
    HAVING count(*) = count(taxable_income)
        AND sum(taxable_income) <= 6272.64 * (1 + 0.5 * least(10, count(*) FILTER (taxable_income = 0)))
)
SELECT c.supplier, c.contract_id AS contract, DATE ':from' AS "from", CAST(NULL AS DATE) AS "to"
FROM contract c
LEFT JOIN income p ON p.tax_id = c.holder
WHERE c.use = 'domestic'
    AND c.permanent_home
    AND CASE c.energy WHEN 'electricity' THEN c.power_kva <= 6.90 WHEN 'gas' THEN c.annual_m3 <= 500 END
    AND (c.holder IN (SELECT tax_id FROM helped) OR p.household IN (SELECT household FROM poor))
