/**
 * INFORMATION_SCHEMA ("INFORMATION_SCHEMA Tables"): databases, tables, columns, keys and views as rows, for clients, for what maps objects to tables, and for dumps. Names are MySQL's; what this
 * server has none of (triggers, routines, events, partitions, files) is an empty table, and what it does not measure is NULL.
 */
import type { ColumnType, SqlValue } from '../types.ts';
import { CHARSET, COLLATION, COLLATIONS } from './collations.ts';
import {
  type Asking,
  checks,
  columns,
  constraints,
  keyColumns,
  references,
  schemata,
  statistics,
  tables,
  views,
} from './information-rows.ts';
import type { VirtualTable } from './virtual-table.ts';

const TEXT: ColumnType = { k: 'text', name: 'varchar', length: 512, binary: false };
const NUMBER: ColumnType = { k: 'int', name: 'bigint', unsigned: true };

interface Spec {
  /** Names of columns; a number where `#` stands in front. */
  readonly columns: string;
  rows?(asking: Asking): SqlValue[][];
}

export function informationTable(name: string, asking: Asking): VirtualTable | undefined {
  const spec = SPECS.get(name.toUpperCase());
  if (spec === undefined) return undefined;
  const columns = spec.columns
    .split(/\s+/)
    .map((each): readonly [string, ColumnType] => (each.startsWith('#') ? [each.slice(1), NUMBER] : [each, TEXT]));
  return { columns, rows: spec.rows?.(asking) ?? [] };
}

const SPECS: ReadonlyMap<string, Spec> = new Map<string, Spec>([
  [
    'SCHEMATA',
    { columns: 'CATALOG_NAME SCHEMA_NAME DEFAULT_CHARACTER_SET_NAME DEFAULT_COLLATION_NAME SQL_PATH', rows: schemata },
  ],
  [
    'TABLES',
    {
      columns:
        'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME TABLE_TYPE ENGINE #VERSION ROW_FORMAT #TABLE_ROWS #AVG_ROW_LENGTH #DATA_LENGTH #MAX_DATA_LENGTH #INDEX_LENGTH #DATA_FREE #AUTO_INCREMENT CREATE_TIME UPDATE_TIME CHECK_TIME TABLE_COLLATION #CHECKSUM CREATE_OPTIONS TABLE_COMMENT',
      rows: tables,
    },
  ],
  [
    'COLUMNS',
    {
      columns:
        'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME #ORDINAL_POSITION COLUMN_DEFAULT IS_NULLABLE DATA_TYPE #CHARACTER_MAXIMUM_LENGTH #CHARACTER_OCTET_LENGTH #NUMERIC_PRECISION #NUMERIC_SCALE #DATETIME_PRECISION CHARACTER_SET_NAME COLLATION_NAME COLUMN_TYPE COLUMN_KEY EXTRA PRIVILEGES COLUMN_COMMENT GENERATION_EXPRESSION',
      rows: columns,
    },
  ],
  [
    'STATISTICS',
    {
      columns:
        'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME #NON_UNIQUE INDEX_SCHEMA INDEX_NAME #SEQ_IN_INDEX COLUMN_NAME COLLATION #CARDINALITY #SUB_PART PACKED NULLABLE INDEX_TYPE COMMENT INDEX_COMMENT',
      rows: statistics,
    },
  ],
  [
    'KEY_COLUMN_USAGE',
    {
      columns:
        'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_CATALOG TABLE_SCHEMA TABLE_NAME COLUMN_NAME #ORDINAL_POSITION #POSITION_IN_UNIQUE_CONSTRAINT REFERENCED_TABLE_SCHEMA REFERENCED_TABLE_NAME REFERENCED_COLUMN_NAME',
      rows: keyColumns,
    },
  ],
  [
    'TABLE_CONSTRAINTS',
    {
      columns: 'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME TABLE_SCHEMA TABLE_NAME CONSTRAINT_TYPE',
      rows: constraints,
    },
  ],
  [
    'REFERENTIAL_CONSTRAINTS',
    {
      columns:
        'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA CONSTRAINT_NAME UNIQUE_CONSTRAINT_CATALOG UNIQUE_CONSTRAINT_SCHEMA UNIQUE_CONSTRAINT_NAME MATCH_OPTION UPDATE_RULE DELETE_RULE TABLE_NAME REFERENCED_TABLE_NAME',
      rows: references,
    },
  ],
  [
    'VIEWS',
    {
      columns:
        'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME VIEW_DEFINITION CHECK_OPTION IS_UPDATABLE DEFINER SECURITY_TYPE CHARACTER_SET_CLIENT COLLATION_CONNECTION',
      rows: views,
    },
  ],
  [
    'ENGINES',
    {
      columns: 'ENGINE SUPPORT COMMENT TRANSACTIONS XA SAVEPOINTS',
      rows: () => [['InnoDB', 'DEFAULT', 'SQLite, with the promises of InnoDB', 'YES', 'NO', 'YES']],
    },
  ],
  [
    'CHARACTER_SETS',
    {
      columns: 'CHARACTER_SET_NAME DEFAULT_COLLATE_NAME DESCRIPTION #MAXLEN',
      rows: () => [[CHARSET, COLLATION, 'UTF-8 Unicode', 4]],
    },
  ],
  [
    'COLLATIONS',
    { columns: 'COLLATION_NAME CHARACTER_SET_NAME #ID IS_DEFAULT IS_COMPILED #SORTLEN', rows: () => [...COLLATIONS] },
  ],
  [
    'PROCESSLIST',
    {
      columns: '#ID USER HOST DB COMMAND #TIME STATE INFO',
      rows: ({ connectionId, user, database }) => {
        const [name, host] = user.split('@') as [string, string?];
        return [[connectionId, name, host ?? '', database ?? null, 'Query', 0, '', null]];
      },
    },
  ],
  [
    'TRIGGERS',
    {
      columns:
        'TRIGGER_CATALOG TRIGGER_SCHEMA TRIGGER_NAME EVENT_MANIPULATION EVENT_OBJECT_CATALOG EVENT_OBJECT_SCHEMA EVENT_OBJECT_TABLE #ACTION_ORDER ACTION_STATEMENT ACTION_TIMING CREATED SQL_MODE DEFINER CHARACTER_SET_CLIENT COLLATION_CONNECTION DATABASE_COLLATION',
    },
  ],
  [
    'ROUTINES',
    {
      columns:
        'SPECIFIC_NAME ROUTINE_CATALOG ROUTINE_SCHEMA ROUTINE_NAME ROUTINE_TYPE DATA_TYPE ROUTINE_DEFINITION DEFINER',
    },
  ],
  [
    'PARAMETERS',
    {
      columns:
        'SPECIFIC_CATALOG SPECIFIC_SCHEMA SPECIFIC_NAME #ORDINAL_POSITION PARAMETER_MODE PARAMETER_NAME DATA_TYPE',
    },
  ],
  ['EVENTS', { columns: 'EVENT_CATALOG EVENT_SCHEMA EVENT_NAME DEFINER EVENT_TYPE EXECUTE_AT STATUS' }],
  [
    'PARTITIONS',
    {
      columns:
        'TABLE_CATALOG TABLE_SCHEMA TABLE_NAME PARTITION_NAME #PARTITION_ORDINAL_POSITION PARTITION_METHOD PARTITION_EXPRESSION TABLESPACE_NAME',
    },
  ],
  [
    'FILES',
    {
      columns:
        '#FILE_ID FILE_NAME FILE_TYPE TABLESPACE_NAME TABLE_SCHEMA TABLE_NAME LOGFILE_GROUP_NAME ENGINE #EXTENT_SIZE #TOTAL_EXTENTS #INITIAL_SIZE EXTRA',
    },
  ],
  [
    'CHECK_CONSTRAINTS',
    { columns: 'CONSTRAINT_CATALOG CONSTRAINT_SCHEMA TABLE_NAME CONSTRAINT_NAME CHECK_CLAUSE', rows: checks },
  ],
  ['PLUGINS', { columns: 'PLUGIN_NAME PLUGIN_VERSION PLUGIN_STATUS PLUGIN_TYPE PLUGIN_LIBRARY PLUGIN_LICENSE' }],
]);

/** For the coverage page. */
export const informationTableNames: readonly string[] = [...SPECS.keys()].sort();
