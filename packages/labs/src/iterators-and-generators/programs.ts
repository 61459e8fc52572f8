/** Iterators by hand, lines of a big file one by one or all at once, a generator that is watched, and the CSV job as a pipeline of generators. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { LineReader, print, readFile, withFile, writeAll } from '@netarium/userland/lib/stdio.ts';
import { Coroutine, StopIteration } from '@netarium/userland/runtimes/coroutine.ts';

/** One `next`, as a line. */
async function step(sys: Sys, name: string, iterator: Iterator<number>): Promise<void> {
  const { done, value } = iterator.next();
  await print(sys, done === true ? `next(${name}): StopIteration\n` : `next(${name}): ${value}\n`);
}

/** `steps same|fresh`: two iterators over one list; after its end the first is asked again, or replaced. */
export const steps: Program = async (sys, argv) => {
  const list = [10, 20, 30];
  const b = list.values();
  let a = list.values();
  await step(sys, 'a', a);
  await step(sys, 'a', a);
  await step(sys, 'b', b);
  await print(sys, `the rest of a: ${[...a].join(' ')}\n`);
  if (argv[1] === 'fresh') a = list.values();
  await step(sys, 'a', a);
  await step(sys, 'a', a);
  await print(sys, `the rest of b: ${[...b].join(' ')}\n`);
  return 0;
};

/** `make-csv PATH ROWS`: the notes' format: a header, then quoted fields with a blank after each comma. */
export const makeCsv: Program = async (sys, argv) => {
  const [path = '', rows] = argv.slice(1);
  await withFile(sys, path, { write: true, create: true, truncate: true }, async (fd) => {
    await writeAll(sys, fd, '"subscription_id", "status", "level"\n');
    for (let row = 1; row <= Number(rows); row += 100) {
      const block = Array.from({ length: Math.min(100, Number(rows) - row + 1) }, (_, i) => lineOf(row + i));
      await writeAll(sys, fd, block.join(''));
    }
  });
  return 0;
};

const lineOf = (row: number): string => `"UC${String(row).padStart(22, '0')}", "${row % 7}", "${row % 2}"\n`;

/** Counts characters of the file that a program holds at once. */
class Held {
  now = 0;
  most = 0;

  take(characters: number): void {
    this.now += characters;
    this.most = Math.max(this.most, this.now);
  }

  drop(characters: number): void {
    this.now -= characters;
  }
}

/** `count-lines PATH one-by-one|at-once`: how many lines, and how many characters were held at the most. */
export const countLines: Program = async (sys, argv) => {
  const [path = '', how] = argv.slice(1);
  const held = new Held();
  let lines = 0;
  if (how === 'at-once') {
    const whole = decodeUtf8(await readFile(sys, path)).split('\n');
    for (const line of whole) held.take(line.length);
    lines = whole.length - 1;
  } else {
    await withFile(sys, path, { read: true }, async (fd) => {
      const iterator = new LineReader(sys, fd);
      for (let line = await iterator.next(); line !== undefined; line = await iterator.next()) {
        held.take(line.length);
        lines++;
        held.drop(line.length);
      }
    });
  }
  await print(sys, `${lines} lines, ${held.most} characters held at the most\n`);
  return 0;
};

/** `watched generator|list`: three squares, by a generator that stops at each, or all in a list. */
export const watched: Program = async (sys, argv) => {
  const told: string[] = [];
  async function* squares(): AsyncGenerator<number> {
    for (let i = 1; i <= 3; i++) {
      told.push(`  i is ${i}`);
      yield i * i;
    }
  }
  const generator = new Coroutine(squares(), (what, value) =>
    told.push(value === undefined ? what : `${what} with ${value}`),
  );
  told.push('made, nothing has run');
  if (argv[1] === 'list') {
    const all: number[] = [];
    for await (const square of squares()) all.push(square);
    for (const square of all) told.push(`takes ${square}`);
  } else {
    for (;;) {
      try {
        told.push(`takes ${await generator.next()}`);
      } catch (error) {
        if (!(error instanceof StopIteration)) throw error;
        break;
      }
    }
  }
  await print(sys, `${told.join('\n')}\n`);
  return 0;
};

/** Lines of a file, each when it is wanted. */
async function* linesOf(sys: Sys, fd: number): AsyncGenerator<string> {
  const reader = new LineReader(sys, fd);
  for (let line = await reader.next(); line !== undefined; line = await reader.next()) yield line;
}

/** The first column, without quotes and without the header. */
async function* idsOf(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let header = true;
  for await (const line of lines) {
    if (!header) yield line.split(',')[0]!.trim().slice(1, -1);
    header = false;
  }
}

async function* batchesOf(ids: AsyncIterable<string>, size: number, held: Held): AsyncGenerator<readonly string[]> {
  let batch: string[] = [];
  for await (const id of ids) {
    batch.push(id);
    held.take(1);
    if (batch.length < size) continue;
    yield batch;
    held.drop(batch.length);
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** `csv-job PATH stream|list`: batches of 100 ids, each handed on; as a pipeline, or by way of a list of all. */
export const csvJob: Program = async (sys, argv) => {
  const [path = '', how] = argv.slice(1);
  const held = new Held();
  const seen = new Set<string>();
  let [batches, last, ids] = [0, 0, 0];
  await withFile(sys, path, { read: true }, async (fd) => {
    const source = idsOf(linesOf(sys, fd));
    for await (const batch of batchesOf(how === 'list' ? listed(source, held) : source, 100, held)) {
      batches++;
      last = batch.length;
      ids += batch.length;
      for (const id of batch) seen.add(id);
    }
  });
  await print(
    sys,
    `${batches} batches, the last of ${last}, ${ids} ids, ${seen.size} different, ${held.most} rows held at the most\n`,
  );
  return 0;
};

async function* listed(source: AsyncIterable<string>, held: Held): AsyncGenerator<string> {
  const all: string[] = [];
  for await (const id of source) {
    all.push(id);
    held.take(1);
  }
  yield* all;
}
