"""The command line's sentences in English. Those about the embedded server are in ``StartError``."""

from __future__ import annotations

from strapontin.kit.postgres import StartError

ENGLISH = StartError.MESSAGES | {
    # Help
    "about": "Allocate telephony subscriptions to customers, site by site; invoice what was allocated.",
    "command": "command",
    "up_help": "start the portal and all it needs; Ctrl-C stops it",
    "web_help": "start the web server only",
    "worker_help": "start the worker only, which does the background work",
    "api_key_help": "create an API key and print it; it is shown only this once",
    "api_key_provider": "for the provider, with all roles",
    "api_key_name": "the name of the key in lists",
    "api_key_days": "how many days the key is valid, from 1 to 1000 (default 365)",
    "invite_help": "print a link to choose a password; --name adds a new administrator of the provider",
    "invite_email": "the e-mail address to sign in with",
    "invite_name": "the name of a new administrator of the provider, who gets all roles",
    "migrate_help": "bring the database to this version",
    "doctor_help": "check the installation",
    "stack_simulator_help": "start a server that answers like a Wazo stack",
    "demo_help": "build the demo in an empty database, or print who can sign in to it",
    "demo_check_help": "check that the demo is as it should be",
    # Settings and arguments
    "number_invalid": "{name} is {value}; it must be a number from {lowest} to {highest}.",
    "flag_invalid": "{name} is {value}; it must be 0 or 1.",
    "port_taken": "Port {port} of {host} is in use: choose another one with PORT.",
    "port_forbidden": "You have no right to use port {port}: choose one above 1023 with PORT.",
    "host_invalid": "{host} is not an address of this machine: check HOST.",
    "portal_address_missing": (
        "The portal is for other machines ({host}): set PORTAL_ADDRESS to the address that links in e-mails begin with."
    ),
    "portal_address_invalid": "PORTAL_ADDRESS is {value}; it must be like https://seats.example.net.",
    "tls_missing": (
        "Other machines would reach the portal ({host}) without TLS, and passwords would pass in the clear: put a "
        "proxy with TLS in front and name its origin, as TRUSTED_ORIGINS=https://seats.example.net. In a network that "
        "protects what passes, PLAIN_HTTP=1 allows it."
    ),
    "email_invalid": "This is not an e-mail address: {value}",
    "second_factor_help": "take the second factor from somebody who lost it; the password alone counts then",
    "second_factor_nobody": "no administrator signs in with “{email}”",
    "second_factor_reset": "the second factor of {email} is gone; the next sign-in needs the password alone",
    "invite_nobody": (
        "No account has the address {email}: add --name NAME to create an administrator of the provider."
    ),
    # The database
    "url_invalid": "DATABASE_URL is not of the form postgresql://user:password@host:port/database: {reason}.",
    "database_unknown_host": "DATABASE_URL names a host that is unknown: {host}.",
    "database_unreachable": "No PostgreSQL answers at {host}, which DATABASE_URL names: {reason}.",
    "database_silent": "The database server at {host} did not answer within {seconds} seconds.",
    "database_password": "The database server at {host} does not accept the user or password in DATABASE_URL.",
    "database_missing": "There is no database “{database}” at {host}.",
    "database_full": "The database server at {host} has no free connection.",
    "database_refused": "The database server at {host} refused the connection: {reason}.",
    "database_version": "The database server is PostgreSQL {found}; versions {oldest} to {newest} are supported.",
    "database_encoding": "The database “{database}” is encoded in {found}; it must be UTF8.",
    "database_newer": (
        "The database was migrated by a newer version of Strapontin ({migration} is unknown here): "
        "install that version."
    ),
    "database_behind": (
        "The database is behind this version (migrations to apply: {count}): run “strapontin migrate”."
    ),
    "roles_missing": (
        "The user {user} may not create the database roles {roles}: “strapontin doctor” prints what an "
        "administrator of the database has to run."
    ),
    "migrating": "Preparing the database (migrations: {count})…",
    "migrated": "The database is up to date.",
    # The demo
    "building_demo": "Building the demo…",
    "demo_begun_again": "The demo was not finished; it is built again.",
    "demo_elsewhere": (
        "This database is in use and is no demo: choose an empty one with DATABASE_URL or STRAPONTIN_HOME."
    ),
    "demo_exposed": (
        "A demo is served on this machine alone, because everybody knows its passwords: leave out DEMO=1, or set HOST "
        "to 127.0.0.1 and leave out ALLOWED_HOSTS and TRUSTED_ORIGINS."
    ),
    "demo_unwanted": (
        "This database holds a demo, and everybody knows its passwords: choose another one with STRAPONTIN_HOME or "
        "DATABASE_URL, or serve it on this machine alone with DEMO=1 and HOST=127.0.0.1."
    ),
    "demo_sound": "The demo is as it should be.",
    "sign_ins": "Sign in as:",
    # While it runs
    "data_in": "Data: {path}",
    "server_embedded": "Database: the PostgreSQL {version} that comes with Strapontin, by socket only",
    "server_outside": "Database: PostgreSQL {version} at {host}",
    "stop_hint": "Ctrl-C stops everything. Logs: {path}",
    "child_restarted": "{name} ended ({how}); it starts again in {seconds:.0f} s. See {log}",
    "child_failed": "{name} does not keep running ({how}): {reason} (see {log}).",
    "not_ready": "The portal did not answer within {seconds} seconds: {reason} (see {log}).",
    "server_restarted": "PostgreSQL had died; it runs again, nothing committed is lost.",
    "exit_code": "code {code}",
    "exit_signal": "signal {signal}",
    # The doctor
    "doctor_fine": "Everything is in order.",
    "doctor_faults": "Problems: {count}.",
    "check_home": "data directory {path}, {free_gb:.1f} GB free",
    "check_disk_low": "less than 1 GB is free for {path}",
    "check_server": "PostgreSQL {version} at {host}, database {database}, user {user}",
    "check_durable": "committed work is on disk (fsync, synchronous_commit)",
    "check_not_durable": "the server may lose committed work: {setting} is off",
    "check_cookies": (
        "Python {version} reads certain cookies very slowly (CVE-2024-7592). Strapontin refuses them; install 3.11.10, "
        "3.12.6 or newer all the same"
    ),
    "check_clock": "the server’s clock agrees with that of this machine",
    "check_clock_off": "the server’s clock differs from that of this machine by {seconds:.0f} s",
    "check_roles": "database roles: {roles}",
    "check_roles_creatable": "the first migration will create the roles {roles}",
    "check_roles_grant": "an administrator of the database has to run:",
    "check_logins": "the portal signs in as {logins}, which own nothing",
    "check_logins_missing": (
        "the portal signs in as {user}, who owns its tables: a fault in one page could open all of them. "
        "“strapontin migrate” makes logins of its own. If it may not, an administrator of the database has to run:"
    ),
    "check_migrations": "the database has the schema of this version",
    "check_demo": "a demo, served on this machine alone: everybody knows its passwords",
    "check_time_zone": "time zone: {name}",
    "check_time_zone_unknown": "the time zone {name} is unknown",
    "check_tls": "{address} has a certificate of a known authority until {until}, and speaks {version}",
    "check_tls_none": "the portal is for other machines, but {address} is not https://",
    "check_tls_refused": "no TLS that browsers trust at {address}: {reason}",
    "check_tls_old": "{address} still takes {old}: allow the proxy TLS 1.2 and 1.3 alone",
    "check_history": "{path} lies beside the program: install a copy without it, by git archive or as a wheel",
    "check_mail": "e-mail is sent through {host}:{port}, from {sender}",
    "check_no_mail": (
        "e-mail: none is sent (EMAIL_HOST is not set); “strapontin invite” prints invitations and new-password links"
    ),
    "check_issuer": "the issuer’s name, address and numbers are there: invoices can be issued",
    "check_issuer_incomplete": "no invoice can be issued: of the issuer, {fields} is missing (PATCH /settings)",
    "check_specimens": "this is a sandbox: its invoices are specimens",
    "check_worker": "a worker is running, last sign of life {seconds:.0f} s ago",
    "check_same_server": "these stacks are the same telephone server: {stacks}; keep one of them",
    "check_tenant_twice": "the tenant {tenant} is attached by two stacks and counted twice: detach one of them",
    "check_no_worker": "no worker is running: background work waits",
}
