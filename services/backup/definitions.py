"""The definitions of a database's objects, and the values of its sequences, from PostgreSQL's catalogs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from services.backup.connection import AnyConnection

# Names have their schema, because `search_path` has none. Objects of PostgreSQL and of extensions are
# left out, and indexes that their creation did not complete, as by `pg_dump`.
_DEFINITIONS: Final = """
WITH members AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
schemas AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'),
relations AS (
    SELECT c.oid, c.relkind, c.oid::regclass::text AS name
    FROM pg_class c JOIN schemas ON schemas.oid = relnamespace
    WHERE NOT EXISTS (SELECT FROM members WHERE classid = 'pg_class'::regclass AND objid = c.oid)
)
SELECT 'column ' || r.name || '.' || quote_ident(attname),
       concat_ws(' ', format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN 'NOT NULL' END,
                 nullif(attcollation, 0)::regcollation, attidentity, attgenerated,
                 pg_get_expr(adbin, adrelid))
FROM relations r JOIN pg_attribute ON attrelid = r.oid
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'p', 'v', 'm')
UNION ALL
SELECT 'index ' || indexrelid::regclass, pg_get_indexdef(indexrelid)
FROM relations r JOIN pg_index ON indrelid = r.oid WHERE indisvalid
UNION ALL
SELECT 'constraint ' || r.name || '.' || quote_ident(conname), pg_get_constraintdef(k.oid)
FROM relations r JOIN pg_constraint k ON conrelid = r.oid
UNION ALL
SELECT 'view ' || r.name, pg_get_viewdef(r.oid) FROM relations r WHERE relkind IN ('v', 'm')
UNION ALL
SELECT 'trigger ' || r.name || '.' || quote_ident(tgname), pg_get_triggerdef(t.oid) || tgenabled::text
FROM relations r JOIN pg_trigger t ON tgrelid = r.oid WHERE NOT tgisinternal
UNION ALL
SELECT 'sequence ' || r.name,
       concat_ws(' ', format_type(seqtypid, NULL), seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle)
FROM relations r JOIN pg_sequence ON seqrelid = r.oid
UNION ALL
SELECT 'function ' || p.oid::regprocedure, pg_get_functiondef(p.oid)
FROM pg_proc p JOIN schemas ON schemas.oid = pronamespace
WHERE prokind <> 'a'
  AND NOT EXISTS (SELECT FROM members WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
UNION ALL
SELECT 'enum ' || t.oid::regtype, string_agg(quote_literal(enumlabel), ' ' ORDER BY enumsortorder)
FROM pg_enum JOIN pg_type t ON t.oid = enumtypid JOIN schemas ON schemas.oid = typnamespace
WHERE NOT EXISTS (SELECT FROM members WHERE classid = 'pg_type'::regclass AND objid = t.oid)
GROUP BY t.oid
"""
# A sequence that cycles has no order of values.
_SEQUENCES: Final = """
SELECT format('%I.%I', schemaname, sequencename), last_value, start_value FROM pg_sequences
WHERE NOT cycle AND schemaname !~ '^(pg_|information_schema$)'
"""
# PostgreSQL writes some casts of an expression in another order after a restore, such as those of
# `state IN ('open', 'paid')` for a column of type varchar.
_CASTS_AND_PARENTHESES: Final = re.compile(r'::(?:"[^"]+"|[a-z_]+(?: varying)?)(?:\(\d+\))?(?:\[\])?|[()\s]')


@dataclass(frozen=True)
class Sequence:
    """The last value that a sequence gave out, or None, and its first one."""

    last: int | None
    start: int


def read_definitions(connection: AnyConnection) -> Mapping[str, str]:
    """Return the definitions by kind and name."""
    rows = connection.execute(_DEFINITIONS).fetchall()
    return {str(name): str(definition) for name, definition in rows}


def read_sequences(connection: AnyConnection) -> Mapping[str, Sequence]:
    """Return the present values of sequences by name: they are not part of a snapshot."""
    return {
        str(name): Sequence(None if last is None else int(str(last)), int(str(start)))
        for name, last, start in connection.execute(_SEQUENCES).fetchall()
    }


def find_different_definitions(dumped: Mapping[str, str], restored: Mapping[str, str]) -> Iterator[str]:
    """Yield a problem for each object that is missing on one side, or has another definition."""
    for name in sorted({*dumped, *restored}):
        found, copied = dumped.get(name), restored.get(name)
        if found is None or copied is None or _simplify(found) != _simplify(copied):
            yield f"{name}: {found} in the database, and {copied} in the dump"


def find_wrong_sequences(
    before: Mapping[str, Sequence], after: Mapping[str, Sequence], restored: Mapping[str, Sequence]
) -> Iterator[str]:
    """Yield a problem for each sequence whose restored value it did not have while `pg_dump` ran."""
    for name in sorted(before.keys() & after.keys()):
        first, last, found = before[name], after[name], restored.get(name)
        if found is None or not _is_between(found.last, first, last):
            value = found.last if found else None
            yield f"sequence {name}: {first.last} to {last.last} in the database, and {value} in the dump"


def _simplify(definition: str) -> str:
    return _CASTS_AND_PARENTHESES.sub("", definition)


def _is_between(value: int | None, first: Sequence, last: Sequence) -> bool:
    if value is None or last.last is None:
        return value == first.last
    lowest, highest = sorted((first.start if first.last is None else first.last, last.last))
    return lowest <= value <= highest
