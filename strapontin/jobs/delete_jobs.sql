-- Deletes some of the jobs that ended before a moment; the worker deletes those that succeeded at once.
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT j.id FROM procrastinate_jobs j
     WHERE j.status NOT IN ('todo', 'doing')
       AND NOT EXISTS (SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.at >= %(before)s::timestamptz)
     LIMIT %(limit)s)
