-- One change of allocations: its ledger rows, the balances and the customer's totals after it, and the journal.
WITH entries AS (
    INSERT INTO ledger_entry (customer_id, id, site_id, type_code, kind, effective_on, recorded_at, delta,
                              quantity_after, change_id, reverses_id, counterpart_site_id, counterpart_type_code,
                              actor_kind, actor_id, door, reason)
    SELECT %(customer)s, e.id, e.site_id, e.type_code, e.kind, e.effective_on, %(at)s, e.delta, e.quantity_after,
           %(change)s, e.reverses_id, e.counterpart_site_id, e.counterpart_type_code, %(actor_kind)s, %(actor_id)s,
           %(door)s, %(reason)s
      FROM unnest(%(entry_ids)s::uuid[], %(entry_sites)s::uuid[], %(entry_types)s::text[], %(kinds)s::text[],
                  %(effective)s::date[], %(deltas)s::int[], %(afters)s::int[], %(reverses)s::uuid[],
                  %(counterparts)s::uuid[], %(counterpart_types)s::text[])
        AS e (id, site_id, type_code, kind, effective_on, delta, quantity_after, reverses_id, counterpart_site_id,
              counterpart_type_code)
    RETURNING site_id, type_code, kind, effective_on, delta, quantity_after
), places AS (
    SELECT * FROM unnest(%(sites)s::uuid[], %(types)s::text[], %(allocated)s::int[], %(next_cycle)s::int[],
                         %(allocated_by)s::int[], %(next_cycle_by)s::int[], %(remaining_by)s::int[], %(over_by)s::int[],
                         %(full_by)s::int[])
        AS p (site_id, type_code, allocated, next_cycle, allocated_by, next_cycle_by, remaining_by, over_by, full_by)
), balances AS (
    INSERT INTO balance AS b (customer_id, site_id, type_code, allocated, next_cycle, used, version)
    SELECT %(customer)s, site_id, type_code, allocated, next_cycle, 0, 1 FROM places ORDER BY site_id, type_code
        ON CONFLICT (customer_id, site_id, type_code) DO UPDATE
       SET allocated = excluded.allocated, next_cycle = excluded.next_cycle, version = b.version + 1
), totals AS (
    INSERT INTO customer_total AS t (customer_id, type_code, partner_path, allocated, next_cycle, used, remaining, over,
                                     full_sites)
    SELECT %(customer)s, type_code, %(path)s::uuid[], sum(allocated_by), sum(next_cycle_by), 0, sum(remaining_by),
           sum(over_by), sum(full_by)
      FROM places GROUP BY type_code ORDER BY type_code
        ON CONFLICT (customer_id, type_code) DO UPDATE
       SET allocated = t.allocated + excluded.allocated, next_cycle = t.next_cycle + excluded.next_cycle,
           remaining = t.remaining + excluded.remaining, over = t.over + excluded.over,
           full_sites = t.full_sites + excluded.full_sites
)
INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, actor_id, door, action, object_kind,
                           object_id, before, after)
SELECT %(customer)s, %(journal)s, %(path)s::uuid[], %(at)s, %(actor_kind)s, %(actor_id)s, %(door)s,
       'allocations.change', 'change', %(change)s, '{}'::jsonb,
       jsonb_build_object('entries', jsonb_agg(jsonb_build_object(
           'site', site_id, 'type', type_code, 'kind', kind, 'effective_on', effective_on, 'delta', delta,
           'quantity_after', quantity_after)))
  FROM entries
