/** Which files a query reads and in which pieces. A piece begins after the first line end behind its start, and reads past its end to finish its last line (as in Hadoop). */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { withFile } from '../lib/stdio.ts';
import { columnsOf, evaluate, isTrue } from './evaluate.ts';
import { conditionsOf, type Query } from './query.ts';
import { type BatchTable, type Field, fieldOf, SCHEMA_FILE } from './schema.ts';

export interface Split {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** Values of partition columns, from the names of directories. */
  readonly partition: readonly (readonly [name: string, value: Field])[];
}

/** What is read at once, and counted: as large as the row store's pages. */
export const PAGE_BYTES = 4096;

export async function splitsOf(sys: Sys, table: BatchTable, query: Query, splitBytes: number): Promise<Split[]> {
  const splits: Split[] = [];
  await walk(sys, table, table.folder, [], async (path, partition) => {
    if (!mayMatch(query, table, partition)) return;
    const { size } = await sys.stat(path);
    for (let start = 0; start < size; start += splitBytes)
      splits.push({ path, start, end: Math.min(start + splitBytes, size), partition });
  });
  return splits;
}

type Partition = Split['partition'];

async function walk(
  sys: Sys,
  table: BatchTable,
  folder: string,
  partition: Partition,
  found: (path: string, partition: Partition) => Promise<void>,
): Promise<void> {
  const entries = [...(await sys.readdir(folder))].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, type } of entries) {
    if (name === '.' || name === '..' || name === SCHEMA_FILE || name.startsWith('.')) continue;
    const path = `${folder}/${name}`;
    if (type !== 'directory') {
      await found(path, partition);
      continue;
    }
    const [key = '', value = ''] = name.split('=');
    const column = table.columns.find((each) => each.name === key && each.partition);
    await walk(sys, table, path, column ? [...partition, [key, fieldOf(value, column.type)]] : partition, found);
  }
}

/** A condition over partition columns alone that does not hold keeps all files of the partition closed: Hive has this in place of an index. */
function mayMatch(query: Query, table: BatchTable, partition: Partition): boolean {
  const values = new Map(partition);
  return conditionsOf(query.where).every((condition) => {
    const names = columnsOf(condition);
    const known =
      names.length > 0 &&
      names.every((name) => values.has(name) && table.columns.some((column) => column.name === name));
    return !known || isTrue(evaluate(condition, (name) => values.get(name) ?? null));
  });
}

/** The lines of a piece; `page` is called for each page that is read. */
export async function readSplit(
  sys: Sys,
  { path, start, end }: Split,
  line: (text: string) => void,
  page: (bytes: number) => void,
): Promise<void> {
  await withFile(sys, path, { read: true }, async (fd) => {
    // The byte before decides whether a line begins at the start.
    const from = Math.max(start - 1, 0);
    await sys.lseek(fd, from, 'set');
    let rest: Uint8Array = new Uint8Array(0);
    let at = from;
    let skipping = start > 0;
    for (;;) {
      const data = await sys.read(fd, PAGE_BYTES - (at % PAGE_BYTES));
      if (data.length === 0) break;
      page(data.length);
      at += data.length;
      rest = rest.length === 0 ? data.slice() : concatBytes([rest, data]);
      const whole = rest.lastIndexOf(10) + 1;
      if (!skipping && whole > 0 && at - rest.length + whole <= end) {
        // All of them begin before the end.
        for (const text of decodeUtf8(rest.subarray(0, whole - 1)).split('\n')) line(text);
        rest = rest.subarray(whole);
        if (at - rest.length >= end) return;
        continue;
      }
      for (let stop = rest.indexOf(10); stop >= 0; stop = rest.indexOf(10)) {
        // A line belongs to the piece in which it begins.
        if (!skipping) line(decodeUtf8(rest.subarray(0, stop)));
        skipping = false;
        rest = rest.subarray(stop + 1);
        if (at - rest.length >= end) return;
      }
    }
    if (rest.length > 0 && !skipping) line(decodeUtf8(rest));
  });
}
