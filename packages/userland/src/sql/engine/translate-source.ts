/** What a FROM names: stored tables, those of WITH, INFORMATION_SCHEMA, views, SELECTs in parentheses, joins. Each is taken into the scope and becomes what SQLite is to read from. */
import { sqlError } from '../errors.ts';
import type { Source } from '../language/ast.ts';
import { sameName } from './catalogue.ts';
import type { Scope } from './scope.ts';
import { joinText } from './translate-join.ts';
import { cteSource } from './translate-with.ts';
import type { OutputColumn, Translator } from './translator.ts';
import { virtualColumns, virtualText } from './virtual-table.ts';

/** What SQLite is to read from; which rows goes to the conditions. */
export function sourceText(translator: Translator, source: Source, scope: Scope, conditions: string[]): string {
  switch (source.k) {
    case 'table':
      return namedTable(translator, source, scope, conditions);
    case 'derived': {
      const { sql, columns } = translator.select(source.select, scope.outer);
      return addMade({ sql: `(${sql})`, columns, name: translator.nextDerived(), shown: source.alias }, scope);
    }
    case 'join':
      return joinText(translator, source, scope, conditions);
  }
}

/** A table of WITH goes before all others of its name, and a view stands where a table could. */
function namedTable(
  translator: Translator,
  { table: named, alias }: Source & { readonly k: 'table' },
  scope: Scope,
  conditions: string[],
): string {
  const shown = alias ?? named.name;
  const cte = translator.cteNamed(named);
  if (cte !== undefined) {
    const name = translator.nextDerived();
    return addMade({ ...cteSource(translator, cte, name, scope), name, shown }, scope);
  }
  const known = translator.informationTable(named);
  if (known !== undefined) {
    const made = { sql: virtualText(known), columns: virtualColumns(known) };
    return addMade({ ...made, name: translator.nextDerived(), shown }, scope);
  }
  const view = translator.viewNamed(named);
  if (view !== undefined) {
    const { sql, columns } = translator.viewed(view);
    const renamed = columns.map((column, i) => ({ ...column, name: view.columns[i]! }));
    return addMade({ sql: `(${sql})`, columns: renamed, name: translator.nextDerived(), shown }, scope);
  }
  const table = translator.table(named);
  const visited = translator.visit(table, shown, scope);
  conditions.push(translator.seen(visited));
  return `t${table.id} AS ${visited.alias}`;
}

/** A table that the statement makes itself. */
interface Made {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
  /** What SQLite calls it. */
  readonly name: string;
  /** What the statement calls it. */
  readonly shown: string;
}

function addMade({ sql, columns, name, shown }: Made, scope: Scope): string {
  const twice = columns.find((column, i) => columns.findIndex((each) => sameName(each.name, column.name)) !== i);
  if (twice !== undefined) throw sqlError(1060, twice.name);
  scope.add({
    alias: shown,
    columns: columns.map((column) => ({
      name: column.name,
      piece: { sql: `${name}.${column.reference}`, type: column.type },
    })),
  });
  return `${sql} AS ${name}`;
}
