/** A SELECT as map and reduce: what each row gives, how rows of one group add up, what comes out. One table; joins, subqueries and HAVING are refused by name. */
import type { Expr, Select } from '../sql/language/ast.ts';
import { BatchError } from './errors.ts';
import { columnsOf } from './evaluate.ts';
import type { BatchTable } from './schema.ts';

export type Aggregate = 'COUNT' | 'SUM' | 'AVG' | 'MIN' | 'MAX';

export interface Item {
  readonly name: string;
  /** Undefined for COUNT(*). */
  readonly expr: Expr | undefined;
  readonly aggregate: Aggregate | undefined;
}

export interface Query {
  readonly table: string;
  readonly items: readonly Item[];
  readonly where: Expr | undefined;
  readonly groupBy: readonly Expr[];
  /** By the place in the list. */
  readonly orderBy: readonly { readonly item: number; readonly descending: boolean }[];
  readonly limit: number | undefined;
  /** Whether rows are added up at all. */
  readonly grouped: boolean;
}

const AGGREGATES: ReadonlySet<string> = new Set(['COUNT', 'SUM', 'AVG', 'MIN', 'MAX']);

export function planQuery(select: Select, table: BatchTable): Query {
  const { first } = select;
  const refused = [
    [select.unions.length > 0, 'UNION'],
    [select.locking, 'FOR UPDATE'],
    [first.distinct, 'DISTINCT'],
    [first.having !== undefined, 'HAVING'],
    [select.offset !== undefined, 'OFFSET'],
  ].find(([given]) => given);
  if (refused) throw new BatchError(`${refused[1]} is not supported`);
  const items = first.items.flatMap((item): Item[] =>
    item.expr
      ? [itemOf(item.expr, item.name)]
      : table.columns.map(({ name }) => ({ name, expr: columnExpr(name), aggregate: undefined })),
  );
  for (const expr of [...items.map((item) => item.expr), first.where, ...first.groupBy])
    if (expr) checkColumns(expr, table);
  const grouped = first.groupBy.length > 0 || items.some(({ aggregate }) => aggregate !== undefined);
  return {
    table: table.name,
    items,
    where: first.where,
    groupBy: first.groupBy,
    orderBy: select.orderBy.map(({ expr, descending }) => ({ item: placeOf(expr, items), descending })),
    limit: select.limit?.k === 'literal' ? Number(select.limit.value) : undefined,
    grouped,
  };
}

function columnExpr(name: string): Expr {
  return { k: 'column', name, at: 0, end: 0 };
}

function itemOf(expr: Expr, name: string): Item {
  if (expr.k !== 'call') return { name, expr, aggregate: undefined };
  if (!AGGREGATES.has(expr.name)) throw new BatchError(`function ${expr.name} is not supported`);
  if (expr.distinct) throw new BatchError(`${expr.name}(DISTINCT) is not supported`);
  return { name, expr: expr.star ? undefined : expr.args[0], aggregate: expr.name as Aggregate };
}

function checkColumns(expr: Expr, { columns }: BatchTable): void {
  for (const name of columnsOf(expr))
    if (!columns.some((column) => column.name === name)) throw new BatchError(`column '${name}' not found`);
}

function placeOf(expr: Expr, items: readonly Item[]): number {
  const at =
    expr.k === 'literal'
      ? Number(expr.value) - 1
      : items.findIndex((item) => expr.k === 'column' && item.name === expr.name);
  if (items[at] === undefined) throw new BatchError('ORDER BY wants a column of the list or its place');
  return at;
}

/** The conditions that all must hold. */
export function conditionsOf(where: Expr | undefined): Expr[] {
  if (where === undefined) return [];
  return where.k === 'binary' && where.op === 'AND'
    ? [...conditionsOf(where.left), ...conditionsOf(where.right)]
    : [where];
}
