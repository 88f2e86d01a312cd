-- Removes a customer that was made by mistake, with its sites and periods: nothing was ever allocated or used, no run
-- has looked at it, it has no tenant and nobody of its own, and nothing is asked for or being imported. No row is touched otherwise. What is not named here and points
-- at the customer keeps it by its foreign key.
WITH mistake AS MATERIALIZED (
    SELECT c.id FROM customer c
     WHERE c.id = %(customer)s
       AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE customer_id = %(customer)s)
       AND NOT EXISTS (SELECT 1 FROM seat_event WHERE customer_id = %(customer)s)
       AND NOT EXISTS (SELECT 1 FROM seat_user WHERE customer_id = %(customer)s)
       AND NOT EXISTS (SELECT 1 FROM period_rating WHERE customer_id = %(customer)s)
       AND NOT EXISTS (SELECT 1 FROM charge WHERE customer_id = %(customer)s)
       AND NOT EXISTS (SELECT 1 FROM site_tenant WHERE customer_id = %(customer)s)
       AND NOT EXISTS (SELECT 1 FROM stack_call WHERE customer_id = %(customer)s)
       AND NOT EXISTS (SELECT 1 FROM seat_request WHERE customer_id = %(customer)s AND state = 'open')
       AND NOT EXISTS (SELECT 1 FROM user_import
                        WHERE customer_id = %(customer)s AND state IN ('queued', 'running'))
       AND NOT EXISTS (SELECT 1 FROM administrator WHERE customer_id = %(customer)s AND ended_at IS NULL)
       AND NOT EXISTS (SELECT 1 FROM api_key WHERE customer_id = %(customer)s AND revoked_at IS NULL)
), parked AS (
    DELETE FROM parked_customer WHERE customer_id IN (SELECT id FROM mistake)
), prices AS (
    DELETE FROM period_price WHERE customer_id IN (SELECT id FROM mistake)
), periods AS (
    DELETE FROM period WHERE customer_id IN (SELECT id FROM mistake)
), balances AS (
    DELETE FROM balance WHERE customer_id IN (SELECT id FROM mistake)
), totals AS (
    DELETE FROM customer_total WHERE customer_id IN (SELECT id FROM mistake)
), months AS (
    DELETE FROM customer_month WHERE customer_id IN (SELECT id FROM mistake)
), limits AS (
    DELETE FROM customer_limit WHERE customer_id IN (SELECT id FROM mistake)
), choices AS (
    DELETE FROM automatic_allocation WHERE customer_id IN (SELECT id FROM mistake)
), warnings AS (
    DELETE FROM seat_warning WHERE customer_id IN (SELECT id FROM mistake)
), unused AS (
    DELETE FROM unused_seats WHERE customer_id IN (SELECT id FROM mistake)
), asked AS (
    DELETE FROM synchronization WHERE customer_id IN (SELECT id FROM mistake)
), requests AS (
    DELETE FROM seat_request WHERE customer_id IN (SELECT id FROM mistake)
), imports AS (
    DELETE FROM user_import WHERE customer_id IN (SELECT id FROM mistake)
), columns AS (
    DELETE FROM import_column WHERE customer_id IN (SELECT id FROM mistake)
), sites AS (
    DELETE FROM site WHERE customer_id IN (SELECT id FROM mistake)
)
DELETE FROM customer WHERE id IN (SELECT id FROM mistake)
