/** Map and reduce tasks: each is a process of its own, reads files and writes a file, and talks to nobody. */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { readText, writeFile } from '../lib/stdio.ts';
import { compareFields, evaluate, isTrue } from './evaluate.ts';
import type { Item, Query } from './query.ts';
import { type BatchTable, type Field, fieldOf } from './schema.ts';
import { readSplit, type Split } from './splits.ts';

/** What the simulated kernel charges for one line: split, read, compare (`bench/micro/sql-costs.ts`); the real one takes its own time. */
export const LINE_NS = 4_000;

export interface Job {
  readonly table: BatchTable;
  readonly query: Query;
  readonly splits: readonly Split[];
  /** Where tasks write. */
  readonly folder: string;
  /** How long a task takes before its program runs: a container, a virtual machine. */
  readonly startNs: number;
  readonly lineNs: number;
}

export interface Counters {
  readonly rows: number;
  readonly pages: number;
  readonly bytes: number;
}

/** One aggregate on its way: how many values, their sum, the least and the greatest. */
interface Partial {
  count: number;
  sum: number;
  min: Field;
  max: Field;
}

type Output = { readonly counters: Counters } & (
  | { readonly rows: readonly (readonly Field[])[] }
  | { readonly groups: readonly (readonly [key: readonly Field[], partials: readonly Partial[]])[] }
);

export function taskFile(job: Pick<Job, 'folder'>, kind: 'map' | 'reduce', number: number): string {
  return `${job.folder}/${kind}-${number}`;
}

/** Reads one piece of one file, whole; what comes of it goes into a file. */
export async function mapTask(sys: Sys, text: string, number: number): Promise<number> {
  const job = JSON.parse(text) as Job;
  await sys.nanosleep(job.startNs);
  const split = job.splits[number]!;
  const counters = { rows: 0, pages: 0, bytes: 0 };
  const collector = new Collector(job.query);
  const values = new Map(split.partition);
  const stored = job.table.columns.filter(({ partition }) => !partition);
  await readSplit(
    sys,
    split,
    (line) => {
      counters.rows++;
      const fields = line.split(',');
      stored.forEach(({ name, type }, i) => {
        values.set(name, fieldOf(fields[i], type));
      });
      collector.take((name) => values.get(name) ?? null);
    },
    (bytes) => {
      counters.pages++;
      counters.bytes += bytes;
    },
  );
  if (job.lineNs > 0) await sys.cpu(counters.rows * job.lineNs);
  await writeFile(sys, taskFile(job, 'map', number), JSON.stringify({ counters, ...collector.result() }));
  return 0;
}

class Collector {
  private readonly rows: Field[][] = [];
  private readonly groups = new Map<string, { readonly key: readonly Field[]; readonly partials: Partial[] }>();

  constructor(private readonly query: Query) {}

  take(row: (name: string) => Field): void {
    const { where, items, groupBy, grouped } = this.query;
    if (where && !isTrue(evaluate(where, row))) return;
    if (!grouped) {
      this.rows.push(items.map(({ expr }) => evaluate(expr!, row)));
      return;
    }
    const key = groupBy.map((expr) => evaluate(expr, row));
    const name = JSON.stringify(key);
    let group = this.groups.get(name);
    if (group === undefined)
      this.groups.set(name, (group = { key, partials: items.map(() => ({ count: 0, sum: 0, min: null, max: null })) }));
    items.forEach((item, i) => {
      add(group.partials[i]!, item, row);
    });
  }

  result(): object {
    return this.query.grouped
      ? { groups: [...this.groups.values()].map(({ key, partials }) => [key, partials]) }
      : { rows: this.rows };
  }
}

function add(partial: Partial, { expr, aggregate }: Item, row: (name: string) => Field): void {
  const value = expr === undefined ? 1 : evaluate(expr, row);
  if (value === null) return;
  partial.count++;
  if (aggregate === 'SUM' || aggregate === 'AVG') partial.sum += Number(value);
  if (partial.min === null || compareFields(value, partial.min) < 0) partial.min = value;
  if (partial.max === null || compareFields(value, partial.max) > 0) partial.max = value;
}

/** Puts together what the map tasks wrote, sorts it, and writes the answer. */
export async function reduceTask(sys: Sys, text: string): Promise<number> {
  const job = JSON.parse(text) as Job;
  await sys.nanosleep(job.startNs);
  const outputs: Output[] = [];
  for (let i = 0; i < job.splits.length; i++)
    outputs.push(JSON.parse(await readText(sys, taskFile(job, 'map', i))) as Output);
  const rows = job.query.grouped
    ? added(job.query, outputs)
    : outputs.flatMap((output) => ('rows' in output ? output.rows : []));
  const sorted = job.query.orderBy.length > 0 ? rows.toSorted((a, b) => inOrder(job.query, a, b)) : rows;
  const counters = outputs.map((output) => output.counters).reduce(plus, { rows: 0, pages: 0, bytes: 0 });
  if (job.lineNs > 0) await sys.cpu(rows.length * job.lineNs);
  await writeFile(
    sys,
    taskFile(job, 'reduce', 0),
    JSON.stringify({ counters, rows: sorted.slice(0, job.query.limit) }),
  );
  return 0;
}

function plus(a: Counters, b: Counters): Counters {
  return { rows: a.rows + b.rows, pages: a.pages + b.pages, bytes: a.bytes + b.bytes };
}

function inOrder({ orderBy }: Query, a: readonly Field[], b: readonly Field[]): number {
  for (const { item, descending } of orderBy) {
    const sign = compareFields(a[item]!, b[item]!);
    if (sign !== 0) return descending ? -sign : sign;
  }
  return 0;
}

function added({ items, groupBy }: Query, outputs: readonly Output[]): (readonly Field[])[] {
  const groups = new Map<string, { readonly key: readonly Field[]; readonly partials: Partial[] }>();
  for (const output of outputs)
    for (const [key, partials] of 'groups' in output ? output.groups : []) {
      const name = JSON.stringify(key);
      const group = groups.get(name);
      if (group === undefined) groups.set(name, { key, partials: partials.map((partial) => ({ ...partial })) });
      else for (const [i, partial] of partials.entries()) merge(group.partials[i]!, partial);
    }
  // Without GROUP BY there is one group, though it be empty.
  if (groupBy.length === 0 && groups.size === 0)
    groups.set('', { key: [], partials: items.map(() => ({ count: 0, sum: 0, min: null, max: null })) });
  return [...groups.values()].map(({ partials }) => items.map((item, i) => finished(item, partials[i]!)));
}

function merge(into: Partial, other: Partial): void {
  into.count += other.count;
  into.sum += other.sum;
  if (into.min === null || (other.min !== null && compareFields(other.min, into.min) < 0)) into.min = other.min;
  if (into.max === null || (other.max !== null && compareFields(other.max, into.max) > 0)) into.max = other.max;
}

/** A plain column in a grouped list is the same in all rows of its group. */
function finished({ aggregate }: Item, { count, sum, min, max }: Partial): Field {
  switch (aggregate) {
    case 'COUNT':
      return count;
    case 'SUM':
      return count === 0 ? null : sum;
    case 'AVG':
      return count === 0 ? null : sum / count;
    case 'MAX':
      return max;
    default:
      return min;
  }
}
