/** System variables that clients ask for and set when they connect ("Server System Variables"). What cannot be had is refused, not ignored. */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { SqlValue } from '../types.ts';

export const SERVER_VERSION = '8.0.40-netarium';
export const MAX_PACKET = 16_777_216;

/** Those that are what they are. */
const FIXED: ReadonlyMap<string, SqlValue> = new Map<string, SqlValue>([
  ['version', SERVER_VERSION],
  ['version_comment', 'Netarium SQL server, SQLite inside'],
  ['max_allowed_packet', MAX_PACKET],
  ['lower_case_table_names', 0],
  ['protocol_version', 10],
  ['have_ssl', 'DISABLED'],
  ['license', 'MIT'],
  ['system_time_zone', 'UTC'],
  ['init_connect', ''],
  ['net_write_timeout', 60],
  ['wait_timeout', 28_800],
  ['interactive_timeout', 28_800],
  ['performance_schema', 0],
  ['query_cache_size', 0],
  ['query_cache_type', 'OFF'],
  ['auto_increment_increment', 1],
  ['character_set_server', 'utf8mb4'],
  ['collation_server', 'utf8mb4_0900_ai_ci'],
  ['character_set_database', 'utf8mb4'],
  ['collation_database', 'utf8mb4_0900_ai_ci'],
]);

const UTF8 = /^(utf8|utf8mb3|utf8mb4|default)$/;
const ISOLATION = /^(read-(un)?committed|repeatable-read|serializable)$/;
const COLLATION = /^utf8(mb[34])?_\w+_ci$/;
/** Its own way to plan is SQLite's business: nothing here changes what a statement answers. */
const PLANNING = /^(default|[a-z_]+=(on|off|default)(,|$))+$/;

/** Those that may be set: their value at first, and which values this server can keep its word on. */
const SETTABLE: ReadonlyMap<string, readonly [first: SqlValue, allowed: RegExp]> = new Map<
  string,
  readonly [SqlValue, RegExp]
>([
  ['autocommit', [1, /^(0|1|on|off)$/]],
  // Changes are checked as in strict mode, whatever is said here: what MySQL would cut with a warning is an error.
  [
    'sql_mode',
    [
      'STRICT_TRANS_TABLES',
      /^((strict_trans_tables|strict_all_tables|no_engine_substitution|error_for_division_by_zero|no_zero_date|no_zero_in_date|no_auto_create_user|no_auto_value_on_zero)?(,|$))*$/,
    ],
  ],
  ['innodb_lock_wait_timeout', [50, /^\d{1,9}$/]],
  ['transaction_isolation', ['READ-COMMITTED', ISOLATION]],
  ['tx_isolation', ['READ-COMMITTED', ISOLATION]],
  ['character_set_client', ['utf8mb4', UTF8]],
  ['character_set_connection', ['utf8mb4', UTF8]],
  // As they are: 'binary' wants no other bytes.
  ['character_set_results', ['utf8mb4', /^(utf8|utf8mb3|utf8mb4|default|binary|null)$/]],
  ['collation_connection', ['utf8mb4_0900_ai_ci', COLLATION]],
  ['time_zone', ['SYSTEM', /^(system|utc|\+00:00)$/]],
  ['sql_auto_is_null', [0, /^(0|off)$/]],
  ['sql_safe_updates', [0, /^(0|off)$/]],
  ['sql_notes', [1, /^(0|1|on|off)$/]],
  ['foreign_key_checks', [1, /^(0|1|on|off)$/]],
  // Checked all the same: it would only allow not to.
  ['unique_checks', [1, /^(0|1|on|off)$/]],
  ['sql_quote_show_create', [1, /^(1|on)$/]],
  ['optimizer_switch', ['default', PLANNING]],
  ['net_read_timeout', [30, /^\d{1,9}$/]],
]);

export class Variables {
  /** SET TRANSACTION without a scope: how the next transaction reads, and no other. */
  nextIsolation: string | undefined;
  private readonly values = new Map([...SETTABLE].map(([name, [first]]) => [name, first]));

  get(name: string): SqlValue {
    const value = this.values.get(name) ?? FIXED.get(name);
    if (value === undefined) throw sqlError(1193, name);
    return value;
  }

  get autocommit(): boolean {
    return this.values.get('autocommit') === 1;
  }

  /** SET foreign_key_checks = 0: as a dump has it, whose tables come in the order of their names. */
  get checksForeignKeys(): boolean {
    return this.values.get('foreign_key_checks') === 1;
  }

  /** The lock wait time-out, in seconds. */
  get lockWaitSeconds(): number {
    return Number(this.values.get('innodb_lock_wait_timeout'));
  }

  set(name: string, value: SqlValue): void {
    const spec = SETTABLE.get(name);
    if (spec === undefined) throw FIXED.has(name) ? sqlError(1238, name) : sqlError(1193, name);
    const text = String(value ?? 'NULL').toLowerCase();
    if (text !== 'default' && !spec[1].test(text)) {
      if (/^(sql_|time_zone|character_set|collation|unique)/.test(name))
        throw unsupportedSql(`${name} = ${String(value)}`);
      throw sqlError(1231, name, String(value));
    }
    this.values.set(name, text === 'default' ? spec[0] : switched(text, value));
    // Two names of one variable.
    if (name.endsWith('_isolation'))
      for (const each of ['transaction_isolation', 'tx_isolation']) this.values.set(each, text.toUpperCase());
  }

  private get isolation(): string {
    return String(this.nextIsolation ?? this.values.get('transaction_isolation'));
  }

  /** What a transaction reads stays as it is until its end. */
  get repeatable(): boolean {
    return this.isolation === 'REPEATABLE-READ' || this.serializable;
  }

  /** And nobody changes it meanwhile. */
  get serializable(): boolean {
    return this.isolation === 'SERIALIZABLE';
  }

  /** NO_AUTO_VALUE_ON_ZERO: a zero is kept. */
  get keepsZero(): boolean {
    return /NO_AUTO_VALUE_ON_ZERO/i.test(String(this.values.get('sql_mode')));
  }

  /** By name, for SHOW VARIABLES. */
  all(): [string, string][] {
    const on: ReadonlySet<string> = new Set([
      'autocommit',
      'foreign_key_checks',
      'unique_checks',
      'sql_quote_show_create',
      'sql_notes',
      'sql_auto_is_null',
      'sql_safe_updates',
    ]);
    const entries = [...FIXED, ...this.values].map(([name, value]): [string, string] => [
      name,
      on.has(name) ? (value === 1 ? 'ON' : 'OFF') : String(value),
    ]);
    return entries.sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

function switched(text: string, value: SqlValue): SqlValue {
  if (text === 'on' || text === '1') return 1;
  if (text === 'off' || text === '0') return 0;
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}

/** For the coverage page. */
export const variableNames: readonly string[] = [...FIXED.keys(), ...SETTABLE.keys()].sort();
