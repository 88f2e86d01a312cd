-- The schema of the first run, made by pg_dump of PostgreSQL 15, with the migrations that it had applied.
-- {database} stands for the name of the database. The roles belong to the server: pg_dump leaves them out.
CREATE ROLE {database}_door NOLOGIN;
CREATE ROLE {database}_request NOLOGIN;
CREATE ROLE {database}_worker NOLOGIN;
CREATE ROLE {database}_billing NOLOGIN;
GRANT {database}_door, {database}_request, {database}_worker, {database}_billing TO current_user;
GRANT {database}_request TO {database}_worker, {database}_billing;
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
CREATE TYPE public.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);
CREATE TYPE public.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);
CREATE TYPE public.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);
CREATE FUNCTION public.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;
CREATE FUNCTION public.procrastinate_defer_jobs_v1(jobs public.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;
CREATE FUNCTION public.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status public.procrastinate_job_status DEFAULT 'todo'::public.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    queueing_lock text,
    priority integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::public.procrastinate_job_status) AND (abort_requested = true))))
);
CREATE FUNCTION public.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS public.procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;
CREATE FUNCTION public.procrastinate_finish_job_v1(job_id bigint, end_status public.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION public.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION public.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;
CREATE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;
CREATE FUNCTION public.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;
CREATE FUNCTION public.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;
CREATE TABLE public.account (
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    id uuid NOT NULL,
    email character varying(254) NOT NULL,
    is_active boolean NOT NULL,
    CONSTRAINT account_email_lower_case CHECK (((email)::text = lower((email)::text)))
);
CREATE TABLE public.account_emailaddress (
    id integer NOT NULL,
    email character varying(254) NOT NULL,
    verified boolean NOT NULL,
    "primary" boolean NOT NULL,
    user_id uuid NOT NULL
);
ALTER TABLE public.account_emailaddress ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailaddress_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.account_emailconfirmation (
    id integer NOT NULL,
    created timestamp with time zone NOT NULL,
    sent timestamp with time zone,
    key character varying(64) NOT NULL,
    email_address_id integer NOT NULL
);
ALTER TABLE public.account_emailconfirmation ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.account_emailconfirmation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.administrator (
    provider boolean NOT NULL,
    customer_id uuid,
    roles text[] NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    language character varying(2) NOT NULL,
    created_at timestamp with time zone NOT NULL,
    account_id uuid NOT NULL,
    partner_id uuid,
    CONSTRAINT administrator_one_scope CHECK (((provider AND (customer_id IS NULL) AND (partner_id IS NULL)) OR ((customer_id IS NULL) AND (partner_id IS NOT NULL) AND (NOT provider)) OR ((customer_id IS NOT NULL) AND (partner_id IS NULL) AND (NOT provider))))
);
ALTER TABLE ONLY public.administrator FORCE ROW LEVEL SECURITY;
CREATE TABLE public.api_key (
    provider boolean NOT NULL,
    customer_id uuid,
    roles text[] NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    key_hash bytea NOT NULL,
    language character varying(2) NOT NULL,
    created_by_id uuid,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    partner_id uuid,
    CONSTRAINT api_key_one_scope CHECK (((provider AND (customer_id IS NULL) AND (partner_id IS NULL)) OR ((customer_id IS NULL) AND (partner_id IS NOT NULL) AND (NOT provider)) OR ((customer_id IS NOT NULL) AND (partner_id IS NULL) AND (NOT provider))))
);
ALTER TABLE ONLY public.api_key FORCE ROW LEVEL SECURITY;
CREATE TABLE public.auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE public.auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE public.auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_group_permissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE public.auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.auth_permission_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.balance (
    site_id uuid NOT NULL,
    allocated integer NOT NULL,
    next_cycle integer NOT NULL,
    used integer NOT NULL,
    version bigint NOT NULL,
    customer_id uuid NOT NULL,
    type_code text NOT NULL,
    CONSTRAINT balance_in_order CHECK (((next_cycle >= 0) AND (next_cycle <= allocated) AND (used >= 0)))
)
WITH (fillfactor='50');
ALTER TABLE ONLY public.balance FORCE ROW LEVEL SECURITY;
CREATE TABLE public.billing_run (
    id uuid NOT NULL,
    date date NOT NULL,
    preview boolean NOT NULL,
    state text NOT NULL,
    cut timestamp with time zone,
    customers_total integer NOT NULL,
    customers_done integer NOT NULL,
    invoices integer NOT NULL,
    error text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT billing_run_state CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text])))
);
ALTER TABLE ONLY public.billing_run FORCE ROW LEVEL SECURITY;
CREATE TABLE public.charge (
    run_date date NOT NULL,
    cut timestamp with time zone NOT NULL,
    basis text NOT NULL,
    period_starts_on date NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    quantity integer NOT NULL,
    unit_price numeric(12,2) NOT NULL,
    months smallint NOT NULL,
    days smallint NOT NULL,
    period_days smallint NOT NULL,
    amount numeric(20,2) NOT NULL,
    customer_id uuid NOT NULL,
    payer_id uuid NOT NULL,
    run_id uuid NOT NULL,
    type_code text NOT NULL,
    CONSTRAINT charge_basis CHECK ((basis = ANY (ARRAY['used'::text, 'allocated'::text]))),
    CONSTRAINT charge_changes CHECK ((NOT (quantity = 0))),
    CONSTRAINT charge_days_check CHECK ((days >= 0)),
    CONSTRAINT charge_months_check CHECK ((months >= 0)),
    CONSTRAINT charge_not_empty CHECK ((starts_on < ends_on)),
    CONSTRAINT charge_period_days_check CHECK ((period_days >= 0))
);
ALTER TABLE ONLY public.charge FORCE ROW LEVEL SECURITY;
CREATE TABLE public.customer (
    id uuid NOT NULL,
    partner_path uuid[] NOT NULL,
    name text NOT NULL,
    sort_key text GENERATED ALWAYS AS (translate(name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭĮįİĴĵĶķĹĺĻļĽľŃńŅņŇňŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžÆæŒœØøÐðĐđŁłß’'::text, 'abcdefghijklmnopqrstuvwxyzaaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccccccddeeeeeeeeeegggggggghhiiiiiiiiijjkkllllllnnnnnnoooooorrrrrrssssssssttttuuuuuuuuuuuuwwyyyzzzzzzaaooooddddlls'''::text)) STORED,
    client_id text NOT NULL,
    purchase_order text NOT NULL,
    status text NOT NULL,
    alignment text NOT NULL,
    anchor_day smallint NOT NULL,
    term_months smallint NOT NULL,
    pending_term_months smallint,
    starts_on date NOT NULL,
    period_starts_on date NOT NULL,
    period_ends_on date NOT NULL,
    cancel_at_end_of_period boolean NOT NULL,
    unlimited boolean NOT NULL,
    not_for_resale boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version bigint NOT NULL,
    partner_id uuid NOT NULL,
    CONSTRAINT customer_anchor CHECK (((anchor_day >= 1) AND (anchor_day <= 31))),
    CONSTRAINT customer_anchor_day_check CHECK ((anchor_day >= 0)),
    CONSTRAINT customer_name CHECK ((NOT (name = ''::text))),
    CONSTRAINT customer_pending_term CHECK (((pending_term_months IS NULL) OR (pending_term_months = ANY (ARRAY[1, 12, 36])))),
    CONSTRAINT customer_pending_term_months_check CHECK ((pending_term_months >= 0)),
    CONSTRAINT customer_period CHECK ((period_starts_on < period_ends_on)),
    CONSTRAINT customer_status CHECK ((status = ANY (ARRAY['active'::text, 'expired'::text]))),
    CONSTRAINT customer_term CHECK ((term_months = ANY (ARRAY[1, 12, 36]))),
    CONSTRAINT customer_term_months_check CHECK ((term_months >= 0))
);
ALTER TABLE ONLY public.customer FORCE ROW LEVEL SECURITY;
CREATE TABLE public.customer_month (
    month_ends_on date NOT NULL,
    partner_path uuid[] NOT NULL,
    allocated integer NOT NULL,
    used integer NOT NULL,
    customer_id uuid NOT NULL,
    type_code text NOT NULL
);
ALTER TABLE ONLY public.customer_month FORCE ROW LEVEL SECURITY;
CREATE TABLE public.customer_total (
    partner_path uuid[] NOT NULL,
    allocated integer NOT NULL,
    next_cycle integer NOT NULL,
    used integer NOT NULL,
    remaining integer NOT NULL,
    over integer NOT NULL,
    customer_id uuid NOT NULL,
    type_code text NOT NULL
)
WITH (fillfactor='50');
ALTER TABLE ONLY public.customer_total FORCE ROW LEVEL SECURITY;
CREATE TABLE public.django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE public.django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_content_type_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_migrations (
    id bigint NOT NULL,
    app character varying(255) NOT NULL,
    name character varying(255) NOT NULL,
    applied timestamp with time zone NOT NULL
);
ALTER TABLE public.django_migrations ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.django_migrations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
CREATE TABLE public.installation (
    id smallint NOT NULL,
    name text NOT NULL,
    address text NOT NULL,
    country character varying(2) NOT NULL,
    vat_number text NOT NULL,
    currency character varying(3) NOT NULL,
    language character varying(2) NOT NULL,
    time_zone text NOT NULL,
    contact text NOT NULL,
    seats_enforced_from date NOT NULL,
    allocation_billing_from date NOT NULL,
    hand_back_days smallint NOT NULL,
    alignment text NOT NULL,
    invoice_day smallint NOT NULL,
    automatic_billing boolean NOT NULL,
    clock_offset interval NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT installation_alignment CHECK ((alignment = ANY (ARRAY['calendar'::text, 'anniversary'::text]))),
    CONSTRAINT installation_hand_back_days CHECK ((hand_back_days <= 31)),
    CONSTRAINT installation_hand_back_days_check CHECK ((hand_back_days >= 0)),
    CONSTRAINT installation_invoice_day CHECK (((invoice_day >= 1) AND (invoice_day <= 28))),
    CONSTRAINT installation_invoice_day_check CHECK ((invoice_day >= 0)),
    CONSTRAINT installation_one_row CHECK ((id = 1))
);
CREATE TABLE public.invoice (
    id uuid NOT NULL,
    number text NOT NULL,
    kind text NOT NULL,
    date date NOT NULL,
    currency character varying(3) NOT NULL,
    net numeric(20,2) NOT NULL,
    tax numeric(20,2) NOT NULL,
    total numeric(20,2) NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    issuer_name text NOT NULL,
    issuer_address text NOT NULL,
    issuer_vat_number text NOT NULL,
    payer_name text NOT NULL,
    payer_address text NOT NULL,
    payer_country character varying(2) NOT NULL,
    payer_vat_number text NOT NULL,
    payer_id uuid NOT NULL,
    run_id uuid,
    CONSTRAINT invoice_kind CHECK ((kind = ANY (ARRAY['invoice'::text, 'credit_note'::text]))),
    CONSTRAINT invoice_sum CHECK ((total = (net + tax)))
);
ALTER TABLE ONLY public.invoice FORCE ROW LEVEL SECURITY;
CREATE TABLE public.invoice_line (
    invoice_id uuid NOT NULL,
    n integer NOT NULL,
    customer_id uuid NOT NULL,
    customer_name text NOT NULL,
    client_id text NOT NULL,
    purchase_order text NOT NULL,
    kind text NOT NULL,
    period_starts_on date NOT NULL,
    quantity integer NOT NULL,
    unit_price numeric(12,2) NOT NULL,
    months smallint NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    days smallint NOT NULL,
    period_days smallint NOT NULL,
    amount numeric(20,2) NOT NULL,
    payer_id uuid NOT NULL,
    type_code text NOT NULL,
    CONSTRAINT invoice_line_days_check CHECK ((days >= 0)),
    CONSTRAINT invoice_line_months_check CHECK ((months >= 0)),
    CONSTRAINT invoice_line_period_days_check CHECK ((period_days >= 0))
);
ALTER TABLE ONLY public.invoice_line FORCE ROW LEVEL SECURITY;
CREATE TABLE public.invoice_number (
    issuer text NOT NULL,
    year smallint NOT NULL,
    last integer NOT NULL,
    CONSTRAINT invoice_number_year_check CHECK ((year >= 0))
);
ALTER TABLE ONLY public.invoice_number FORCE ROW LEVEL SECURITY;
CREATE TABLE public.invoice_tax (
    invoice_id uuid NOT NULL,
    "position" smallint NOT NULL,
    category text NOT NULL,
    label text NOT NULL,
    rate_percent numeric(6,3) NOT NULL,
    base numeric(20,2) NOT NULL,
    amount numeric(20,2) NOT NULL,
    payer_id uuid NOT NULL,
    CONSTRAINT invoice_tax_position_check CHECK (("position" >= 0))
);
ALTER TABLE ONLY public.invoice_tax FORCE ROW LEVEL SECURITY;
CREATE TABLE public.journal_entry (
    customer_id uuid NOT NULL,
    id uuid NOT NULL,
    partner_path uuid[] NOT NULL,
    at timestamp with time zone NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    door text NOT NULL,
    action text NOT NULL,
    object_kind text NOT NULL,
    object_id uuid,
    before jsonb NOT NULL,
    after jsonb NOT NULL
);
ALTER TABLE ONLY public.journal_entry FORCE ROW LEVEL SECURITY;
CREATE TABLE public.kept_answer (
    actor_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status smallint NOT NULL,
    body bytea NOT NULL,
    etag text NOT NULL,
    kept_at timestamp with time zone NOT NULL,
    CONSTRAINT kept_answer_status_check CHECK ((status >= 0))
);
ALTER TABLE ONLY public.kept_answer FORCE ROW LEVEL SECURITY;
CREATE TABLE public.ledger_entry (
    id uuid NOT NULL,
    site_id uuid NOT NULL,
    kind text NOT NULL,
    effective_on date NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    delta integer NOT NULL,
    quantity_after integer NOT NULL,
    change_id uuid NOT NULL,
    reverses_id uuid,
    counterpart_site_id uuid,
    actor_kind text NOT NULL,
    actor_id uuid,
    door text NOT NULL,
    reason text NOT NULL,
    customer_id uuid NOT NULL,
    type_code text NOT NULL,
    CONSTRAINT ledger_entry_changes CHECK ((NOT (delta = 0))),
    CONSTRAINT ledger_entry_hand_back CHECK (((NOT (kind = 'hand_back'::text)) OR ((delta < 0) AND (reverses_id IS NOT NULL)))),
    CONSTRAINT ledger_entry_kind CHECK ((kind = ANY (ARRAY['raise'::text, 'lower'::text, 'withdraw'::text, 'hand_back'::text, 'move_in'::text, 'move_out'::text, 'correction'::text, 'revoke'::text]))),
    CONSTRAINT ledger_entry_quantity CHECK ((quantity_after >= 0))
);
ALTER TABLE ONLY public.ledger_entry FORCE ROW LEVEL SECURITY;
CREATE TABLE public.level_discount (
    level text NOT NULL,
    rate_percent numeric(5,2) NOT NULL,
    price_list_id uuid NOT NULL,
    CONSTRAINT level_discount_rate CHECK (((rate_percent >= (0)::numeric) AND (rate_percent <= (100)::numeric)))
);
ALTER TABLE ONLY public.level_discount FORCE ROW LEVEL SECURITY;
CREATE TABLE public.parked_customer (
    payer_id uuid NOT NULL,
    reason text NOT NULL,
    customer_id uuid NOT NULL,
    run_id uuid NOT NULL
);
ALTER TABLE ONLY public.parked_customer FORCE ROW LEVEL SECURITY;
CREATE TABLE public.partner (
    id uuid NOT NULL,
    name text NOT NULL,
    sort_key text GENERATED ALWAYS AS (translate(name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭĮįİĴĵĶķĹĺĻļĽľŃńŅņŇňŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžÆæŒœØøÐðĐđŁłß’'::text, 'abcdefghijklmnopqrstuvwxyzaaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccccccddeeeeeeeeeegggggggghhiiiiiiiiijjkkllllllnnnnnnoooooorrrrrrssssssssttttuuuuuuuuuuuuwwyyyzzzzzzaaooooddddlls'''::text)) STORED,
    path uuid[] NOT NULL,
    level text NOT NULL,
    country character varying(2) NOT NULL,
    region text NOT NULL,
    vat_number text NOT NULL,
    address text NOT NULL,
    currency character varying(3) NOT NULL,
    language character varying(2) NOT NULL,
    payer boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version bigint NOT NULL,
    parent_id uuid,
    CONSTRAINT partner_level CHECK ((level = ANY (ARRAY['bronze'::text, 'silver'::text, 'gold'::text, 'platinum'::text]))),
    CONSTRAINT partner_name CHECK ((NOT (name = ''::text)))
);
ALTER TABLE ONLY public.partner FORCE ROW LEVEL SECURITY;
CREATE TABLE public.period (
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    term_months smallint NOT NULL,
    months smallint NOT NULL,
    full_days smallint NOT NULL,
    billable boolean NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    customer_id uuid NOT NULL,
    payer_id uuid,
    CONSTRAINT period_full_days_check CHECK ((full_days >= 0)),
    CONSTRAINT period_measure CHECK (((full_days >= 1) AND (months >= 1))),
    CONSTRAINT period_months_check CHECK ((months >= 0)),
    CONSTRAINT period_not_empty CHECK ((starts_on < ends_on)),
    CONSTRAINT period_term CHECK ((term_months = ANY (ARRAY[1, 12, 36]))),
    CONSTRAINT period_term_months_check CHECK ((term_months >= 0))
);
ALTER TABLE ONLY public.period FORCE ROW LEVEL SECURITY;
CREATE TABLE public.period_price (
    period_starts_on date NOT NULL,
    currency character varying(3) NOT NULL,
    list_price numeric(12,2) NOT NULL,
    term_discount_percent numeric(5,2) NOT NULL,
    level_discount_percent numeric(5,2) NOT NULL,
    unit_price numeric(12,2) NOT NULL,
    customer_id uuid NOT NULL,
    price_list_id uuid NOT NULL,
    type_code text NOT NULL
);
ALTER TABLE ONLY public.period_price FORCE ROW LEVEL SECURITY;
CREATE TABLE public.period_rating (
    period_starts_on date NOT NULL,
    basis text NOT NULL,
    customer_id uuid NOT NULL,
    run_id uuid NOT NULL,
    CONSTRAINT period_rating_basis CHECK ((basis = ANY (ARRAY['used'::text, 'allocated'::text])))
);
ALTER TABLE ONLY public.period_rating FORCE ROW LEVEL SECURITY;
CREATE TABLE public.price (
    monthly_amount numeric(12,2) NOT NULL,
    price_list_id uuid NOT NULL,
    type_code text NOT NULL,
    CONSTRAINT price_not_negative CHECK ((monthly_amount >= (0)::numeric))
);
ALTER TABLE ONLY public.price FORCE ROW LEVEL SECURITY;
CREATE TABLE public.price_list (
    id uuid NOT NULL,
    name text NOT NULL,
    currency character varying(3) NOT NULL,
    valid_from date NOT NULL,
    created_at timestamp with time zone NOT NULL,
    partner_id uuid
);
ALTER TABLE ONLY public.price_list FORCE ROW LEVEL SECURITY;
CREATE TABLE public.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type public.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);
CREATE SEQUENCE public.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_events_id_seq OWNED BY public.procrastinate_events.id;
CREATE SEQUENCE public.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_jobs_id_seq OWNED BY public.procrastinate_jobs.id;
CREATE TABLE public.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);
CREATE SEQUENCE public.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_periodic_defers_id_seq OWNED BY public.procrastinate_periodic_defers.id;
CREATE TABLE public.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.run_payer (
    done_at timestamp with time zone NOT NULL,
    preview jsonb,
    payer_id uuid NOT NULL,
    run_id uuid NOT NULL
);
ALTER TABLE ONLY public.run_payer FORCE ROW LEVEL SECURITY;
CREATE TABLE public.seat_event (
    id uuid NOT NULL,
    site_id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    effective_on date NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    delta smallint NOT NULL,
    used_after integer NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    door text NOT NULL,
    customer_id uuid NOT NULL,
    type_code text NOT NULL,
    CONSTRAINT seat_event_kind CHECK ((kind = ANY (ARRAY['claim'::text, 'release'::text, 'found'::text, 'vanished'::text, 'retyped'::text]))),
    CONSTRAINT seat_event_one_seat CHECK ((delta = ANY (ARRAY['-1'::integer, 1]))),
    CONSTRAINT seat_event_used CHECK ((used_after >= 0))
);
ALTER TABLE ONLY public.seat_event FORCE ROW LEVEL SECURITY;
CREATE TABLE public.seat_user (
    id uuid NOT NULL,
    site_id uuid NOT NULL,
    first_name text NOT NULL,
    last_name text NOT NULL,
    sort_key text GENERATED ALWAYS AS (translate((COALESCE(last_name, ''::text) || COALESCE((COALESCE(' '::text, ''::text) || COALESCE(first_name, ''::text)), ''::text)), 'ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭĮįİĴĵĶķĹĺĻļĽľŃńŅņŇňŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžÆæŒœØøÐðĐđŁłß’'::text, 'abcdefghijklmnopqrstuvwxyzaaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccccccddeeeeeeeeeegggggggghhiiiiiiiiijjkkllllllnnnnnnoooooorrrrrrssssssssttttuuuuuuuuuuuuwwyyyzzzzzzaaooooddddlls'''::text)) STORED,
    email text NOT NULL,
    extension text NOT NULL,
    enabled boolean NOT NULL,
    state text NOT NULL,
    origin text NOT NULL,
    tenant_id uuid,
    stack_user_uuid uuid,
    claimed_at timestamp with time zone NOT NULL,
    released_at timestamp with time zone,
    version bigint NOT NULL,
    customer_id uuid NOT NULL,
    type_code text NOT NULL,
    CONSTRAINT seat_user_origin CHECK ((origin = ANY (ARRAY['portal'::text, 'stack'::text]))),
    CONSTRAINT seat_user_state CHECK ((state = ANY (ARRAY['active'::text, 'gone'::text])))
);
ALTER TABLE ONLY public.seat_user FORCE ROW LEVEL SECURITY;
CREATE TABLE public.site (
    id uuid NOT NULL,
    name text NOT NULL,
    sort_key text GENERATED ALWAYS AS (translate(name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭĮįİĴĵĶķĹĺĻļĽľŃńŅņŇňŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžÆæŒœØøÐðĐđŁłß’'::text, 'abcdefghijklmnopqrstuvwxyzaaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccccccddeeeeeeeeeegggggggghhiiiiiiiiijjkkllllllnnnnnnoooooorrrrrrssssssssttttuuuuuuuuuuuuwwyyyzzzzzzaaooooddddlls'''::text)) STORED,
    address text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version bigint NOT NULL,
    customer_id uuid NOT NULL,
    CONSTRAINT site_name CHECK ((NOT (name = ''::text)))
);
ALTER TABLE ONLY public.site FORCE ROW LEVEL SECURITY;
CREATE TABLE public.site_tenant (
    id uuid NOT NULL,
    site_id uuid NOT NULL,
    stack_name text NOT NULL,
    tenant_uuid uuid NOT NULL,
    synchronized_at timestamp with time zone,
    tried_at timestamp with time zone,
    error_code text NOT NULL,
    unmapped jsonb NOT NULL,
    agreed bytea NOT NULL,
    customer_id uuid NOT NULL,
    stack_id uuid NOT NULL
);
ALTER TABLE ONLY public.site_tenant FORCE ROW LEVEL SECURITY;
CREATE TABLE public.stack (
    id uuid NOT NULL,
    name text NOT NULL,
    sort_key text GENERATED ALWAYS AS (translate(name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćĈĉĊċČčĎďĒēĔĕĖėĘęĚěĜĝĞğĠġĢģĤĥĨĩĪīĬĭĮįİĴĵĶķĹĺĻļĽľŃńŅņŇňŌōŎŏŐőŔŕŖŗŘřŚśŜŝŞşŠšŢţŤťŨũŪūŬŭŮůŰűŲųŴŵŶŷŸŹźŻżŽžÆæŒœØøÐðĐđŁłß’'::text, 'abcdefghijklmnopqrstuvwxyzaaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccccccddeeeeeeeeeegggggggghhiiiiiiiiijjkkllllllnnnnnnoooooorrrrrrssssssssttttuuuuuuuuuuuuwwyyyzzzzzzaaooooddddlls'''::text)) STORED,
    kind text NOT NULL,
    url text NOT NULL,
    username text NOT NULL,
    password_sealed bytea NOT NULL,
    verify_tls boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    version bigint NOT NULL,
    partner_id uuid,
    CONSTRAINT stack_kind CHECK ((kind = ANY (ARRAY['wazo'::text, 'csv'::text]))),
    CONSTRAINT stack_name CHECK ((NOT (name = ''::text)))
);
ALTER TABLE ONLY public.stack FORCE ROW LEVEL SECURITY;
CREATE TABLE public.stack_call (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    attempts smallint NOT NULL,
    error_code text NOT NULL,
    email text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    customer_id uuid NOT NULL,
    CONSTRAINT stack_call_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT stack_call_kind CHECK ((kind = ANY (ARRAY['create'::text, 'update'::text, 'delete'::text]))),
    CONSTRAINT stack_call_state CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'done'::text, 'failed'::text])))
);
ALTER TABLE ONLY public.stack_call FORCE ROW LEVEL SECURITY;
CREATE TABLE public.stack_token (
    stack_id uuid NOT NULL,
    token_sealed bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.stack_token FORCE ROW LEVEL SECURITY;
CREATE TABLE public.subscription_type (
    code text NOT NULL,
    name_fr text NOT NULL,
    name_en text NOT NULL,
    stack_ids integer[] NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT subscription_type_position_check CHECK (("position" >= 0))
);
CREATE TABLE public.synchronization (
    id uuid NOT NULL,
    state text NOT NULL,
    actor_kind text NOT NULL,
    actor_id uuid,
    started_at timestamp with time zone NOT NULL,
    beat_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone,
    customer_id uuid NOT NULL,
    CONSTRAINT synchronization_state CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'partial'::text, 'failed'::text])))
);
ALTER TABLE ONLY public.synchronization FORCE ROW LEVEL SECURITY;
CREATE TABLE public.tenant_reading (
    synchronization_id uuid NOT NULL,
    tenant_id uuid NOT NULL,
    site_id uuid NOT NULL,
    state text NOT NULL,
    error_code text NOT NULL,
    counts jsonb NOT NULL,
    unmapped jsonb NOT NULL,
    differences jsonb NOT NULL,
    synchronized_at timestamp with time zone,
    customer_id uuid NOT NULL,
    CONSTRAINT tenant_reading_state CHECK ((state = ANY (ARRAY['waiting'::text, 'counted'::text, 'done'::text, 'failed'::text])))
);
ALTER TABLE ONLY public.tenant_reading FORCE ROW LEVEL SECURITY;
CREATE TABLE public.tenant_register (
    tenant_uuid uuid NOT NULL,
    customer_id uuid NOT NULL,
    site_id uuid NOT NULL,
    stack_id uuid NOT NULL
);
ALTER TABLE ONLY public.tenant_register FORCE ROW LEVEL SECURITY;
CREATE TABLE public.term_discount (
    months smallint NOT NULL,
    rate_percent numeric(5,2) NOT NULL,
    price_list_id uuid NOT NULL,
    CONSTRAINT term_discount_months_check CHECK ((months >= 0)),
    CONSTRAINT term_discount_rate CHECK (((rate_percent >= (0)::numeric) AND (rate_percent <= (100)::numeric)))
);
ALTER TABLE ONLY public.term_discount FORCE ROW LEVEL SECURITY;
ALTER TABLE ONLY public.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_events_id_seq'::regclass);
ALTER TABLE ONLY public.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_jobs_id_seq'::regclass);
ALTER TABLE ONLY public.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_periodic_defers_id_seq'::regclass);
ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_email_key UNIQUE (email);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_email_987c8728_uniq UNIQUE (user_id, email);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_key_key UNIQUE (key);
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirmation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.administrator
    ADD CONSTRAINT administrator_account_id_key UNIQUE (account_id);
ALTER TABLE ONLY public.administrator
    ADD CONSTRAINT administrator_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_key_hash_key UNIQUE (key_hash);
ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_group
    ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.balance
    ADD CONSTRAINT balance_pkey PRIMARY KEY (customer_id, site_id, type_code);
ALTER TABLE ONLY public.billing_run
    ADD CONSTRAINT billing_run_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.charge
    ADD CONSTRAINT charge_pkey PRIMARY KEY (customer_id, run_id, period_starts_on, type_code, starts_on);
ALTER TABLE ONLY public.customer_month
    ADD CONSTRAINT customer_month_pkey PRIMARY KEY (customer_id, month_ends_on, type_code);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.customer_total
    ADD CONSTRAINT customer_total_pkey PRIMARY KEY (customer_id, type_code);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY public.django_content_type
    ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_migrations
    ADD CONSTRAINT django_migrations_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.django_session
    ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);
ALTER TABLE ONLY public.installation
    ADD CONSTRAINT installation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_pkey PRIMARY KEY (payer_id, invoice_id, n);
ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_number_once UNIQUE (payer_id, number);
ALTER TABLE ONLY public.invoice_number
    ADD CONSTRAINT invoice_number_pkey PRIMARY KEY (issuer, year);
ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_pkey PRIMARY KEY (payer_id, id);
ALTER TABLE ONLY public.invoice_tax
    ADD CONSTRAINT invoice_tax_pkey PRIMARY KEY (payer_id, invoice_id, "position");
ALTER TABLE ONLY public.journal_entry
    ADD CONSTRAINT journal_entry_pkey PRIMARY KEY (customer_id, id);
ALTER TABLE ONLY public.kept_answer
    ADD CONSTRAINT kept_answer_pkey PRIMARY KEY (actor_id, key);
ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_pkey PRIMARY KEY (customer_id, id);
ALTER TABLE ONLY public.level_discount
    ADD CONSTRAINT level_discount_pkey PRIMARY KEY (price_list_id, level);
ALTER TABLE ONLY public.parked_customer
    ADD CONSTRAINT parked_customer_pkey PRIMARY KEY (customer_id, run_id, payer_id);
ALTER TABLE ONLY public.partner
    ADD CONSTRAINT partner_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.period
    ADD CONSTRAINT period_pkey PRIMARY KEY (customer_id, starts_on);
ALTER TABLE ONLY public.period_price
    ADD CONSTRAINT period_price_pkey PRIMARY KEY (customer_id, period_starts_on, type_code);
ALTER TABLE ONLY public.period_rating
    ADD CONSTRAINT period_rating_pkey PRIMARY KEY (customer_id, period_starts_on);
ALTER TABLE ONLY public.period
    ADD CONSTRAINT period_tiles EXCLUDE USING gist (customer_id WITH =, daterange(starts_on, ends_on) WITH &&);
ALTER TABLE ONLY public.price_list
    ADD CONSTRAINT price_list_once UNIQUE NULLS NOT DISTINCT (partner_id, currency, valid_from);
ALTER TABLE ONLY public.price_list
    ADD CONSTRAINT price_list_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.price
    ADD CONSTRAINT price_pkey PRIMARY KEY (price_list_id, type_code);
ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);
ALTER TABLE ONLY public.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.run_payer
    ADD CONSTRAINT run_payer_pkey PRIMARY KEY (run_id, payer_id);
ALTER TABLE ONLY public.seat_event
    ADD CONSTRAINT seat_event_pkey PRIMARY KEY (customer_id, id);
ALTER TABLE ONLY public.seat_user
    ADD CONSTRAINT seat_user_pkey PRIMARY KEY (customer_id, id);
ALTER TABLE ONLY public.site
    ADD CONSTRAINT site_name_once UNIQUE (customer_id, name);
ALTER TABLE ONLY public.site
    ADD CONSTRAINT site_pkey PRIMARY KEY (customer_id, id);
ALTER TABLE ONLY public.site_tenant
    ADD CONSTRAINT site_tenant_once UNIQUE (customer_id, stack_id, tenant_uuid);
ALTER TABLE ONLY public.site_tenant
    ADD CONSTRAINT site_tenant_pkey PRIMARY KEY (customer_id, id);
ALTER TABLE ONLY public.stack_call
    ADD CONSTRAINT stack_call_pkey PRIMARY KEY (customer_id, id);
ALTER TABLE ONLY public.stack
    ADD CONSTRAINT stack_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.stack_token
    ADD CONSTRAINT stack_token_pkey PRIMARY KEY (stack_id);
ALTER TABLE ONLY public.subscription_type
    ADD CONSTRAINT subscription_type_pkey PRIMARY KEY (code);
ALTER TABLE ONLY public.synchronization
    ADD CONSTRAINT synchronization_pkey PRIMARY KEY (customer_id, id);
ALTER TABLE ONLY public.tenant_reading
    ADD CONSTRAINT tenant_reading_pkey PRIMARY KEY (customer_id, synchronization_id, tenant_id);
ALTER TABLE ONLY public.tenant_register
    ADD CONSTRAINT tenant_register_pkey PRIMARY KEY (stack_id, tenant_uuid);
ALTER TABLE ONLY public.term_discount
    ADD CONSTRAINT term_discount_pkey PRIMARY KEY (price_list_id, months);
CREATE INDEX account_email_1d744048_like ON public.account USING btree (email varchar_pattern_ops);
CREATE INDEX account_emailaddress_email_03be32b2 ON public.account_emailaddress USING btree (email);
CREATE INDEX account_emailaddress_email_03be32b2_like ON public.account_emailaddress USING btree (email varchar_pattern_ops);
CREATE INDEX account_emailaddress_user_id_2c513194 ON public.account_emailaddress USING btree (user_id);
CREATE INDEX account_emailconfirmation_email_address_id_5b7f8c58 ON public.account_emailconfirmation USING btree (email_address_id);
CREATE INDEX account_emailconfirmation_key_f43612bd_like ON public.account_emailconfirmation USING btree (key varchar_pattern_ops);
CREATE INDEX administrator_of_customer ON public.administrator USING btree (customer_id) WHERE (customer_id IS NOT NULL);
CREATE INDEX administrator_partner_id_7c01decf ON public.administrator USING btree (partner_id);
CREATE INDEX api_key_of_customer ON public.api_key USING btree (customer_id) WHERE (customer_id IS NOT NULL);
CREATE INDEX api_key_partner_id_780eb5c2 ON public.api_key USING btree (partner_id);
CREATE INDEX auth_group_name_a6ea08ec_like ON public.auth_group USING btree (name varchar_pattern_ops);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON public.auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON public.auth_group_permissions USING btree (permission_id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON public.auth_permission USING btree (content_type_id);
CREATE UNIQUE INDEX billing_run_once ON public.billing_run USING btree (date) WHERE (NOT preview);
CREATE INDEX charge_of_period ON public.charge USING btree (customer_id, period_starts_on, type_code);
CREATE INDEX charge_payer_id_7df15d7c ON public.charge USING btree (payer_id);
CREATE INDEX charge_run_id_e517d62f ON public.charge USING btree (run_id);
CREATE INDEX customer_by_name ON public.customer USING btree (sort_key, id);
CREATE INDEX customer_by_path ON public.customer USING gin (partner_path);
CREATE INDEX customer_due ON public.customer USING btree (period_ends_on) WHERE (status = 'active'::text);
CREATE INDEX customer_month_by_path ON public.customer_month USING gin (partner_path);
CREATE INDEX customer_partner_id_fd392891 ON public.customer USING btree (partner_id);
CREATE INDEX customer_total_by_path ON public.customer_total USING gin (partner_path);
CREATE INDEX django_session_expire_date_a5c62663 ON public.django_session USING btree (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON public.django_session USING btree (session_key varchar_pattern_ops);
CREATE INDEX idx_procrastinate_jobs_worker_not_null ON public.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::public.procrastinate_job_status));
CREATE INDEX idx_procrastinate_workers_last_heartbeat ON public.procrastinate_workers USING btree (last_heartbeat);
CREATE INDEX invoice_by_date ON public.invoice USING btree (date DESC, id DESC);
CREATE INDEX invoice_run_id_5acd2e24 ON public.invoice USING btree (run_id);
CREATE INDEX journal_entry_by_id ON public.journal_entry USING btree (id);
CREATE INDEX journal_entry_by_path ON public.journal_entry USING gin (partner_path);
CREATE INDEX ledger_entry_as_of ON public.ledger_entry USING btree (customer_id, type_code, effective_on) INCLUDE (site_id, delta, recorded_at);
CREATE INDEX parked_customer_run_id_80fb05db ON public.parked_customer USING btree (run_id);
CREATE INDEX partner_parent_id_5e92eb92 ON public.partner USING btree (parent_id);
CREATE INDEX period_of_payer ON public.period USING btree (payer_id, starts_on);
CREATE INDEX period_rating_run_id_9fb4f902 ON public.period_rating USING btree (run_id);
CREATE INDEX price_list_partner_id_e3c9186b ON public.price_list USING btree (partner_id);
CREATE INDEX procrastinate_events_job_id_fkey_v1 ON public.procrastinate_events USING btree (job_id);
CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON public.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::public.procrastinate_job_status, 'doing'::public.procrastinate_job_status]));
CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON public.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::public.procrastinate_job_status);
CREATE INDEX procrastinate_jobs_priority_idx_v1 ON public.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::public.procrastinate_job_status);
CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON public.procrastinate_jobs USING btree (queue_name);
CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON public.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::public.procrastinate_job_status);
CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON public.procrastinate_periodic_defers USING btree (job_id);
CREATE INDEX run_payer_payer_id_08b30501 ON public.run_payer USING btree (payer_id);
CREATE INDEX seat_event_as_of ON public.seat_event USING btree (customer_id, type_code, effective_on) INCLUDE (site_id, delta, recorded_at);
CREATE INDEX seat_user_active ON public.seat_user USING btree (customer_id, site_id, type_code) WHERE (state = 'active'::text);
CREATE UNIQUE INDEX seat_user_email_once ON public.seat_user USING btree (customer_id, lower(email)) WHERE ((origin = 'portal'::text) AND (state = 'active'::text) AND (NOT (email = ''::text)));
CREATE UNIQUE INDEX seat_user_stack_once ON public.seat_user USING btree (customer_id, tenant_id, stack_user_uuid) WHERE (state = 'active'::text);
CREATE INDEX site_tenant_stack_id_1c820d4f ON public.site_tenant USING btree (stack_id);
CREATE INDEX stack_call_open ON public.stack_call USING btree (customer_id, user_id) WHERE (state = ANY (ARRAY['waiting'::text, 'sent'::text]));
CREATE INDEX stack_partner_id_830acef7 ON public.stack USING btree (partner_id);
CREATE INDEX subscription_type_code_07167416_like ON public.subscription_type USING btree (code text_pattern_ops);
CREATE UNIQUE INDEX synchronization_one_running ON public.synchronization USING btree (customer_id) WHERE (state = 'running'::text);
CREATE UNIQUE INDEX unique_primary_email ON public.account_emailaddress USING btree (user_id, "primary") WHERE "primary";
CREATE UNIQUE INDEX unique_verified_email ON public.account_emailaddress USING btree (email) WHERE verified;
CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_notify_queue_abort_job_v1();
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_notify_queue_job_inserted_v1();
CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1();
CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_unlink_periodic_defers_v1();
CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON public.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1();
CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1();
CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_update_v1();
ALTER TABLE ONLY public.account_emailaddress
    ADD CONSTRAINT account_emailaddress_user_id_2c513194_fk_account_id FOREIGN KEY (user_id) REFERENCES public.account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.account_emailconfirmation
    ADD CONSTRAINT account_emailconfirm_email_address_id_5b7f8c58_fk_account_e FOREIGN KEY (email_address_id) REFERENCES public.account_emailaddress(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.administrator
    ADD CONSTRAINT administrator_account_id_09c45a1c_fk_account_id FOREIGN KEY (account_id) REFERENCES public.account(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.administrator
    ADD CONSTRAINT administrator_partner_id_7c01decf_fk_partner_id FOREIGN KEY (partner_id) REFERENCES public.partner(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.api_key
    ADD CONSTRAINT api_key_partner_id_780eb5c2_fk_partner_id FOREIGN KEY (partner_id) REFERENCES public.partner(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES public.auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_group_permissions
    ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES public.auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.auth_permission
    ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES public.django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.balance
    ADD CONSTRAINT balance_customer_id_0cd3527e_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.balance
    ADD CONSTRAINT balance_site_id_of_customer FOREIGN KEY (customer_id, site_id) REFERENCES public.site(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.balance
    ADD CONSTRAINT balance_type_code_d8a565db_fk_subscription_type_code FOREIGN KEY (type_code) REFERENCES public.subscription_type(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.charge
    ADD CONSTRAINT charge_customer_id_62bb3672_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.charge
    ADD CONSTRAINT charge_payer_id_7df15d7c_fk_partner_id FOREIGN KEY (payer_id) REFERENCES public.partner(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.charge
    ADD CONSTRAINT charge_period_starts_on_of_customer FOREIGN KEY (customer_id, period_starts_on) REFERENCES public.period(customer_id, starts_on) ON DELETE RESTRICT;
ALTER TABLE ONLY public.charge
    ADD CONSTRAINT charge_run_id_e517d62f_fk_billing_run_id FOREIGN KEY (run_id) REFERENCES public.billing_run(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.charge
    ADD CONSTRAINT charge_type_code_64212a93_fk_subscription_type_code FOREIGN KEY (type_code) REFERENCES public.subscription_type(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.customer_month
    ADD CONSTRAINT customer_month_customer_id_7759c5cf_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.customer_month
    ADD CONSTRAINT customer_month_type_code_0619fb65_fk_subscription_type_code FOREIGN KEY (type_code) REFERENCES public.subscription_type(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_partner_id_fd392891_fk_partner_id FOREIGN KEY (partner_id) REFERENCES public.partner(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.customer_total
    ADD CONSTRAINT customer_total_customer_id_04d81839_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.customer_total
    ADD CONSTRAINT customer_total_type_code_62d1ebad_fk_subscription_type_code FOREIGN KEY (type_code) REFERENCES public.subscription_type(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_of_invoice FOREIGN KEY (payer_id, invoice_id) REFERENCES public.invoice(payer_id, id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_payer_id_4ad88e9e_fk_partner_id FOREIGN KEY (payer_id) REFERENCES public.partner(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.invoice_line
    ADD CONSTRAINT invoice_line_type_code_1da0d4df_fk_subscription_type_code FOREIGN KEY (type_code) REFERENCES public.subscription_type(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_payer_id_57067f15_fk_partner_id FOREIGN KEY (payer_id) REFERENCES public.partner(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.invoice
    ADD CONSTRAINT invoice_run_id_5acd2e24_fk_billing_run_id FOREIGN KEY (run_id) REFERENCES public.billing_run(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.invoice_tax
    ADD CONSTRAINT invoice_tax_of_invoice FOREIGN KEY (payer_id, invoice_id) REFERENCES public.invoice(payer_id, id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.invoice_tax
    ADD CONSTRAINT invoice_tax_payer_id_25e3e3ce_fk_partner_id FOREIGN KEY (payer_id) REFERENCES public.partner(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_counterpart_site_id_of_customer FOREIGN KEY (customer_id, counterpart_site_id) REFERENCES public.site(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_customer_id_45b1968c_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_reverses_id_of_customer FOREIGN KEY (customer_id, reverses_id) REFERENCES public.ledger_entry(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_site_id_of_customer FOREIGN KEY (customer_id, site_id) REFERENCES public.site(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.ledger_entry
    ADD CONSTRAINT ledger_entry_type_code_1a40c769_fk_subscription_type_code FOREIGN KEY (type_code) REFERENCES public.subscription_type(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.level_discount
    ADD CONSTRAINT level_discount_price_list_id_9184a0d6_fk_price_list_id FOREIGN KEY (price_list_id) REFERENCES public.price_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.parked_customer
    ADD CONSTRAINT parked_customer_customer_id_c9a2d16c_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.parked_customer
    ADD CONSTRAINT parked_customer_run_id_80fb05db_fk_billing_run_id FOREIGN KEY (run_id) REFERENCES public.billing_run(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.partner
    ADD CONSTRAINT partner_parent_id_5e92eb92_fk_partner_id FOREIGN KEY (parent_id) REFERENCES public.partner(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.period
    ADD CONSTRAINT period_customer_id_cff688de_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.period
    ADD CONSTRAINT period_payer_id_622348cf_fk_partner_id FOREIGN KEY (payer_id) REFERENCES public.partner(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.period_price
    ADD CONSTRAINT period_price_customer_id_273ba5a6_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.period_price
    ADD CONSTRAINT period_price_period_starts_on_of_customer FOREIGN KEY (customer_id, period_starts_on) REFERENCES public.period(customer_id, starts_on) ON DELETE RESTRICT;
ALTER TABLE ONLY public.period_price
    ADD CONSTRAINT period_price_price_list_id_e6c45c6a_fk_price_list_id FOREIGN KEY (price_list_id) REFERENCES public.price_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.period_price
    ADD CONSTRAINT period_price_type_code_2bc1fcea_fk_subscription_type_code FOREIGN KEY (type_code) REFERENCES public.subscription_type(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.period_rating
    ADD CONSTRAINT period_rating_customer_id_3590b1f0_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.period_rating
    ADD CONSTRAINT period_rating_period_starts_on_of_customer FOREIGN KEY (customer_id, period_starts_on) REFERENCES public.period(customer_id, starts_on) ON DELETE RESTRICT;
ALTER TABLE ONLY public.period_rating
    ADD CONSTRAINT period_rating_run_id_9fb4f902_fk_billing_run_id FOREIGN KEY (run_id) REFERENCES public.billing_run(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.price_list
    ADD CONSTRAINT price_list_partner_id_e3c9186b_fk_partner_id FOREIGN KEY (partner_id) REFERENCES public.partner(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.price
    ADD CONSTRAINT price_price_list_id_f3a0ceac_fk_price_list_id FOREIGN KEY (price_list_id) REFERENCES public.price_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.price
    ADD CONSTRAINT price_type_code_80b011bb_fk_subscription_type_code FOREIGN KEY (type_code) REFERENCES public.subscription_type(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.procrastinate_workers(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id);
ALTER TABLE ONLY public.run_payer
    ADD CONSTRAINT run_payer_payer_id_08b30501_fk_partner_id FOREIGN KEY (payer_id) REFERENCES public.partner(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.run_payer
    ADD CONSTRAINT run_payer_run_id_8f3b8ca0_fk_billing_run_id FOREIGN KEY (run_id) REFERENCES public.billing_run(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.seat_event
    ADD CONSTRAINT seat_event_customer_id_69f99fb4_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.seat_event
    ADD CONSTRAINT seat_event_site_id_of_customer FOREIGN KEY (customer_id, site_id) REFERENCES public.site(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.seat_event
    ADD CONSTRAINT seat_event_type_code_f7b28aab_fk_subscription_type_code FOREIGN KEY (type_code) REFERENCES public.subscription_type(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.seat_event
    ADD CONSTRAINT seat_event_user_id_of_customer FOREIGN KEY (customer_id, user_id) REFERENCES public.seat_user(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.seat_user
    ADD CONSTRAINT seat_user_customer_id_f3fd1de6_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.seat_user
    ADD CONSTRAINT seat_user_site_id_of_customer FOREIGN KEY (customer_id, site_id) REFERENCES public.site(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.seat_user
    ADD CONSTRAINT seat_user_tenant_id_of_customer FOREIGN KEY (customer_id, tenant_id) REFERENCES public.site_tenant(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.seat_user
    ADD CONSTRAINT seat_user_type_code_f89ebf55_fk_subscription_type_code FOREIGN KEY (type_code) REFERENCES public.subscription_type(code) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.site
    ADD CONSTRAINT site_customer_id_dc5cbd17_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.site_tenant
    ADD CONSTRAINT site_tenant_customer_id_3b105cb2_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.site_tenant
    ADD CONSTRAINT site_tenant_site_id_of_customer FOREIGN KEY (customer_id, site_id) REFERENCES public.site(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.site_tenant
    ADD CONSTRAINT site_tenant_stack_id_1c820d4f_fk_stack_id FOREIGN KEY (stack_id) REFERENCES public.stack(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.stack_call
    ADD CONSTRAINT stack_call_customer_id_15be9f73_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.stack_call
    ADD CONSTRAINT stack_call_tenant_id_of_customer FOREIGN KEY (customer_id, tenant_id) REFERENCES public.site_tenant(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.stack_call
    ADD CONSTRAINT stack_call_user_id_of_customer FOREIGN KEY (customer_id, user_id) REFERENCES public.seat_user(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.stack
    ADD CONSTRAINT stack_partner_id_830acef7_fk_partner_id FOREIGN KEY (partner_id) REFERENCES public.partner(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.stack_token
    ADD CONSTRAINT stack_token_stack_id_ecc6b119_fk_stack_id FOREIGN KEY (stack_id) REFERENCES public.stack(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.synchronization
    ADD CONSTRAINT synchronization_customer_id_370714f8_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenant_reading
    ADD CONSTRAINT tenant_reading_customer_id_92e9eff6_fk_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.tenant_reading
    ADD CONSTRAINT tenant_reading_site_id_of_customer FOREIGN KEY (customer_id, site_id) REFERENCES public.site(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.tenant_reading
    ADD CONSTRAINT tenant_reading_synchronization_id_of_customer FOREIGN KEY (customer_id, synchronization_id) REFERENCES public.synchronization(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.tenant_reading
    ADD CONSTRAINT tenant_reading_tenant_id_of_customer FOREIGN KEY (customer_id, tenant_id) REFERENCES public.site_tenant(customer_id, id) ON DELETE RESTRICT;
ALTER TABLE ONLY public.tenant_register
    ADD CONSTRAINT tenant_register_stack_id_fff55f1f_fk_stack_id FOREIGN KEY (stack_id) REFERENCES public.stack(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.term_discount
    ADD CONSTRAINT term_discount_price_list_id_4f868c2b_fk_price_list_id FOREIGN KEY (price_list_id) REFERENCES public.price_list(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE public.administrator ENABLE ROW LEVEL SECURITY;
CREATE POLICY administrator_door ON public.administrator FOR SELECT TO {database}_door USING (true);
CREATE POLICY administrator_helpers ON public.administrator FOR SELECT TO {database}_request USING ((('subscriptions'::text = ANY (roles)) AND (partner_id = ANY (( SELECT c.partner_path
   FROM public.customer c
  WHERE (c.id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid))::uuid[]))));
CREATE POLICY administrator_in_scope ON public.administrator TO {database}_request USING (((current_setting('app.scope'::text, true) = 'provider'::text) OR (customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid) OR (EXISTS ( SELECT 1
   FROM public.partner p
  WHERE ((p.id = administrator.partner_id) AND (p.path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid])))) OR (EXISTS ( SELECT 1
   FROM public.customer c
  WHERE ((c.id = administrator.customer_id) AND (c.partner_path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]))))));
ALTER TABLE public.api_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY api_key_door ON public.api_key FOR SELECT TO {database}_door USING (true);
CREATE POLICY api_key_in_scope ON public.api_key TO {database}_request USING (((current_setting('app.scope'::text, true) = 'provider'::text) OR (customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid) OR (EXISTS ( SELECT 1
   FROM public.partner p
  WHERE ((p.id = api_key.partner_id) AND (p.path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid])))) OR (EXISTS ( SELECT 1
   FROM public.customer c
  WHERE ((c.id = api_key.customer_id) AND (c.partner_path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]))))));
ALTER TABLE public.balance ENABLE ROW LEVEL SECURITY;
CREATE POLICY balance_billing ON public.balance TO {database}_billing USING (true);
CREATE POLICY balance_in_scope ON public.balance TO {database}_request USING ((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid));
ALTER TABLE public.billing_run ENABLE ROW LEVEL SECURITY;
CREATE POLICY billing_run_billing ON public.billing_run TO {database}_billing USING (true);
CREATE POLICY billing_run_in_scope ON public.billing_run TO {database}_request USING ((current_setting('app.scope'::text, true) = 'provider'::text));
ALTER TABLE public.charge ENABLE ROW LEVEL SECURITY;
CREATE POLICY charge_billing ON public.charge TO {database}_billing USING (true);
CREATE POLICY charge_in_scope ON public.charge TO {database}_request USING (((current_setting('app.scope'::text, true) = 'provider'::text) OR (EXISTS ( SELECT 1
   FROM public.partner p
  WHERE ((p.id = charge.payer_id) AND (p.path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]))))));
ALTER TABLE public.customer ENABLE ROW LEVEL SECURITY;
CREATE POLICY customer_billing ON public.customer TO {database}_billing USING (true);
CREATE POLICY customer_in_scope ON public.customer TO {database}_request USING (((id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid) OR (partner_path @>
CASE
    WHEN (current_setting('app.scope'::text, true) = 'provider'::text) THEN '{}'::uuid[]
    ELSE ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]
END)));
CREATE POLICY customer_inserted ON public.customer AS RESTRICTIVE FOR INSERT TO {database}_request WITH CHECK (((current_setting('app.scope'::text, true) = 'provider'::text) OR (NOT (not_for_resale OR unlimited))));
ALTER TABLE public.customer_month ENABLE ROW LEVEL SECURITY;
CREATE POLICY customer_month_billing ON public.customer_month TO {database}_billing USING (true);
CREATE POLICY customer_month_in_scope ON public.customer_month TO {database}_request USING (((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid) OR (partner_path @>
CASE
    WHEN (current_setting('app.scope'::text, true) = 'provider'::text) THEN '{}'::uuid[]
    ELSE ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]
END)));
ALTER TABLE public.customer_total ENABLE ROW LEVEL SECURITY;
CREATE POLICY customer_total_billing ON public.customer_total TO {database}_billing USING (true);
CREATE POLICY customer_total_in_scope ON public.customer_total TO {database}_request USING (((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid) OR (partner_path @>
CASE
    WHEN (current_setting('app.scope'::text, true) = 'provider'::text) THEN '{}'::uuid[]
    ELSE ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]
END)));
CREATE POLICY customer_worker ON public.customer TO {database}_worker USING (true);
ALTER TABLE public.installation ENABLE ROW LEVEL SECURITY;
CREATE POLICY installation_changed ON public.installation AS RESTRICTIVE FOR UPDATE TO {database}_request USING (true) WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
CREATE POLICY installation_inserted ON public.installation AS RESTRICTIVE FOR INSERT TO {database}_request WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
CREATE POLICY installation_readable ON public.installation TO {database}_door, {database}_request USING (true);
ALTER TABLE public.invoice ENABLE ROW LEVEL SECURITY;
CREATE POLICY invoice_billing ON public.invoice TO {database}_billing USING (true);
CREATE POLICY invoice_in_scope ON public.invoice TO {database}_request USING (((current_setting('app.scope'::text, true) = 'provider'::text) OR (EXISTS ( SELECT 1
   FROM public.partner p
  WHERE ((p.id = invoice.payer_id) AND (p.path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]))))));
ALTER TABLE public.invoice_line ENABLE ROW LEVEL SECURITY;
CREATE POLICY invoice_line_billing ON public.invoice_line TO {database}_billing USING (true);
CREATE POLICY invoice_line_in_scope ON public.invoice_line TO {database}_request USING (((current_setting('app.scope'::text, true) = 'provider'::text) OR (EXISTS ( SELECT 1
   FROM public.partner p
  WHERE ((p.id = invoice_line.payer_id) AND (p.path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]))))));
ALTER TABLE public.invoice_number ENABLE ROW LEVEL SECURITY;
CREATE POLICY invoice_number_billing ON public.invoice_number TO {database}_billing USING (true);
CREATE POLICY invoice_number_in_scope ON public.invoice_number TO {database}_request USING (false);
ALTER TABLE public.invoice_tax ENABLE ROW LEVEL SECURITY;
CREATE POLICY invoice_tax_billing ON public.invoice_tax TO {database}_billing USING (true);
CREATE POLICY invoice_tax_in_scope ON public.invoice_tax TO {database}_request USING (((current_setting('app.scope'::text, true) = 'provider'::text) OR (EXISTS ( SELECT 1
   FROM public.partner p
  WHERE ((p.id = invoice_tax.payer_id) AND (p.path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]))))));
ALTER TABLE public.journal_entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY journal_entry_billing ON public.journal_entry TO {database}_billing USING (true);
CREATE POLICY journal_entry_in_scope ON public.journal_entry TO {database}_request USING (((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid) OR (partner_path @>
CASE
    WHEN (current_setting('app.scope'::text, true) = 'provider'::text) THEN '{}'::uuid[]
    ELSE ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]
END)));
ALTER TABLE public.kept_answer ENABLE ROW LEVEL SECURITY;
CREATE POLICY kept_answer_in_scope ON public.kept_answer TO {database}_request USING ((actor_id = (NULLIF(current_setting('app.actor'::text, true), ''::text))::uuid));
CREATE POLICY kept_answer_worker ON public.kept_answer TO {database}_worker USING (true);
ALTER TABLE public.ledger_entry ENABLE ROW LEVEL SECURITY;
CREATE POLICY ledger_entry_billing ON public.ledger_entry TO {database}_billing USING (true);
CREATE POLICY ledger_entry_in_scope ON public.ledger_entry TO {database}_request USING ((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid));
ALTER TABLE public.level_discount ENABLE ROW LEVEL SECURITY;
CREATE POLICY level_discount_billing ON public.level_discount TO {database}_billing USING (true);
CREATE POLICY level_discount_changed ON public.level_discount AS RESTRICTIVE FOR UPDATE TO {database}_request USING (true) WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
CREATE POLICY level_discount_in_scope ON public.level_discount TO {database}_request USING ((EXISTS ( SELECT 1
   FROM public.price_list l
  WHERE (l.id = level_discount.price_list_id))));
CREATE POLICY level_discount_inserted ON public.level_discount AS RESTRICTIVE FOR INSERT TO {database}_request WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
ALTER TABLE public.parked_customer ENABLE ROW LEVEL SECURITY;
CREATE POLICY parked_customer_billing ON public.parked_customer TO {database}_billing USING (true);
CREATE POLICY parked_customer_in_scope ON public.parked_customer TO {database}_request USING (((current_setting('app.scope'::text, true) = 'provider'::text) OR (EXISTS ( SELECT 1
   FROM public.partner p
  WHERE ((p.id = parked_customer.payer_id) AND (p.path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]))))));
ALTER TABLE public.partner ENABLE ROW LEVEL SECURITY;
CREATE POLICY partner_billing ON public.partner TO {database}_billing USING (true);
CREATE POLICY partner_changed ON public.partner AS RESTRICTIVE FOR UPDATE TO {database}_request USING (true) WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
CREATE POLICY partner_in_scope ON public.partner TO {database}_request USING (((current_setting('app.scope'::text, true) = 'provider'::text) OR (path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]) OR (id = (NULLIF(current_setting('app.nearest'::text, true), ''::text))::uuid)));
CREATE POLICY partner_inserted ON public.partner AS RESTRICTIVE FOR INSERT TO {database}_request WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
CREATE POLICY partner_worker ON public.partner TO {database}_worker USING (true);
ALTER TABLE public.period ENABLE ROW LEVEL SECURITY;
CREATE POLICY period_billing ON public.period TO {database}_billing USING (true);
CREATE POLICY period_in_scope ON public.period TO {database}_request USING ((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid));
ALTER TABLE public.period_price ENABLE ROW LEVEL SECURITY;
CREATE POLICY period_price_billing ON public.period_price TO {database}_billing USING (true);
CREATE POLICY period_price_in_scope ON public.period_price TO {database}_request USING (((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid) AND (EXISTS ( SELECT 1
   FROM public.period q
  WHERE ((q.customer_id = period_price.customer_id) AND (q.starts_on = period_price.period_starts_on) AND ((current_setting('app.scope'::text, true) = 'provider'::text) OR (EXISTS ( SELECT 1
           FROM public.partner p
          WHERE ((p.id = q.payer_id) AND (p.path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]))))))))));
ALTER TABLE public.period_rating ENABLE ROW LEVEL SECURITY;
CREATE POLICY period_rating_billing ON public.period_rating TO {database}_billing USING (true);
CREATE POLICY period_rating_in_scope ON public.period_rating TO {database}_request USING ((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid));
ALTER TABLE public.price ENABLE ROW LEVEL SECURITY;
CREATE POLICY price_billing ON public.price TO {database}_billing USING (true);
CREATE POLICY price_changed ON public.price AS RESTRICTIVE FOR UPDATE TO {database}_request USING (true) WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
CREATE POLICY price_in_scope ON public.price TO {database}_request USING ((EXISTS ( SELECT 1
   FROM public.price_list l
  WHERE (l.id = price.price_list_id))));
CREATE POLICY price_inserted ON public.price AS RESTRICTIVE FOR INSERT TO {database}_request WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
ALTER TABLE public.price_list ENABLE ROW LEVEL SECURITY;
CREATE POLICY price_list_billing ON public.price_list TO {database}_billing USING (true);
CREATE POLICY price_list_changed ON public.price_list AS RESTRICTIVE FOR UPDATE TO {database}_request USING (true) WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
CREATE POLICY price_list_in_scope ON public.price_list TO {database}_request USING (((current_setting('app.scope'::text, true) = 'provider'::text) OR ((partner_id IS NULL) AND ((current_setting('app.scope'::text, true) = 'provider'::text) OR (EXISTS ( SELECT 1
   FROM public.partner p
  WHERE ((p.id = (NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid) AND p.payer))))) OR (EXISTS ( SELECT 1
   FROM public.partner p
  WHERE ((p.id = price_list.partner_id) AND (p.path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]))))));
CREATE POLICY price_list_inserted ON public.price_list AS RESTRICTIVE FOR INSERT TO {database}_request WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
ALTER TABLE public.run_payer ENABLE ROW LEVEL SECURITY;
CREATE POLICY run_payer_billing ON public.run_payer TO {database}_billing USING (true);
CREATE POLICY run_payer_in_scope ON public.run_payer TO {database}_request USING (((current_setting('app.scope'::text, true) = 'provider'::text) OR (EXISTS ( SELECT 1
   FROM public.partner p
  WHERE ((p.id = run_payer.payer_id) AND (p.path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]))))));
ALTER TABLE public.seat_event ENABLE ROW LEVEL SECURITY;
CREATE POLICY seat_event_billing ON public.seat_event TO {database}_billing USING (true);
CREATE POLICY seat_event_in_scope ON public.seat_event TO {database}_request USING ((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid));
ALTER TABLE public.seat_user ENABLE ROW LEVEL SECURITY;
CREATE POLICY seat_user_in_scope ON public.seat_user TO {database}_request USING ((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid));
ALTER TABLE public.site ENABLE ROW LEVEL SECURITY;
CREATE POLICY site_billing ON public.site TO {database}_billing USING (true);
CREATE POLICY site_in_scope ON public.site TO {database}_request USING ((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid));
ALTER TABLE public.site_tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY site_tenant_in_scope ON public.site_tenant TO {database}_request USING ((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid));
CREATE POLICY site_tenant_worker ON public.site_tenant TO {database}_worker USING (true);
ALTER TABLE public.stack ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.stack_call ENABLE ROW LEVEL SECURITY;
CREATE POLICY stack_call_in_scope ON public.stack_call TO {database}_request USING ((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid));
CREATE POLICY stack_call_worker ON public.stack_call TO {database}_worker USING (true);
CREATE POLICY stack_in_scope ON public.stack TO {database}_request USING (((current_setting('app.scope'::text, true) = 'provider'::text) OR (EXISTS ( SELECT 1
   FROM public.partner p
  WHERE ((p.id = stack.partner_id) AND (p.path @> ARRAY[(NULLIF(current_setting('app.partner'::text, true), ''::text))::uuid]))))));
ALTER TABLE public.stack_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY stack_token_in_scope ON public.stack_token TO {database}_request USING (false);
CREATE POLICY stack_token_worker ON public.stack_token TO {database}_worker USING (true);
CREATE POLICY stack_worker ON public.stack TO {database}_worker USING (true);
ALTER TABLE public.subscription_type ENABLE ROW LEVEL SECURITY;
CREATE POLICY subscription_type_changed ON public.subscription_type AS RESTRICTIVE FOR UPDATE TO {database}_request USING (true) WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
CREATE POLICY subscription_type_inserted ON public.subscription_type AS RESTRICTIVE FOR INSERT TO {database}_request WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
CREATE POLICY subscription_type_readable ON public.subscription_type TO {database}_door, {database}_request USING (true);
ALTER TABLE public.synchronization ENABLE ROW LEVEL SECURITY;
CREATE POLICY synchronization_in_scope ON public.synchronization TO {database}_request USING ((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid));
CREATE POLICY synchronization_worker ON public.synchronization TO {database}_worker USING (true);
ALTER TABLE public.tenant_reading ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_reading_in_scope ON public.tenant_reading TO {database}_request USING ((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid));
ALTER TABLE public.tenant_register ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_register_in_scope ON public.tenant_register TO {database}_request USING ((customer_id = (NULLIF(current_setting('app.customer'::text, true), ''::text))::uuid));
CREATE POLICY tenant_register_worker ON public.tenant_register TO {database}_worker USING (true);
ALTER TABLE public.term_discount ENABLE ROW LEVEL SECURITY;
CREATE POLICY term_discount_billing ON public.term_discount TO {database}_billing USING (true);
CREATE POLICY term_discount_changed ON public.term_discount AS RESTRICTIVE FOR UPDATE TO {database}_request USING (true) WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
CREATE POLICY term_discount_in_scope ON public.term_discount TO {database}_request USING ((EXISTS ( SELECT 1
   FROM public.price_list l
  WHERE (l.id = term_discount.price_list_id))));
CREATE POLICY term_discount_inserted ON public.term_discount AS RESTRICTIVE FOR INSERT TO {database}_request WITH CHECK ((current_setting('app.scope'::text, true) = 'provider'::text));
GRANT USAGE ON SCHEMA public TO {database}_door;
GRANT USAGE ON SCHEMA public TO {database}_request;
GRANT USAGE ON SCHEMA public TO {database}_worker;
GRANT USAGE ON SCHEMA public TO {database}_billing;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.procrastinate_jobs TO {database}_request;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account TO {database}_door;
GRANT INSERT ON TABLE public.account TO {database}_request;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_emailaddress TO {database}_door;
GRANT USAGE ON SEQUENCE public.account_emailaddress_id_seq TO {database}_door;
GRANT USAGE ON SEQUENCE public.account_emailaddress_id_seq TO {database}_request;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.account_emailconfirmation TO {database}_door;
GRANT USAGE ON SEQUENCE public.account_emailconfirmation_id_seq TO {database}_door;
GRANT USAGE ON SEQUENCE public.account_emailconfirmation_id_seq TO {database}_request;
GRANT SELECT,INSERT,UPDATE ON TABLE public.administrator TO {database}_request;
GRANT SELECT ON TABLE public.administrator TO {database}_door;
GRANT SELECT,INSERT,UPDATE ON TABLE public.api_key TO {database}_request;
GRANT SELECT ON TABLE public.api_key TO {database}_door;
GRANT USAGE ON SEQUENCE public.auth_group_id_seq TO {database}_door;
GRANT USAGE ON SEQUENCE public.auth_group_id_seq TO {database}_request;
GRANT USAGE ON SEQUENCE public.auth_group_permissions_id_seq TO {database}_door;
GRANT USAGE ON SEQUENCE public.auth_group_permissions_id_seq TO {database}_request;
GRANT USAGE ON SEQUENCE public.auth_permission_id_seq TO {database}_door;
GRANT USAGE ON SEQUENCE public.auth_permission_id_seq TO {database}_request;
GRANT SELECT,INSERT,UPDATE ON TABLE public.balance TO {database}_request;
GRANT SELECT ON TABLE public.billing_run TO {database}_request;
GRANT SELECT,INSERT,UPDATE ON TABLE public.billing_run TO {database}_billing;
GRANT SELECT ON TABLE public.charge TO {database}_request;
GRANT SELECT,INSERT ON TABLE public.charge TO {database}_billing;
GRANT SELECT,INSERT ON TABLE public.customer TO {database}_request;
GRANT UPDATE(partner_path) ON TABLE public.customer TO {database}_billing;
GRANT UPDATE(name) ON TABLE public.customer TO {database}_request;
GRANT UPDATE(client_id) ON TABLE public.customer TO {database}_request;
GRANT UPDATE(purchase_order) ON TABLE public.customer TO {database}_request;
GRANT UPDATE(status) ON TABLE public.customer TO {database}_billing;
GRANT UPDATE(term_months) ON TABLE public.customer TO {database}_billing;
GRANT UPDATE(pending_term_months) ON TABLE public.customer TO {database}_request;
GRANT UPDATE(pending_term_months) ON TABLE public.customer TO {database}_billing;
GRANT UPDATE(period_starts_on) ON TABLE public.customer TO {database}_billing;
GRANT UPDATE(period_ends_on) ON TABLE public.customer TO {database}_billing;
GRANT UPDATE(cancel_at_end_of_period) ON TABLE public.customer TO {database}_billing;
GRANT UPDATE(version) ON TABLE public.customer TO {database}_request;
GRANT UPDATE(version) ON TABLE public.customer TO {database}_billing;
GRANT SELECT ON TABLE public.customer_month TO {database}_request;
GRANT SELECT,INSERT ON TABLE public.customer_month TO {database}_billing;
GRANT UPDATE(partner_path) ON TABLE public.customer_month TO {database}_billing;
GRANT SELECT,INSERT,UPDATE ON TABLE public.customer_total TO {database}_request;
GRANT SELECT ON TABLE public.django_content_type TO {database}_door;
GRANT USAGE ON SEQUENCE public.django_content_type_id_seq TO {database}_door;
GRANT USAGE ON SEQUENCE public.django_content_type_id_seq TO {database}_request;
GRANT SELECT ON TABLE public.django_migrations TO {database}_door;
GRANT USAGE ON SEQUENCE public.django_migrations_id_seq TO {database}_door;
GRANT USAGE ON SEQUENCE public.django_migrations_id_seq TO {database}_request;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.django_session TO {database}_door;
GRANT SELECT,UPDATE ON TABLE public.installation TO {database}_request;
GRANT SELECT ON TABLE public.installation TO {database}_door;
GRANT SELECT ON TABLE public.invoice TO {database}_request;
GRANT SELECT,INSERT ON TABLE public.invoice TO {database}_billing;
GRANT SELECT ON TABLE public.invoice_line TO {database}_request;
GRANT SELECT,INSERT ON TABLE public.invoice_line TO {database}_billing;
GRANT SELECT,INSERT,UPDATE ON TABLE public.invoice_number TO {database}_billing;
GRANT SELECT ON TABLE public.invoice_tax TO {database}_request;
GRANT SELECT,INSERT ON TABLE public.invoice_tax TO {database}_billing;
GRANT SELECT,INSERT ON TABLE public.journal_entry TO {database}_request;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.kept_answer TO {database}_request;
GRANT SELECT,INSERT ON TABLE public.ledger_entry TO {database}_request;
GRANT SELECT,INSERT ON TABLE public.level_discount TO {database}_request;
GRANT SELECT ON TABLE public.parked_customer TO {database}_request;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.parked_customer TO {database}_billing;
GRANT SELECT,INSERT,UPDATE ON TABLE public.partner TO {database}_request;
GRANT SELECT ON TABLE public.period TO {database}_request;
GRANT SELECT,INSERT ON TABLE public.period TO {database}_billing;
GRANT UPDATE(payer_id) ON TABLE public.period TO {database}_billing;
GRANT SELECT ON TABLE public.period_price TO {database}_request;
GRANT SELECT,INSERT ON TABLE public.period_price TO {database}_billing;
GRANT SELECT ON TABLE public.period_rating TO {database}_request;
GRANT SELECT,INSERT ON TABLE public.period_rating TO {database}_billing;
GRANT SELECT,INSERT ON TABLE public.price TO {database}_request;
GRANT SELECT,INSERT ON TABLE public.price_list TO {database}_request;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.procrastinate_events TO {database}_request;
GRANT USAGE ON SEQUENCE public.procrastinate_events_id_seq TO {database}_door;
GRANT USAGE ON SEQUENCE public.procrastinate_events_id_seq TO {database}_request;
GRANT USAGE ON SEQUENCE public.procrastinate_jobs_id_seq TO {database}_door;
GRANT USAGE ON SEQUENCE public.procrastinate_jobs_id_seq TO {database}_request;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.procrastinate_periodic_defers TO {database}_request;
GRANT USAGE ON SEQUENCE public.procrastinate_periodic_defers_id_seq TO {database}_door;
GRANT USAGE ON SEQUENCE public.procrastinate_periodic_defers_id_seq TO {database}_request;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.procrastinate_workers TO {database}_request;
GRANT USAGE ON SEQUENCE public.procrastinate_workers_id_seq TO {database}_door;
GRANT USAGE ON SEQUENCE public.procrastinate_workers_id_seq TO {database}_request;
GRANT SELECT ON TABLE public.run_payer TO {database}_request;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.run_payer TO {database}_billing;
GRANT SELECT,INSERT ON TABLE public.seat_event TO {database}_request;
GRANT SELECT,INSERT,UPDATE ON TABLE public.seat_user TO {database}_request;
GRANT SELECT,INSERT,UPDATE ON TABLE public.site TO {database}_request;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.site_tenant TO {database}_request;
GRANT SELECT,INSERT,UPDATE ON TABLE public.stack TO {database}_request;
GRANT SELECT,INSERT,UPDATE ON TABLE public.stack_call TO {database}_request;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.stack_token TO {database}_worker;
GRANT SELECT,INSERT,UPDATE ON TABLE public.subscription_type TO {database}_request;
GRANT SELECT ON TABLE public.subscription_type TO {database}_door;
GRANT SELECT,INSERT,UPDATE ON TABLE public.synchronization TO {database}_request;
GRANT SELECT,INSERT,UPDATE ON TABLE public.tenant_reading TO {database}_request;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.tenant_register TO {database}_request;
GRANT SELECT,INSERT ON TABLE public.term_discount TO {database}_request;
INSERT INTO public.django_migrations (app, name, applied) VALUES
('organisation', '0001_initial', '2026-11-26'),
('stacks', '0001_initial', '2026-11-26'),
('sessions', '0001_initial', '2026-11-26'),
('catalogue', '0001_initial', '2026-11-26'),
('seats', '0001_initial', '2026-11-26'),
('procrastinate', '0001_initial', '2026-11-26'),
('procrastinate', '0002_drop_started_at_column', '2026-11-26'),
('procrastinate', '0003_drop_started_at_column', '2026-11-26'),
('procrastinate', '0004_drop_procrastinate_version_table', '2026-11-26'),
('procrastinate', '0005_fix_procrastinate_fetch_job', '2026-11-26'),
('procrastinate', '0006_fix_trigger_status_events_insert', '2026-11-26'),
('procrastinate', '0007_add_queueing_lock_column', '2026-11-26'),
('procrastinate', '0008_close_fetch_job_race_condition', '2026-11-26'),
('procrastinate', '0009_add_defer_job_function', '2026-11-26'),
('procrastinate', '0010_add_procrastinate_periodic_defers', '2026-11-26'),
('procrastinate', '0011_add_foreign_key_index', '2026-11-26'),
('procrastinate', '0012_add_locks_to_periodic_defer', '2026-11-26'),
('procrastinate', '0013_fix_procrastinate_defer_periodic_job', '2026-11-26'),
('procrastinate', '0014_add_finish_job_and_retry_job_functions', '2026-11-26'),
('procrastinate', '0015_add_trigger_on_job_deletion', '2026-11-26'),
('procrastinate', '0016_delete_finished_jobs', '2026-11-26'),
('procrastinate', '0017_add_checks_to_finish_job', '2026-11-26'),
('procrastinate', '0018_add_checks_to_retry_job', '2026-11-26'),
('procrastinate', '0019_fix_finish_job_compat_issue', '2026-11-26'),
('procrastinate', '0020_add_index_on_procrastinate_jobs', '2026-11-26'),
('procrastinate', '0021_add_kwargs_to_defer_periodic_job', '2026-11-26'),
('procrastinate', '0022_null_locks_excluded', '2026-11-26'),
('procrastinate', '0023_remove_old_finish_job_function', '2026-11-26'),
('procrastinate', '0024_job_id_bigint', '2026-11-26'),
('procrastinate', '0025_add_models', '2026-11-26'),
('procrastinate', '0026_add_job_priority', '2026-11-26'),
('procrastinate', '0027_add_periodic_job_priority', '2026-11-26'),
('procrastinate', '0028_add_cancel_states', '2026-11-26'),
('procrastinate', '0029_add_additional_params_to_retry_job', '2026-11-26'),
('procrastinate', '0030_alter_procrastinateevent_options', '2026-11-26'),
('procrastinate', '0031_add_indexes_for_fetch_job', '2026-11-26'),
('procrastinate', '0032_pre_cancel_notification', '2026-11-26'),
('procrastinate', '0033_post_cancel_notification', '2026-11-26'),
('procrastinate', '0034_pre_add_heartbeat', '2026-11-26'),
('procrastinate', '0035_post_add_heartbeat', '2026-11-26'),
('procrastinate', '0036_add_worker_model', '2026-11-26'),
('procrastinate', '0037_pre_batch_defer_jobs', '2026-11-26'),
('procrastinate', '0038_post_batch_defer_jobs', '2026-11-26'),
('procrastinate', '0039_pre_priority_lock_fetch_job', '2026-11-26'),
('procrastinate', '0040_pre_retry_failed_job', '2026-11-26'),
('procrastinate', '0041_post_retry_failed_job', '2026-11-26'),
('journal', '0001_initial', '2026-11-26'),
('cycles', '0001_initial', '2026-11-26'),
('contenttypes', '0001_initial', '2026-11-26'),
('contenttypes', '0002_remove_content_type_name', '2026-11-26'),
('billing', '0001_initial', '2026-11-26'),
('auth', '0001_initial', '2026-11-26'),
('auth', '0002_alter_permission_name_max_length', '2026-11-26'),
('auth', '0003_alter_user_email_max_length', '2026-11-26'),
('auth', '0004_alter_user_username_opts', '2026-11-26'),
('auth', '0005_alter_user_last_login_null', '2026-11-26'),
('auth', '0006_require_contenttypes_0002', '2026-11-26'),
('auth', '0007_alter_validators_add_error_messages', '2026-11-26'),
('auth', '0008_alter_user_username_max_length', '2026-11-26'),
('auth', '0009_alter_user_last_name_max_length', '2026-11-26'),
('auth', '0010_alter_group_name_max_length', '2026-11-26'),
('auth', '0011_update_proxy_permissions', '2026-11-26'),
('auth', '0012_alter_user_first_name_max_length', '2026-11-26'),
('api', '0001_initial', '2026-11-26'),
('allocations', '0001_initial', '2026-11-26'),
('access', '0001_initial', '2026-11-26'),
('account', '0001_initial', '2026-11-26'),
('account', '0002_email_max_length', '2026-11-26'),
('account', '0003_alter_emailaddress_create_unique_verified_email', '2026-11-26'),
('account', '0004_alter_emailaddress_drop_unique_email', '2026-11-26'),
('account', '0005_emailaddress_idx_upper_email', '2026-11-26'),
('account', '0006_emailaddress_lower', '2026-11-26'),
('account', '0007_emailaddress_idx_email', '2026-11-26'),
('account', '0008_emailaddress_unique_primary_email_fixup', '2026-11-26'),
('account', '0009_emailaddress_unique_primary_email', '2026-11-26'),
('access', '0002_database_rules', '2026-11-26');
