-- Many users are enabled or disabled at once; they keep their seats. They are locked before.
WITH changed AS (
    UPDATE seat_user u SET enabled = %(enabled)s, version = u.version + 1
      FROM unnest(%(users)s::uuid[], %(journals)s::uuid[]) AS w (user_id, journal)
     WHERE u.customer_id = %(customer)s AND u.id = w.user_id
    RETURNING u.id, w.journal
)
INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, actor_id, door, action, object_kind,
                           object_id, before, after)
SELECT %(customer)s, journal, %(path)s::uuid[], %(at)s, %(actor_kind)s, %(actor_id)s, %(door)s, 'user.change', 'user', id,
       jsonb_build_object('enabled', NOT %(enabled)s), jsonb_build_object('enabled', %(enabled)s)
  FROM changed
