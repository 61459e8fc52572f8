/** Iterators: each its own position, forwards only, used up for ever; one without end; one over a file. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { LineReader, withFile, writeFile } from '@netarium/userland/lib/stdio.ts';
import type { Pair, Trace } from '../pair.ts';

class Countdown implements IterableIterator<number, undefined> {
  constructor(private left: number) {}

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<number, undefined> {
    return this.left === 0 ? { done: true, value: undefined } : { done: false, value: this.left-- };
  }
}

function* count(): Generator<number> {
  for (let n = 0; ; n++) yield n;
}

function take(trace: Trace, iterator: Iterator<unknown>, name: string): void {
  const { done, value } = iterator.next();
  trace.at(done === true ? `${name}: StopIteration` : `${name}: ${value}`);
}

const list = (items: readonly unknown[]) =>
  `[${items.map((item) => (typeof item === 'string' ? `'${item}'` : item)).join(', ')}]`;

function lists(trace: Trace): void {
  const numbers = [10, 20, 30];
  const [first, second] = [numbers.values(), numbers.values()];
  for (const _ of [1, 2]) take(trace, first, 'first');
  take(trace, second, 'second');
  trace.at(`the rest of first: ${list([...first])}`);
  take(trace, first, 'first');
  take(trace, first, 'first');
  trace.at(`a loop over first: ${list([...first])}`);
  trace.at(`a new iterator: ${list([...numbers])}`);
  const down = new Countdown(3);
  trace.at(`iter(iterator) is the iterator: ${down[Symbol.iterator]() === down ? 'True' : 'False'}`);
  take(trace, down, 'down');
  trace.at(`its loop goes on: ${list([...down])}`);
  trace.at(`a second loop: ${list([...down])}`);
  const growing = [1];
  for (const n of growing) {
    trace.at(`sees ${n}`);
    if (n < 4) growing.push(n + 1);
  }
  const counter = count();
  let taken = 0;
  while (taken < 1_000_000) taken += counter.next().done === true ? 0 : 1;
  trace.at(`without end: ${taken}, then ${counter.next().value}`);
}

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    lists(trace);
    await writeFile(sys, 'lines', encodeUtf8('one\ntwo\nthree'));
    await withFile(sys, 'lines', { read: true }, async (fd) => {
      const lines = new LineReader(sys, fd);
      trace.at(`file: ${await lines.next()}\n`);
      const rest: string[] = [];
      for (let line = await lines.next(); line !== undefined; line = await lines.next()) rest.push(line);
      trace.at(`the rest: ${list(rest)}`);
      trace.at(`file: ${(await lines.next()) ?? 'StopIteration'}`);
    });
    return 0;
  },
} satisfies Pair;
