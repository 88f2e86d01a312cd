-- Ends a synchronisation: done, partial, or failed if no tenant could be read.
UPDATE synchronization s SET finished_at = %(at)s, beat_at = %(at)s,
       state = CASE WHEN NOT EXISTS (SELECT 1 FROM tenant_reading r WHERE r.customer_id = s.customer_id
                                        AND r.synchronization_id = s.id AND r.state = 'failed') THEN 'done'
                    WHEN EXISTS (SELECT 1 FROM tenant_reading r WHERE r.customer_id = s.customer_id
                                    AND r.synchronization_id = s.id AND r.state = 'done') THEN 'partial'
                    ELSE 'failed' END
 WHERE s.customer_id = %(customer)s AND s.id = %(sync)s AND s.state = 'running'
