-- The state here with which an answer about a tenant is compared. Every seat that is taken, left or moved changes the
-- version of a balance of the site. Everything else that the portal has a stack do is a call.
SELECT t.agreed,
       (SELECT coalesce(sum(b.version), 0)::text FROM balance b
         WHERE b.customer_id = t.customer_id AND b.site_id = t.site_id) AS balances,
       (SELECT c.id FROM stack_call c WHERE c.customer_id = t.customer_id ORDER BY c.id DESC LIMIT 1) AS newest_call
  FROM site_tenant t WHERE t.customer_id = %s AND t.id = %s FOR NO KEY UPDATE OF t
