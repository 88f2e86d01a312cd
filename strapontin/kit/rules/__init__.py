"""Operations by which a migration gives a table its rules: keys, indexes, grants, row level security.

Each operation brings a table to a state, whatever was there before. So a migration may repeat a rule that the database
has, and a later migration changes grants or a policy by stating them again. But an existing constraint or index of the
same name is left as it is: a migration that changes one drops it first.

Migrations that were applied long ago call these operations, and new installations run them again. So what an
operation means must stay: add another one if you need another meaning. Undoing a migration leaves its rules in place.

``keys``: constraints, indexes, storage. ``rights``: the database roles and what each may do with a table.
``visibility``: which rows a role sees and may write. ``conditions``: SQL about the scope of the transaction.
"""
