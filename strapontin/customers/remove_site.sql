-- Removes a site that was made by mistake: nothing was ever allocated or used there, and it has no tenant. No row is
-- touched otherwise. What is not named here and points at the site keeps it by its foreign key.
WITH mistake AS MATERIALIZED (
    SELECT s.id FROM site s
     WHERE s.customer_id = %(customer)s AND s.id = %(site)s
       AND NOT EXISTS (SELECT 1 FROM ledger_entry
                        WHERE customer_id = %(customer)s AND %(site)s::uuid IN (site_id, counterpart_site_id))
       AND NOT EXISTS (SELECT 1 FROM seat_event WHERE customer_id = %(customer)s AND site_id = %(site)s)
       AND NOT EXISTS (SELECT 1 FROM seat_user WHERE customer_id = %(customer)s AND site_id = %(site)s)
       AND NOT EXISTS (SELECT 1 FROM site_tenant WHERE customer_id = %(customer)s AND site_id = %(site)s)
), balances AS (
    DELETE FROM balance WHERE customer_id = %(customer)s AND site_id IN (SELECT id FROM mistake)
)
DELETE FROM site WHERE customer_id = %(customer)s AND id IN (SELECT id FROM mistake)
