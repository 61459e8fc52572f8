/** ALTER TABLE's changes one after the other, made to a draft of the table: what its columns, keys and foreign keys are to be, and where each column comes from. */
import { sqlError, unsupportedSql } from '../errors.ts';
import type { Alteration, CheckDefinition, ColumnPlace, KeyDefinition } from '../language/definition-ast.ts';
import { type Column, type ForeignKey, sameName, type Table } from './catalogue.ts';
import { checksWithout, namedChecks, renamedIn } from './check-constraints.ts';
import { columnFrom, defaultOf, keyName } from './create-table.ts';
import { foreignKeysOf, indexesFor } from './foreign-keys.ts';
import type { Session } from './session.ts';

/** What the table is to be. */
export interface Draft {
  columns: Column[];
  keys: KeyDefinition[];
  foreignKeys: ForeignKey[];
  checks: CheckDefinition[];
  /** The column of the table as it is that a column comes from. */
  readonly from: Map<Column, Column>;
  /** Columns whose type or attributes are others. */
  readonly redefined: Set<Column>;
}

export function draftOf({ columns, keys, foreignKeys, checks }: Table): Draft {
  return {
    columns: [...columns],
    keys: [...keys],
    foreignKeys: [...foreignKeys],
    checks: [...checks],
    from: new Map(columns.map((column) => [column, column])),
    redefined: new Set(),
  };
}

export function applyChange(session: Session, table: Table, draft: Draft, change: Alteration): void {
  switch (change.k) {
    case 'add-column': {
      const column = columnFrom(change.column, false);
      if (draft.columns.some((each) => sameName(each.name, column.name))) throw sqlError(1060, column.name);
      draft.columns.push(column);
      move(draft, column, change.place);
      const { key } = change.column;
      if (key !== undefined)
        addKey(draft, { name: key === 'primary' ? 'PRIMARY' : '', kind: key, columns: [column.name] });
      return;
    }
    case 'drop-column':
      refuseReferencedColumn(session, table, change.name);
      dropColumn(draft, change.name, change.ifExists);
      return;
    case 'change-column': {
      const isKey = draft.keys.some(
        (key) => key.kind === 'primary' && key.columns.some((each) => sameName(each, change.name)),
      );
      const column = columnFrom(change.column, isKey);
      replace(draft, change.name, column);
      draft.redefined.add(column);
      move(draft, column, change.place);
      const { key } = change.column;
      if (key !== undefined)
        addKey(draft, { name: key === 'primary' ? 'PRIMARY' : '', kind: key, columns: [column.name] });
      return;
    }
    case 'rename-column':
      replace(draft, change.name, { ...columnIn(draft, change.name), name: change.to });
      return;
    case 'set-default': {
      const column = columnIn(draft, change.name);
      const { name, type, notNull } = column;
      const definition = { ...column, ...(change.defaultValue && { defaultValue: change.defaultValue }) };
      replace(draft, name, { ...column, defaultsTo: defaultOf({ ...definition, type }, notNull) });
      return;
    }
    case 'auto-increment':
      table.nextAuto = Math.max(change.next, 1);
      return;
    case 'rename-table':
    case 'switch-keys':
    case 'nothing':
      return;
    default:
      applyToKeys(session, table, draft, change);
  }
}

function applyToKeys(
  session: Session,
  table: Table,
  draft: Draft,
  change: Extract<
    Alteration,
    {
      k:
        | 'add-key'
        | 'drop-key'
        | 'rename-key'
        | 'add-foreign-key'
        | 'drop-foreign-key'
        | 'add-check'
        | 'drop-constraint';
    }
  >,
): void {
  switch (change.k) {
    case 'add-key':
      addKey(draft, change.key);
      return;
    case 'drop-key':
      draft.keys = draft.keys.filter((key) => key !== keyIn(draft, change.name));
      return;
    case 'rename-key': {
      const key = keyIn(draft, change.name);
      draft.keys = draft.keys.map((each) => (each === key ? { ...each, name: change.to } : each));
      return;
    }
    case 'add-foreign-key': {
      const { columns, keys, foreignKeys } = draft;
      const [key] = foreignKeysOf(session, { ...table, columns, keys, foreignKeys }, [change.key]) as [ForeignKey];
      // To itself: to the table, not to the draft of it.
      const parent = key.parent.id === table.id ? table : key.parent;
      if (foreignKeys.some(({ name }) => sameName(name, key.name))) throw sqlError(1826, 'FOREIGN KEY', key.name);
      for (const index of indexesFor({ keys, columns: [], foreignKeys: [{ ...change.key, name: key.name }] }))
        addKey(draft, index);
      draft.foreignKeys.push({ ...key, parent });
      return;
    }
    case 'add-check':
      draft.checks.push(...namedChecks([change.check], draft.checks));
      return;
    case 'drop-foreign-key':
      draft.foreignKeys = without(draft.foreignKeys, change.name);
      return;
    case 'drop-constraint':
      dropConstraint(draft, change.name);
  }
}

function without<T extends { readonly name: string }>(all: readonly T[], name: string): T[] {
  const rest = all.filter((each) => !sameName(each.name, name));
  if (rest.length === all.length) throw sqlError(1091, name);
  return rest;
}

function dropConstraint(draft: Draft, name: string): void {
  const named = (each: { readonly name: string }): boolean => sameName(each.name, name);
  if (draft.checks.some(named)) draft.checks = without(draft.checks, name);
  else if (draft.foreignKeys.some(named)) draft.foreignKeys = without(draft.foreignKeys, name);
  // A mere index constrains nothing.
  else if (draft.keys.some((key) => key.kind === 'index' && named(key))) throw sqlError(1091, name);
  else draft.keys = without(draft.keys, name);
}

function columnIn({ columns }: Draft, name: string): Column {
  const found = columns.find((each) => sameName(each.name, name));
  if (found === undefined) throw sqlError(1054, name, 'table');
  return found;
}

function keyIn({ keys }: Draft, name: string): KeyDefinition {
  const found = keys.find((each) => sameName(each.name, name));
  if (found === undefined) throw sqlError(1091, name);
  return found;
}

function addKey(draft: Draft, key: KeyDefinition): void {
  if (key.kind === 'primary') {
    if (draft.keys.some(({ kind }) => kind === 'primary')) throw sqlError(1068);
    for (const name of key.columns) {
      const column = draft.columns.find((each) => sameName(each.name, name));
      if (column !== undefined && !column.notNull) replace(draft, name, { ...column, notNull: true });
    }
    draft.keys.unshift(key);
  } else draft.keys.push({ ...key, name: keyName(key, draft.keys) });
}

/** Another column in a column's place, and in the keys that name it. */
function replace(draft: Draft, name: string, column: Column): void {
  const old = columnIn(draft, name);
  draft.columns[draft.columns.indexOf(old)] = column;
  const from = draft.from.get(old);
  if (from !== undefined) draft.from.set(column, from);
  if (draft.redefined.has(old)) draft.redefined.add(column);
  const renamed = (names: readonly string[]) => names.map((each) => (sameName(each, name) ? column.name : each));
  draft.keys = draft.keys.map((key) => ({ ...key, columns: renamed(key.columns) }));
  draft.foreignKeys = draft.foreignKeys.map((key) => ({ ...key, columns: renamed(key.columns) }));
  if (name !== column.name) renameInChecks(draft, name, column.name);
}

/** In the conditions that name it, those of columns too, which stay what they are otherwise. */
function renameInChecks(draft: Draft, from: string, to: string): void {
  draft.checks = draft.checks.map((check) => ({ ...check, text: renamedIn(check.text, from, to) }));
  draft.columns = draft.columns.map((column) => {
    if (column.check === undefined) return column;
    const renamed = { ...column, check: renamedIn(column.check, from, to) };
    const source = draft.from.get(column);
    if (source !== undefined) draft.from.set(renamed, source);
    if (draft.redefined.has(column)) draft.redefined.add(renamed);
    return renamed;
  });
}

function move(draft: Draft, column: Column, place: ColumnPlace): void {
  if (place === undefined) return;
  const others = draft.columns.filter((each) => each !== column);
  const at = place === 'FIRST' ? 0 : others.indexOf(columnIn(draft, place.after)) + 1;
  draft.columns = [...others.slice(0, at), column, ...others.slice(at)];
}

function refuseReferencedColumn({ engine: { catalogue } }: Session, table: Table, name: string): void {
  for (const [child, key] of catalogue.foreignKeys())
    if (key.parent === table && key.references.some((each) => sameName(each, name)))
      throw sqlError(1829, name, key.name, child.name);
}

/** Keys lose the column, and go where it was their only one. */
function dropColumn(draft: Draft, name: string, ifExists: boolean): void {
  const column = draft.columns.find((each) => sameName(each.name, name));
  if (column === undefined) {
    if (ifExists) return;
    throw sqlError(1091, name);
  }
  const needed = draft.foreignKeys.find(({ columns }) => columns.some((each) => sameName(each, name)));
  if (needed !== undefined) throw sqlError(1553, needed.name);
  draft.columns = draft.columns.filter((each) => each !== column);
  draft.checks = checksWithout(draft.checks, name);
  if (draft.columns.length === 0) throw sqlError(1090);
  const without = (key: KeyDefinition) => ({ ...key, columns: key.columns.filter((each) => !sameName(each, name)) });
  const left = draft.keys.map(without);
  if (
    left.some(
      (key, i) => key.kind !== 'index' && key.columns.length > 0 && key.columns.length < draft.keys[i]!.columns.length,
    )
  )
    throw unsupportedSql('DROP COLUMN of a part of a unique key');
  draft.keys = left.filter(({ columns }) => columns.length > 0);
}
