"""Totals count the sites on which a type is full, so that lists need not look at every site (SPEC 9)."""

from django.db import migrations

from strapontin.kit.models import count_field
from strapontin.kit.rules.rights import Executes

# Whether users hold the seats of a site and none is left for a new one: 1, else 0. What is above is not full.
FULL_SITE = """
CREATE OR REPLACE FUNCTION full_site(allocated int, next_cycle int, used int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN used > 0 AND used <= allocated AND used >= least(allocated, next_cycle) THEN 1 ELSE 0 END
"""
# Row level security hides every row from the owner, who makes the migration, unless it is lifted.
COUNT = """
ALTER TABLE balance NO FORCE ROW LEVEL SECURITY;
ALTER TABLE customer_total NO FORCE ROW LEVEL SECURITY;
UPDATE customer_total t SET full_sites = b.full_sites
  FROM (SELECT customer_id, type_code, sum(full_site(allocated, next_cycle, used)) AS full_sites
          FROM balance GROUP BY customer_id, type_code) AS b
 WHERE (b.customer_id, b.type_code) = (t.customer_id, t.type_code) AND b.full_sites > 0;
ALTER TABLE balance FORCE ROW LEVEL SECURITY;
ALTER TABLE customer_total FORCE ROW LEVEL SECURITY
"""


class Migration(migrations.Migration):
    dependencies = [("allocations", "0004_exchanges")]
    operations = [
        migrations.RunSQL(FULL_SITE, "DROP FUNCTION full_site(int, int, int)"),
        Executes("full\\_site", ("request",)),
        migrations.AddField("customertotal", "full_sites", count_field(db_default=0)),
        migrations.RunSQL(COUNT, migrations.RunSQL.noop),
    ]
