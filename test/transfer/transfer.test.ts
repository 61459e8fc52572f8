/**
 * 1 MiB from one host to another, through the whole stack, over cables that lose, double, reorder and damage frames (bits flipped in the frame's
 * bytes, headers included), with queues that overflow and with TCP's options on and off: what arrives is equal byte by byte, or a call fails with an
 * errno. Never anything else.
 *
 * 40 seeds by default; `NETARIUM_TRANSFER_SEEDS=1000 npx vitest run --project unit test/transfer` runs a thousand.
 */
import { hex } from '@netarium/core/base/bytes.ts';
import { E } from '@netarium/core/base/errno.ts';
import { sha256 } from '@netarium/core/base/sha256.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { cable, host, type LabDefinition, lab } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { Stream } from '@netarium/core/random/random.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { systemImage } from '@netarium/userland/image.ts';
import { describe, expect, test } from 'vitest';

const SEEDS = Number(process.env.NETARIUM_TRANSFER_SEEDS ?? 40);
const PER_TEST = 10;
const SIZE = 1 << 20;
const DATA = new Stream(11, 'content').bytes(SIZE);
const WANTED = `end ${SIZE} ${hex(sha256(DATA))}`;
const PORT = 80;
/** A receiver whose peer gave up hears nothing: it gives up too, with EAGAIN. */
const PATIENCE_SECONDS = 3000;

/** Runs the calls; answers what they answer, or the name of the errno that ended them. */
async function told(sys: Sys, calls: () => Promise<string>): Promise<number> {
  let text: string;
  try {
    text = await calls();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === undefined || !Object.hasOwn(E, code)) throw error;
    text = code;
  }
  await sys.write(1, encodeUtf8(text));
  return 0;
}

const give: Program = (sys) =>
  told(sys, async () => {
    const fd = await sys.socket('inet', 'stream');
    await sys.connect(fd, { family: 'inet', address: '10.0.1.3', port: PORT });
    for (let at = 0; at < SIZE; ) at += await sys.send(fd, DATA.subarray(at, at + 65_536), { nosignal: true });
    await sys.shutdown(fd, 'write');
    // Until the receiver has read all and closed.
    return (await sys.recv(fd, 1)).length === 0 ? 'closed' : 'data';
  });

const take: Program = (sys) =>
  told(sys, async () => {
    const listening = await sys.socket('inet', 'stream');
    await sys.bind(listening, { family: 'inet', address: '0.0.0.0', port: PORT });
    await sys.listen(listening, 1);
    await sys.setsockopt(listening, 'socket', 'SO_RCVTIMEO', { sec: PATIENCE_SECONDS, usec: 0 });
    const { fd } = await sys.accept(listening);
    await sys.setsockopt(fd, 'socket', 'SO_RCVTIMEO', { sec: PATIENCE_SECONDS, usec: 0 });
    const got = new Uint8Array(2 * SIZE);
    let length = 0;
    for (;;) {
      const piece = await sys.recv(fd, 50_000);
      if (piece.length === 0) break;
      got.set(piece, length);
      length += piece.length;
    }
    return `end ${length} ${hex(sha256(got.subarray(0, length)))}`;
  });

/** How bad the cable is and what TCP may use, by the seed. Every tenth cable is beyond what a connection survives for certain. */
function definition(seed: number, ended: (giver: string, taker: string) => void): LabDefinition {
  const random = new Stream(seed, 'transfer');
  const ppm = (most: number): string => `${random.below(most)}ppm`;
  const cruel = seed % 10 === 0;
  const faults = {
    loss: ppm(cruel ? 600_000 : 100_000),
    duplicate: ppm(50_000),
    reorder: ppm(100_000),
    reorderBy: `${1 + random.below(40)}ms`,
    corrupt: ppm(cruel ? 100_000 : 30_000),
    rate: `${2 + random.below(100)}Mbit`,
    delay: `${random.below(30_000)}us`,
    queue: 10 + random.below(500),
  };
  const sysctl = {
    'net.ipv4.tcp_sack': random.below(4) === 0 ? 0 : 1,
    'net.ipv4.tcp_timestamps': random.below(4) === 0 ? 0 : 1,
    'net.ipv4.tcp_window_scaling': random.below(4) === 0 ? 0 : 1,
    'net.ipv4.tcp_congestion_control': random.below(2) === 0 ? 'reno' : 'cubic',
  };
  return lab({
    id: 'transfer',
    machines: { a: host({ eth0: '10.0.1.2/24', sysctl }), b: host({ eth0: '10.0.1.3/24', sysctl }) },
    cables: [cable('a', 'b', faults)],
    programs: { give, take },
    until: '20000s',
    async script({ a, b, sleep }) {
      const taking = b.start('take');
      await sleep('100ms');
      const giving = await a.sh('give');
      const taken = await taking.wait();
      // A connection whose program gave up sends its FIN eight times, two minutes apart at most (tcp_orphan_retries), and then is gone as well.
      await sleep('1200s');
      ended(giving.stdout + giving.stderr, taken.stdout + taken.stderr);
    },
  });
}

const isErrno = (text: string): boolean => Object.hasOwn(E, text);

describe(`1 MiB, ${SEEDS} seeds: equal, or an errno`, () => {
  const outcomes = new Map<string, number>();

  for (let from = 1; from <= SEEDS; from += PER_TEST) {
    const to = Math.min(from + PER_TEST - 1, SEEDS);
    test(`seeds ${from} to ${to}`, { timeout: 300_000 }, async () => {
      for (let seed = from; seed <= to; seed++) {
        let [giver, taker] = ['', ''];
        const noted = definition(seed, (...texts) => ([giver, taker] = texts));
        const run = await runLab(noted, { image: systemImage(), turn }, { seed });
        expect(run.problems, `seed ${seed}`).toEqual([]);
        expect(giver === 'closed' || isErrno(giver), `seed ${seed}: the sender says ${giver}`).toBe(true);
        expect(taker === WANTED || isErrno(taker), `seed ${seed}: the receiver says ${taker}`).toBe(true);
        // Who was told that all arrived was told the truth.
        if (giver === 'closed') expect(taker, `seed ${seed}`).toBe(WANTED);
        const outcome = taker === WANTED ? 'equal' : `${giver} at the sender, ${taker} at the receiver`;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    });
  }

  test('nearly all arrive', () => {
    if (process.env.NETARIUM_TRANSFER_SEEDS !== undefined) console.log(Object.fromEntries(outcomes));
    expect(outcomes.get('equal') ?? 0).toBeGreaterThan(SEEDS * 0.9);
  });
});
