import { expect, test } from 'vitest';
import { MS, SECOND } from '../../time/instant.ts';
import { Pipe } from '../testing/pipe.ts';
import { transfer, troubledTransfer } from '../testing/transfer.ts';

const MIB = 1 << 20;

test('1 MiB over a clean pipe: every byte, then TIME-WAIT, then nothing pending', () => {
  const { ended, equal, received, pipe } = transfer(new Pipe({ delayNs: 10 * MS, bitsPerSecond: 100_000_000 }), MIB);
  expect([ended, equal, received]).toEqual([true, true, MIB]);
  expect(pipe.a.tcp.endpoints().length).toBe(0);
  expect(pipe.clock.queue.pending).toBe(0);
});

test('an idle pipe moves 4 MiB near the rate of the line', () => {
  const result = transfer(new Pipe({ delayNs: 5 * MS, bitsPerSecond: 100_000_000 }), 4 * MIB, undefined, true);
  expect(result.ended).toBe(true);
  // 4 MiB at 100 Mbit/s take 0.35 s; slow start adds a few round trips.
  expect(result.pipe.clock.queue.now).toBeLessThan(0.6 * SECOND);
});

/** Seeds in reach of every run; `transfer.real.test.ts` does 1,000 of 1 MiB. */
for (const [name, lossPpm] of [
  ['light', 10_000],
  ['heavy', 100_000],
] as const) {
  test(`${name} loss, damage, duplication and reordering, 250 seeds: equal bytes or an errno, and nothing left behind`, () => {
    let complete = 0;
    for (let seed = 1; seed <= 250; seed++) {
      const size = seed <= 4 ? MIB : 20_000 + seed * 500;
      const { ended, equal, received, error, pipe } = troubledTransfer({ seed, size, lossPpm });
      expect(equal, `seed ${seed}`).toBe(true);
      expect(error !== undefined || (ended && received === size), `seed ${seed}`).toBe(true);
      expect(pipe.clock.queue.pending, `seed ${seed}`).toBe(0);
      if (ended) complete++;
    }
    expect(complete).toBeGreaterThan(240);
  });
}

test.each([68, 296, 576, 1500, 9000, 65_535])('MTU %i: the MSS follows, and the bytes arrive', (mtu) => {
  const pipe = new Pipe({ delayNs: MS, bitsPerSecond: 1_000_000_000 });
  pipe.a.ip.setMtu(mtu);
  pipe.b.ip.setMtu(mtu);
  const { ended, equal, received } = transfer(pipe, 200_000);
  expect([ended, equal, received]).toEqual([true, true, 200_000]);
});

test('a path whose MTU shrinks in mid-transfer (RFC 1191): smaller segments, nothing lost', () => {
  const pipe = new Pipe({ delayNs: 5 * MS, bitsPerSecond: 20_000_000 });
  pipe.clock.queue.schedule(60 * MS, { fire: () => pipe.a.ip.setMtu(600) });
  const { ended, equal, received } = transfer(pipe, MIB);
  expect([ended, equal, received]).toEqual([true, true, MIB]);
});
