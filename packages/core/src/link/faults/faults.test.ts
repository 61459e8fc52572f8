import { describe, expect, test } from 'vitest';
import { Ipv4Address } from '../../base/address.ts';
import type { Frame } from '../../wire/packet.ts';
import { Cable, type CableOptions } from '../cable.ts';
import { TestWorld } from '../link.test-kit.ts';
import { corrupt, duplicate } from './content.ts';
import { extraDelay, jitter, reorder } from './delay.ts';
import { dropWhen, gilbertElliott, loss, nth } from './loss.ts';
import { partition } from './partition.ts';
import { type Fault, parsePpm } from './rule.ts';

/** Sends `count` frames, one per microsecond, over a cable with faults. */
function run(faults: Fault | readonly Fault[], count = 1000, seed = 1, options: CableOptions = { delayNs: 100 }) {
  const world = new TestWorld(seed);
  const [a, b] = [world.port('a'), world.port('b')];
  const cable = new Cable(world.context(''), a, b, options);
  const handles = [faults].flat().map((fault) => cable.addFault(fault, 'aToB'));
  for (let i = 0; i < count; i++) world.at(1000 * i, () => a.egress!.send(world.frame(), world.queue.now));
  world.run();
  return { world, a, b, cable, handles, lane: cable.aToB };
}

describe('loss', () => {
  test('takes about its share, differs between seeds and not between runs', () => {
    const counts = Array.from({ length: 20 }, (_, seed) => 1000 - run(loss(100_000), 1000, seed).b.arrivals.length);
    const sum = counts.reduce((total, count) => total + count, 0);
    // 20,000 draws of 10 %: mean 2000, standard deviation 42.
    expect(sum).toBeGreaterThan(1830);
    expect(sum).toBeLessThan(2170);
    expect(new Set(counts).size).toBeGreaterThan(5);
    expect(run(loss(100_000), 1000, 7).b.ids).toEqual(run(loss(100_000), 1000, 7).b.ids);
  });

  test('reports each frame with its reason', () => {
    const { world, b } = run(loss(500_000), 50);
    expect(world.dropReasons.every((reason) => reason === 'lost')).toBe(true);
    const dropped = world.valuesOf('frame.drop').map(({ packet }) => packet as number);
    expect([...b.ids, ...dropped].sort((x, y) => x - y)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  test('of nothing and of everything asks no chance', () => {
    expect(run(loss(0), 10).b.arrivals).toHaveLength(10);
    expect(run(loss(1_000_000), 10).b.arrivals).toHaveLength(0);
  });

  test('in bursts: mean length 1 / toGood, share toBad / (toBad + toGood)', () => {
    const { b } = run(gilbertElliott({ toBadPpm: 20_000, toGoodPpm: 200_000 }), 50_000);
    const arrived = new Set(b.ids);
    let [bursts, lost] = [0, 0];
    for (let id = 1; id <= 50_000; id++) {
      if (arrived.has(id)) continue;
      lost++;
      if (id === 1 || arrived.has(id - 1)) bursts++;
    }
    expect(lost / 50_000).toBeGreaterThan(0.08);
    expect(lost / 50_000).toBeLessThan(0.102);
    expect(lost / bursts).toBeGreaterThan(4.6);
    expect(lost / bursts).toBeLessThan(5.4);
  });

  test('in bursts with both loss rates', () => {
    const model = { toBadPpm: 500_000, toGoodPpm: 500_000, lossInBadPpm: 400_000, lossInGoodPpm: 100_000 };
    const lost = 20_000 - run(gilbertElliott(model), 20_000).b.arrivals.length;
    expect(lost).toBeGreaterThan(4700);
    expect(lost).toBeLessThan(5300);
  });
});

test('the n-th frame, several, and the n-th of those that match', () => {
  expect(run(nth(3), 5).b.ids).toEqual([1, 2, 4, 5]);
  expect(run(nth([1, 5]), 5).b.ids).toEqual([2, 3, 4]);
  const even = (frame: Frame) => 'ident' in frame.payload && frame.payload.ident.id % 2 === 0;
  expect(run(nth(2, even), 6).b.ids).toEqual([1, 2, 3, 5, 6]);
  const { b, world } = run(dropWhen(even, 'partitioned'), 4);
  expect(b.ids).toEqual([1, 3]);
  expect(world.dropReasons).toEqual(['partitioned', 'partitioned']);
});

describe('time', () => {
  test('extra delay', () => {
    expect(run(extraDelay(50), 2).b.times).toEqual([150, 1150]);
  });

  test('jitter in order is spread over its range and never reorders', () => {
    const { b } = run(jitter(5000), 2000);
    expect(b.ids).toEqual([...b.ids].sort((x, y) => x - y));
    const extra = b.arrivals.map(({ at }, i) => at - 1000 * i - 100);
    expect(Math.max(...extra)).toBeLessThanOrEqual(5000);
    expect(Math.max(...extra)).toBeGreaterThan(4900);
    expect(Math.min(...extra)).toBeGreaterThanOrEqual(0);
  });

  test('jitter without order overtakes, and everything arrives once', () => {
    const { b, lane } = run(jitter(5000, { keepOrder: false }), 500);
    expect(b.ids).not.toEqual([...b.ids].sort((x, y) => x - y));
    expect(new Set(b.ids).size).toBe(500);
    expect(lane.underWay).toBe(0);
  });

  test('reordering holds single frames back', () => {
    const { b, world } = run(reorder({ ppm: 1_000_000, holdNs: 2500, gap: 3 }), 6);
    expect(b.ids).toEqual([1, 2, 4, 5, 3, 6]);
    expect(world.valuesOf('frame.reorder')).toEqual([
      { card: 'a.eth0', packet: 3, byNs: 2500 },
      { card: 'a.eth0', packet: 6, byNs: 2500 },
    ]);
  });

  test('a cut takes the delayed frames too', () => {
    const world = new TestWorld();
    const [a, b] = [world.port('a'), world.port('b')];
    const cable = new Cable(world.context(''), a, b, { delayNs: 10 });
    cable.addFault(extraDelay(1000));
    a.egress!.send(world.frame(), 0);
    world.at(500, () => cable.unplug());
    world.run();
    expect(b.arrivals).toEqual([]);
    expect(world.dropReasons).toEqual(['cut-in-flight']);
    expect(cable.aToB.lost).toBe(1);
  });
});

describe('content', () => {
  test('duplication delivers the same packet twice and says so', () => {
    const { b, lane, world } = run(duplicate(300_000), 1000);
    expect(lane.delivered).toBe(lane.entered + lane.duplicated);
    expect(b.arrivals).toHaveLength(1000 + lane.duplicated);
    expect(world.valuesOf('frame.duplicate')).toHaveLength(lane.duplicated);
    expect(lane.duplicated).toBeGreaterThan(250);
    expect(lane.duplicated).toBeLessThan(350);
  });

  test('a copy goes through the rules behind, not through its own', () => {
    const { b } = run([duplicate(1_000_000), nth(2)], 3);
    expect(b.ids).toEqual([1, 2, 2, 3, 3]);
  });

  test('corruption flips one bit, which a checksum or the address filter finds', () => {
    const { b, world } = run(corrupt(1_000_000), 300);
    expect(b.arrivals).toHaveLength(300);
    const events = world.valuesOf('frame.corrupt');
    expect(events).toHaveLength(300);
    expect(new Set(events.map(({ byte }) => byte)).size).toBeGreaterThan(80);
    for (const { frame } of b.arrivals) {
      expect(frame.length).toBe(100);
      const { payload } = frame;
      const broken = payload.kind === 'raw' || (payload.kind === 'ipv4' && payload.payload.kind === 'raw');
      const header = frame.dst.key !== 0x0200_0000_0002 || frame.src.key !== 0x0200_0000_0001;
      expect(broken || header).toBe(true);
    }
  });
});

test('a partition stops both ways, or one, and leaves others alone', () => {
  const [one, two, three] = [1, 2, 3].map((n) => new Ipv4Address(0x0a00_0000 + n));
  const sides = { left: [two!], right: [one!, three!] };
  expect(run(partition(sides), 3).world.dropReasons).toEqual(['partitioned', 'partitioned', 'partitioned']);
  expect(run(partition({ ...sides, oneWay: true }), 3).b.ids).toEqual([1, 2, 3]);
  expect(run(partition({ left: [three!], right: [two!] }), 3).b.ids).toEqual([1, 2, 3]);
});

test('faults are lifted by their handle, once, and leave a trace', () => {
  const world = new TestWorld();
  const [a, b] = [world.port('a'), world.port('b')];
  const cable = new Cable(world.context(''), a, b);
  const handle = cable.addFault(loss(1_000_000));
  const send = () => a.egress!.send(world.frame(), world.queue.now);
  send();
  world.run();
  handle.lift();
  handle.lift();
  send();
  world.run();
  expect(b.ids).toEqual([2]);
  expect(world.valuesOf('cable.change').map(({ what }) => what)).toEqual(['fault', 'fault lifted']);
});

test('all faults together: the same seed gives the same digests, another seed others', () => {
  const digests = (seed: number) => {
    const all = [loss(50_000), jitter(4000, { keepOrder: false }), duplicate(50_000), corrupt(50_000)];
    const { world, lane } = run(all, 300, seed);
    expect(lane.delivered + lane.lost).toBe(lane.entered + lane.duplicated);
    return `${world.recorder.wire} ${world.recorder.run}`;
  };
  expect(digests(1)).toBe(digests(1));
  expect(digests(1)).not.toBe(digests(2));
});

test('probabilities are read as whole millionths', () => {
  expect(parsePpm(0.01)).toBe(10_000);
  expect(parsePpm('1%')).toBe(10_000);
  expect(parsePpm('0.0001%')).toBe(1);
  expect(parsePpm('12.5 %')).toBe(125_000);
  expect(parsePpm('250ppm')).toBe(250);
  expect(parsePpm(1)).toBe(1_000_000);
  expect(parsePpm(0)).toBe(0);
  for (const bad of ['101%', '1.1', '-1', '1e-3', '0.00001%', 'x', '', '0.5ppm']) expect(parsePpm(bad)).toBeUndefined();
});
