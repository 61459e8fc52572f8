import { expect, test } from 'vitest';
import { Errno } from '../../base/errno.ts';
import { Stream } from '../../random/random.ts';
import { MS, SECOND } from '../../time/instant.ts';
import { payloadOf } from '../../wire/payload.ts';
import { Pipe, type Rule } from '../testing/pipe.ts';
import { END_OF_STREAM } from './api.ts';
import type { TcpConnection } from './connection.ts';

const PORT = 80;

interface Transfer {
  readonly received: Uint8Array;
  readonly error: Errno | undefined;
  readonly ended: boolean;
  readonly pipe: Pipe;
  readonly sender: TcpConnection;
}

/** Sends `size` bytes from a to b as fast as both allow, and closes. */
function transfer(pipe: Pipe, size: number, limitNs = 3600 * SECOND, onEnd = false): Transfer {
  const source = new Stream(7, 'bytes').bytes(size);
  const received = new Uint8Array(size + 1);
  let at = 0;
  let ended = false;
  let error: Errno | undefined;
  const listener = pipe.b.tcp.socket();
  listener.bind(pipe.b.address, PORT);
  listener.listen(5);
  const read = (c: TcpConnection): void => {
    for (;;) {
      const piece = c.receive(65_536);
      if (piece === undefined) return;
      if (piece === END_OF_STREAM) {
        ended = true;
        c.close();
        return;
      }
      if (piece instanceof Errno) {
        error = piece;
        return;
      }
      received.set(piece, at);
      at += piece.length;
    }
  };
  const quiet = { readable() {}, writable() {}, urgent() {}, stateChanged() {}, error() {} };
  listener.owner = {
    ...quiet,
    readable() {
      const child = listener.accept();
      if (child === undefined || child instanceof Errno) return;
      child.owner = { ...quiet, readable: () => read(child) };
      read(child);
    },
  };
  const sender = pipe.a.tcp.socket();
  const payload = payloadOf(source);
  let sent = 0;
  let shut = false;
  const write = (): void => {
    while (sent < size) {
      const taken = sender.send(payload.slice(sent, size));
      if (taken === undefined) return;
      if (taken instanceof Errno) {
        error = taken;
        return;
      }
      sent += taken;
    }
    if (shut) return;
    shut = true;
    sender.shutdownWrite();
  };
  sender.owner = { ...quiet, writable: write, error: (reason) => (error = reason) };
  sender.connect(pipe.b.address, PORT);
  if (onEnd) while (!ended && error === undefined && pipe.clock.queue.step(limitNs));
  else pipe.drain(limitNs);
  expect(Buffer.compare(received.subarray(0, at), source.subarray(0, at)), 'bytes differ').toBe(0);
  if (error === undefined && ended) expect(at).toBe(size);
  return { received: received.subarray(0, at), error, ended, pipe, sender };
}

test('1 MiB over a clean pipe: every byte, then TIME-WAIT, then nothing pending', () => {
  const { ended, pipe } = transfer(new Pipe({ delayNs: 10 * MS, bitsPerSecond: 100_000_000 }), 1 << 20);
  expect(ended).toBe(true);
  expect(pipe.a.tcp.endpoints().length).toBe(0);
  expect(pipe.clock.queue.pending).toBe(0);
});

test('an idle pipe moves 1 MiB near the rate of the line', () => {
  const result = transfer(new Pipe({ delayNs: 5 * MS, bitsPerSecond: 100_000_000 }), 4 << 20, undefined, true);
  expect(result.ended).toBe(true);
  // 4 MiB at 100 Mbit/s take 0.35 s; slow start adds a few round trips.
  expect(result.pipe.clock.queue.now).toBeLessThan(0.6 * SECOND);
});

const SEEDS = 120;

for (const [name, lossPpm] of [
  ['light', 10_000],
  ['heavy', 100_000],
] as const) {
  test(`1 MiB under ${name} loss, duplication and reordering: equal bytes or an errno, ${SEEDS} seeds`, () => {
    let complete = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const random = new Stream(seed, 'faults');
      const rule: Rule = () => {
        if (random.chance(lossPpm)) return [];
        const late = random.chance(20_000) ? random.below(30 * MS) : 0;
        return random.chance(10_000) ? [late, random.below(20 * MS)] : [late];
      };
      const size = seed <= 4 ? 1 << 20 : 60_000 + seed * 500;
      const sackOff = seed % 3 === 0;
      const stampsOff = seed % 5 === 0;
      const pipe = new Pipe({ delayNs: 10 * MS, bitsPerSecond: 50_000_000, rule, seed });
      if (sackOff) pipe.a.tcp.config.sack.set('0');
      if (stampsOff) pipe.a.tcp.config.timestamps.set('0');
      const { ended, error, pipe: after } = transfer(pipe, size);
      expect(ended || error !== undefined, `seed ${seed}`).toBe(true);
      if (ended) complete++;
      expect(after.clock.queue.pending, `seed ${seed}`).toBe(0);
    }
    expect(complete).toBeGreaterThan(SEEDS - 5);
  });
}
