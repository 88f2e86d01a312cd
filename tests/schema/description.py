"""What PostgreSQL's catalogue says of a database, as text that can be compared with another database's.

The names of roles carry the database's name; ``{database}`` stands for it. Texts come from the server, so only
descriptions by the same server can be compared.
"""

from __future__ import annotations

import psycopg

Description = dict[str, set[str]]
"""The lines of each part of the catalogue."""

# Each answers one text a row. Objects of extensions are left out: they belong to PostgreSQL.
_PARTS = {
    "tables": """
        SELECT format('%s kind=%s row security=%s forced=%s options=%s owner=%s', relname, relkind, relrowsecurity,
                      relforcerowsecurity, reloptions, relowner::regrole)
          FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
    """,
    "columns": """
        SELECT format('%s.%s #%s %s not null=%s default=%s generated=%s identity=%s collation=%s', attrelid::regclass,
                      attname, rank() OVER (PARTITION BY attrelid ORDER BY attnum), format_type(atttypid, atttypmod),
                      attnotnull, pg_get_expr(adbin, adrelid), attgenerated, attidentity, attcollation::regcollation)
          FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
          LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
    """,
    # Since PostgreSQL 18 NOT NULL is a constraint too; the columns have it.
    "constraints": """
        SELECT format('%s.%s %s validated=%s', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND contype <> 'n'
    """,
    "indexes": """
        SELECT format('%s valid=%s', pg_get_indexdef(indexrelid), indisvalid) FROM pg_index
          JOIN pg_class c ON c.oid = indexrelid WHERE relnamespace = 'public'::regnamespace
    """,
    "policies": """
        SELECT format('%s.%s %s for %s to %s using (%s) check (%s)', tablename, policyname, permissive, cmd,
                      (SELECT array_agg(role ORDER BY role) FROM unnest(roles) role), qual, with_check)
          FROM pg_policies WHERE schemaname = 'public'
    """,
    "grants": """
        SELECT format('%s: %s to %s by %s grantable=%s', relname, privilege_type, grantee::regrole, grantor::regrole,
                      is_grantable)
          FROM pg_class, LATERAL (SELECT CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char") k (kind),
               aclexplode(coalesce(relacl, acldefault(kind, relowner)))
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
    """,
    "column grants": """
        SELECT format('%s.%s: %s to %s grantable=%s', attrelid::regclass, attname, privilege_type, grantee::regrole,
                      is_grantable)
          FROM pg_attribute JOIN pg_class c ON c.oid = attrelid, aclexplode(attacl)
         WHERE relnamespace = 'public'::regnamespace
    """,
    "schema grants": """
        SELECT format('%s to %s', privilege_type, grantee::regrole) FROM pg_namespace, aclexplode(nspacl)
         WHERE nspname = 'public'
    """,
    "functions": """
        SELECT format('%s grants=%s', pg_get_functiondef(p.oid), proacl) FROM pg_proc p
         WHERE pronamespace = 'public'::regnamespace AND prokind <> 'a'
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    """,
    "triggers": """
        SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
         WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal
    """,
    "enumerations": """
        SELECT format('%s: %s', enumtypid::regtype, string_agg(enumlabel, ', ' ORDER BY enumsortorder))
          FROM pg_enum GROUP BY enumtypid
    """,
    "sequences": """
        SELECT format('%s of %s.%s: %s from %s by %s, %s to %s', s.seqrelid::regclass, d.refobjid::regclass, attname,
                      s.seqtypid::regtype, seqstart, seqincrement, seqmin, seqmax)
          FROM pg_sequence s LEFT JOIN pg_depend d ON d.objid = s.seqrelid AND d.deptype IN ('a', 'i')
          LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    """,
    "extensions": "SELECT extname::text FROM pg_extension",
    "roles": """
        SELECT format('%s: login=%s super=%s bypass=%s create=%s inherit=%s', rolname, rolcanlogin, rolsuper,
                      rolbypassrls, rolcreaterole, rolinherit)
          FROM pg_roles WHERE starts_with(rolname, current_database() || '_')
    """,
    "members": """
        SELECT format('%s is a %s by %s, admin=%s', member::regrole, roleid::regrole, grantor::regrole, admin_option)
          FROM pg_auth_members
         WHERE starts_with(roleid::regrole::text, current_database() || '_')
    """,
    "migrations": "SELECT format('%s.%s', app, name) FROM django_migrations",
}


def describe(url: str) -> Description:
    """The description of the database at ``url``, which a superuser opens."""
    with psycopg.connect(url) as connection:
        return {part: _lines(connection, query) for part, query in _PARTS.items()}


def _lines(connection: psycopg.Connection, query: str) -> set[str]:
    name = connection.info.dbname
    texts = [text for (text,) in connection.execute(query.encode()).fetchall()]
    lines = {text.replace(f"{name}_", "{database}_") for text in texts}
    assert len(lines) == len(texts) > 0, "two objects look the same, or nothing was found"
    return lines
