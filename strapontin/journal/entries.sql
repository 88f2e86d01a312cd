-- Entries of the journal, the newest first; conditions are put in where their name stands below. The journal names
-- people by id only (SPEC 11): their names are looked up, and come out only if the reader may see them.
SELECT j.id, j.at, j.customer_id, j.actor_kind, j.actor_id,
       coalesce((SELECT a.name FROM administrator a WHERE a.id = j.actor_id),
                (SELECT k.name FROM api_key k WHERE k.id = j.actor_id)) AS actor_name,
       j.door, j.action, j.object_kind, j.object_id, j.before, j.after
  FROM journal_entry j WHERE {where} ORDER BY j.id DESC LIMIT %(limit)s
