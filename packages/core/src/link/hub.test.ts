import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAC_BROADCAST } from '../base/address.ts';
import { Cable, type CableOptions, cableProblem } from './cable.ts';
import { loss, nth } from './faults/loss.ts';
import { Hub } from './hub.ts';
import { macOf, TestWorld } from './link.test-kit.ts';
import { Switch } from './switch.ts';

const BIT = 100; // ns at 10 Mbit/s
const FRAME = (64 + (100 + 4) * 8) * BIT; // preamble and a frame of 100 bytes with its check sequence

function domain(delays: readonly number[], options: CableOptions = {}, seed = 1) {
  const world = new TestWorld(seed);
  const hub = new Hub(world.context('hub'), { ports: delays.length });
  const stations = delays.map((_, i) => world.port(`h${i + 1}`));
  const cables = delays.map(
    (delayNs, i) => new Cable(world.context(''), stations[i]!, hub.ports[i]!, { delayNs, ...options }),
  );
  const send = (from: number, length = 100) =>
    stations[from - 1]!.egress!.send(world.frame(length, MAC_BROADCAST, macOf(from)), world.queue.now);
  const counts = () => stations.map(({ arrivals }) => arrivals.length);
  return { world, hub, stations, cables, send, counts };
}

describe('repeating', () => {
  test('every frame goes to everybody else, after both cables', () => {
    const { world, hub, stations, send } = domain([100, 200, 300]);
    send(1);
    world.run();
    expect(stations.map(({ times }) => times)).toEqual([[], [FRAME + 300], [FRAME + 400]]);
    expect(hub.ports.map(({ stats }) => [stats.rxPackets, stats.txPackets])).toEqual([
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
  });

  test('a sender leaves a gap of 96 bit times between its frames', () => {
    const { world, stations, send } = domain([0, 0]);
    send(1);
    send(1);
    world.run();
    expect(stations[1]!.times).toEqual([FRAME, 2 * FRAME + 96 * BIT]);
  });

  test('carrier sense: who comes later waits for the end and the gap, and nothing collides', () => {
    const { world, hub, stations, send } = domain([500, 500, 500]);
    send(1);
    world.at(5_000, () => send(2));
    world.run();
    // Station 2 hears the end of the first frame 1000 ns after it was sent.
    const second = FRAME + 1000 + 96 * BIT;
    expect(stations[2]!.times).toEqual([FRAME + 1000, second + FRAME + 1000]);
    expect(hub.collisions).toBe(0);
  });

  test('the rate is shared: two stations that send all the time get no more than the medium has', () => {
    const { world, stations, send } = domain([50, 50, 50]);
    for (let i = 0; i < 100; i++) for (const from of [1, 2]) send(from, 1514);
    world.run();
    const bits = 200 * (64 + 1518 * 8 + 96);
    expect(stations[2]!.arrivals).toHaveLength(200);
    expect(stations[2]!.times.at(-1)!).toBeGreaterThan(bits * BIT);
  });
});

describe('collisions', () => {
  test('two that begin together jam, back off by slots and both get through', () => {
    const { world, hub, stations, send, counts } = domain([0, 0, 0]);
    send(1);
    send(2);
    world.run();
    expect(counts()).toEqual([1, 1, 2]);
    expect(hub.collisions).toBeGreaterThan(0);
    const events = world.valuesOf('link.collision') as { card: string; attempt: number; backoffNs: number }[];
    expect(events.slice(0, 2).map(({ card, attempt }) => [card, attempt])).toEqual([
      ['h1.eth0', 1],
      ['h2.eth0', 1],
    ]);
    for (const { attempt, backoffNs } of events) {
      expect(backoffNs % (512 * BIT)).toBe(0);
      expect(backoffNs / (512 * BIT)).toBeLessThan(2 ** Math.min(attempt, 10));
    }
    expect(stations.map(({ stats }) => stats.collisions)).toEqual([hub.collisions, hub.collisions, 0]);
  });

  test('the window is the propagation time: a start within it collides, one behind it defers', () => {
    const collisions = (startOfSecond: number) => {
      const { world, hub, send } = domain([1000, 1000]);
      send(1);
      world.at(startOfSecond, () => send(2));
      world.run();
      return hub.collisions > 0;
    };
    expect([1999, 2000, 2001].map(collisions)).toEqual([true, true, false]);
  });

  test('a collision is heard where it arrives: preamble, jam, and the backoff starts at its end', () => {
    const { world, stations, send } = domain([1000, 1000, 0]);
    send(1);
    world.at(1500, () => send(2));
    world.run();
    const at = world.events.filter(({ kind }) => kind === 'link.collision').map((event) => event.at);
    // Station 2 hears at 2000, station 1 at 3500, both within the preamble: 64 + 32 bits from their starts.
    expect(at.slice(0, 2)).toEqual([96 * BIT, 1500 + 96 * BIT]);
    expect(stations[2]!.arrivals).toHaveLength(2);
  });

  test('after sixteen attempts a frame is given up', () => {
    const world = new TestWorld();
    // Chance answers 0 every time: all stations choose the same slot for ever.
    world.random.choose = () => 0;
    const hub = new Hub(world.context('hub'), { ports: 2 });
    const stations = [world.port('h1'), world.port('h2')];
    for (const [i, station] of stations.entries()) new Cable(world.context(''), station, hub.ports[i]!);
    for (const station of stations) station.egress!.send(world.frame(), 0);
    world.run();
    expect(world.dropReasons).toEqual(['excessive-collisions', 'excessive-collisions']);
    expect(stations.map(({ stats }) => [stats.collisions, stats.txErrors])).toEqual([
      [16, 1],
      [16, 1],
    ]);
    expect(hub.collisions).toBe(16);
  });

  test('a cable longer than the slot time gives late collisions, which nobody repairs', () => {
    const { world, send } = domain([30_000, 30_000]);
    send(1, 1514);
    world.at(59_000, () => send(2, 1514));
    world.run();
    expect(world.dropReasons).toContain('late-collision');
  });

  test('a frame too short for its cable is ruined without its sender knowing', () => {
    const { world, stations, send } = domain([100_000, 100_000, 0]);
    send(1, 60);
    send(2, 60);
    world.run();
    expect(world.dropReasons).toEqual(['bad-frame-check-sequence', 'bad-frame-check-sequence']);
    expect(stations[2]!.stats.rxErrors).toBe(2);
    expect(stations[2]!.arrivals).toEqual([]);
  });
});

describe('cables of a hub', () => {
  test('a switch port on a hub is half duplex too', () => {
    const { world, hub, send, stations } = domain([0, 0, 0]);
    const sw = new Switch(world.context('sw'), { ports: 2 });
    const behind = world.port('far');
    new Cable(world.context(''), behind, sw.ports[0]!);
    expect(hub.port('port3')).toBe(hub.ports[2]);
    const cable = stations[2]!.plug as Cable;
    cable.unplug();
    const joined = new Cable(world.context(''), hub.ports[2]!, sw.ports[1]!);
    expect([joined.aToB.duplex, joined.bToA.name]).toEqual(['half', 'sw.port2>hub.port3']);
    send(1);
    behind.egress!.send(world.frame(100, MAC_BROADCAST, macOf(9)), 0);
    world.run();
    expect(behind.arrivals).toHaveLength(1);
    expect(stations[1]!.arrivals).toHaveLength(2);
    expect(sw.ports[1]!.stats.collisions).toBe(hub.collisions);
  });

  test('what cannot be joined is said in words', () => {
    const { world, hub, stations } = domain([0]);
    const other = new Hub(world.context('hub2'), { ports: 1, rate: 100_000_000 });
    expect(cableProblem(hub.ports[0]!, other.ports[0]!)).toContain('hub to hub is not supported');
    expect(cableProblem(stations[0]!, other.ports[0]!, { rate: 10_000_000 })).toContain('the hub has 100000000 bit/s');
    expect(cableProblem(stations[0]!, other.ports[0]!, { rate: 100_000_000 })).toBeUndefined();
    expect((stations[0]!.plug as Cable).fixedRate).toBe(10_000_000);
  });

  test('a queue limit, and faults in both directions', () => {
    const { world, cables, send, counts } = domain([0, 0], { queuePackets: 1 });
    expect([send(1), send(1), send(1)]).toEqual([true, true, false]);
    cables[0]!.addFault(nth(1), 'aToB');
    world.run();
    expect(world.dropReasons).toEqual(['queue-full', 'lost']);
    expect(counts()).toEqual([0, 1]);
  });

  test('a cut in the middle of a frame loses it and what waits, and frees the medium', () => {
    const { world, cables, send, stations } = domain([0, 0, 0]);
    send(1, 1514);
    send(1);
    world.at(1000, () => send(2));
    world.at(20_000, () => cables[0]!.unplug());
    world.run();
    expect(world.dropReasons).toEqual(['cut-in-flight', 'no-carrier']);
    expect(stations[2]!.times).toEqual([20_000 + 96 * BIT + FRAME]);
  });
});

test('every frame ends once, whatever collides; the same seed gives the same run', () => {
  const plan = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 2_000_000 }),
      from: fc.integer({ min: 1, max: 4 }),
      length: fc.integer({ min: 60, max: 1514 }),
    }),
    { maxLength: 40 },
  );
  const run = (sends: readonly { at: number; from: number; length: number }[], seed: number) => {
    const { world, hub, cables, send, stations, counts } = domain([100, 700, 1300, 2500], { queuePackets: 5 }, seed);
    cables[2]!.addFault(loss(100_000));
    for (const { at, from, length } of sends) world.at(at, () => send(from, length));
    world.run();
    const [toHub, fromHub] = [cables.map(({ aToB }) => aToB), cables.map(({ bToA }) => bToA)];
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    for (const lane of [...toHub, ...fromHub]) expect(lane.underWay).toBe(0);
    expect(sum(toHub.map(({ entered }) => entered)) + sum(stations.map(({ stats }) => stats.queueDropped))).toBe(
      sends.length,
    );
    // Each frame that comes through the hub sets out to the three others.
    expect(sum(fromHub.map(({ entered }) => entered))).toBe(3 * sum(toHub.map(({ delivered }) => delivered)));
    expect(sum(counts())).toBe(sum(fromHub.map(({ delivered }) => delivered)));
    expect(world.dropReasons.filter((reason) => reason !== 'lost' && reason !== 'queue-full')).toEqual([]);
    expect(sum(stations.map(({ stats }) => stats.collisions))).toBeGreaterThanOrEqual(hub.collisions * 2);
    return `${world.recorder.wire} ${world.recorder.run}`;
  };
  fc.assert(
    fc.property(plan, fc.integer({ min: 0, max: 1000 }), (sends, seed) => {
      expect(run(sends, seed)).toBe(run(sends, seed));
    }),
    { numRuns: 60 },
  );
});
