"""The tables of a database, from PostgreSQL's catalogs."""

from collections.abc import Sequence
from dataclasses import dataclass

from psycopg import sql

from services.backup.connection import AnyConnection

# Tables with rows that survive a crash, without those of PostgreSQL and of extensions. `name` is quoted.
_TABLES = """
SELECT c.oid::regclass::text, n.nspname::text, c.relname::text, pg_relation_size(c.oid),
       array(SELECT attname::text FROM pg_attribute
             WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum),
       array(SELECT attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k(number, position)
             JOIN pg_attribute ON attrelid = c.oid AND attnum = k.number ORDER BY position)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind = 'r' AND c.relpersistence = 'p' AND n.nspname !~ '^(pg_|information_schema$)'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
                  AND d.deptype = 'e')
ORDER BY 1
"""
_FOREIGN_KEYS = """
SELECT count(*) FROM pg_constraint JOIN pg_namespace ON pg_namespace.oid = connamespace
WHERE contype = 'f' AND conparentid = 0 AND nspname !~ '^(pg_|information_schema$)'
"""


@dataclass(frozen=True)
class Table:
    """A table: its name with quotes, its size, its columns, and those of its primary key."""

    name: str
    schema: str
    table: str
    bytes: int
    columns: Sequence[str]
    key: Sequence[str]

    @property
    def identifier(self) -> sql.Identifier:
        """The name in statements."""
        return sql.Identifier(self.schema, self.table)

    @property
    def row_hash(self) -> sql.Composed:
        """The hash of a row of the table `t`."""
        columns = sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(each)) for each in self.columns)
        return sql.SQL("hashtextextended(ROW({})::text, 0)").format(columns)


def list_tables(connection: AnyConnection) -> list[Table]:
    """Return all tables, in order of their names."""
    return [Table(*row) for row in connection.execute(_TABLES).fetchall()]  # type: ignore[arg-type]


def count_foreign_keys(connection: AnyConnection) -> int:
    """Return the number of foreign keys."""
    return int(str(read_value(connection, _FOREIGN_KEYS)))


def read_value(connection: AnyConnection, statement: str) -> object:
    """Return the first value of a statement's only row."""
    row = connection.execute(statement.encode()).fetchone()
    return None if row is None else row[0]
