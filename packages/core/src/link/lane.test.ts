import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ipv4Packet, VlanTagged } from '../wire/packet.ts';
import { Cable, type CableOptions } from './cable.ts';
import { loss } from './faults/loss.ts';
import { TestWorld } from './link.test-kit.ts';

function pair(options: CableOptions, seed = 1) {
  const world = new TestWorld(seed);
  const a = world.port('a');
  const b = world.port('b');
  const cable = new Cable(world.context(''), a, b, options);
  const send = (length = 100) => a.egress!.send(world.frame(length), world.queue.now);
  return { world, a, b, cable, send };
}

describe('times, exact to the nanosecond', () => {
  test('a full frame at 100 Mbit/s takes 1538 byte times and the delay', () => {
    const { world, b, send } = pair({ rate: 100_000_000, delayNs: 5_000 });
    send(1514);
    world.run();
    expect(b.times).toEqual([1538 * 80 + 5_000]);
  });

  test('a short frame is padded to 64 bytes with its check sequence', () => {
    const { world, b, send } = pair({ rate: 10_000_000 });
    send(42);
    world.run();
    expect(b.times).toEqual([84 * 800]);
  });

  test('frames sent at once follow each other back to back', () => {
    const { world, b, send } = pair({ rate: 1_000_000_000, delayNs: 1_000 });
    for (let i = 0; i < 3; i++) send(100);
    world.run();
    expect(b.times).toEqual([124 * 8 + 1000, 2 * 124 * 8 + 1000, 3 * 124 * 8 + 1000]);
    expect(b.ids).toEqual([1, 2, 3]);
  });

  test('the part of a nanosecond is carried: 3000 back-to-back frames at 3 bit/ns end on the exact instant', () => {
    const { world, b, send } = pair({ rate: 3_000_000_000, queuePackets: 5000 });
    for (let i = 0; i < 3000; i++) send(100);
    world.run();
    expect(b.times[0]).toBe(330); // 124 * 8 / 3 = 330.67
    expect(b.times[1]).toBe(661);
    expect(b.times[2]).toBe(992);
    expect(b.times[2999]).toBe((3000 * 124 * 8) / 3);
  });

  test('a pause starts anew: the carried part is gone', () => {
    const { world, b, send } = pair({ rate: 3_000_000_000 });
    send();
    world.at(1000, () => send());
    world.run();
    expect(b.times).toEqual([330, 1330]);
  });

  test('a point-to-point cable has two bytes in place of Ethernet header and check sequence, and no padding', () => {
    const { world, b, send } = pair({ rate: 100_000_000, overheadBytes: -12, minFrameBytes: 0 });
    send(54);
    world.run();
    expect(b.times).toEqual([42 * 80]);
  });

  test('without a rate only the delay counts', () => {
    const { world, b, send } = pair({ delayNs: 7 });
    send();
    send();
    world.run();
    expect(b.times).toEqual([7, 7]);
  });

  test('each direction has its own parameters', () => {
    const { world, a, b, cable, send } = pair({ delayNs: 10, bToA: { delayNs: 99 } });
    send();
    cable.bToA.send(world.frame(), 0);
    world.run();
    expect([b.times, a.times]).toEqual([[10], [99]]);
  });
});

describe('the queue', () => {
  test('a frame that finds markPackets waiting is marked where its sender understands it (RFC 3168 section 5)', () => {
    const { world, a, b } = pair({ rate: 100_000_000, queuePackets: 5, markPackets: 2 });
    const send = (ecnField: number, tagged = false) =>
      a.egress!.send(world.frameWithEcn(ecnField, tagged), world.queue.now);
    for (const field of [2, 2, 2, 2, 0, 1]) send(field);
    expect(send(2)).toBe(false);
    world.run();
    expect(b.arrivals.map(({ frame }) => (frame.payload as Ipv4Packet).tos & 3)).toEqual([2, 2, 2, 3, 0, 3]);
    for (let i = 0; i < 4; i++) send(2, true);
    world.run();
    const last = b.arrivals.at(-1)!.frame.payload as VlanTagged;
    expect((last.payload as Ipv4Packet).tos).toBe(3);
    expect(last.vlanId).toBe(7);
  });

  test('holds queuePackets frames beside the one on the wire', () => {
    const { world, a, b, cable, send } = pair({ rate: 100_000_000, queuePackets: 3 });
    const sent = Array.from({ length: 6 }, () => send());
    expect(sent).toEqual([true, true, true, true, false, false]);
    expect(cable.aToB.waiting(0)).toBe(3);
    expect(cable.aToB.waitingBytes(0)).toBe(300);
    world.run();
    expect(b.arrivals).toHaveLength(4);
    expect(a.stats.queueDropped).toBe(2);
    expect(world.dropReasons).toEqual(['queue-full', 'queue-full']);
  });

  test('has room again at the instant the next frame starts', () => {
    const { world, cable, send } = pair({ rate: 100_000_000, queuePackets: 1 });
    send();
    send();
    const took = 124 * 80;
    world.run(took - 1);
    expect(send()).toBe(false);
    world.run(took);
    expect(cable.aToB.waiting(took)).toBe(0);
    expect(send()).toBe(true);
  });

  test('takes its length from the port where the cable gives none', () => {
    const { a, send } = pair({ rate: 100_000_000 });
    a.txQueueLength = 2;
    expect([send(), send(), send(), send()]).toEqual([true, true, true, false]);
  });

  test('can be limited in bytes', () => {
    const { send } = pair({ rate: 100_000_000, queueBytes: 250 });
    expect([send(100), send(100), send(100), send(100), send(50)]).toEqual([true, true, true, false, true]);
  });

  test('tells whoever samples it', () => {
    const { world, send } = pair({ rate: 100_000_000 });
    const lengths: unknown[] = [];
    world.recorder.on('queue.length', ({ values }) => lengths.push(values));
    for (let i = 0; i < 3; i++) send();
    expect(lengths).toEqual([
      { card: 'a.eth0', packets: 1, bytes: 100 },
      { card: 'a.eth0', packets: 2, bytes: 200 },
    ]);
  });
});

describe('changes while frames are under way', () => {
  test('a new rate holds for the frames that wait; the one on the wire keeps its end', () => {
    const { world, b, cable, send } = pair({ rate: 100_000_000 });
    for (let i = 0; i < 3; i++) send();
    const one = 124 * 80;
    world.at(one / 2, () => cable.setRate(10_000_000));
    world.run();
    expect(b.times).toEqual([one, one + 124 * 800, one + 2 * 124 * 800]);
    expect(world.valuesOf('cable.change')).toEqual([{ cable: 'a.eth0-b.eth0', what: 'rate', value: 10_000_000 }]);
  });

  test('a new rate while frames wait and the first is in flight already delivered', () => {
    const { world, b, cable, send } = pair({ rate: 100_000_000 });
    for (let i = 0; i < 3; i++) send();
    const one = 124 * 80;
    world.at(one + 10, () => cable.setRate(undefined));
    world.run();
    expect(b.times).toEqual([one, 2 * one, 2 * one]);
  });

  test('a shorter delay lets nothing overtake', () => {
    const { world, b, cable, send } = pair({ delayNs: 1_000 });
    send();
    world.at(10, () => cable.setDelay(1));
    world.at(20, () => send());
    world.at(2_000, () => send());
    world.run();
    expect(b.times).toEqual([1_000, 1_000, 2_001]);
    expect(b.ids).toEqual([1, 2, 3]);
  });

  test('a cut loses what is in flight and what waits, at that instant, on both sides', () => {
    const { world, a, b, cable, send } = pair({ rate: 100_000_000, delayNs: 100_000 });
    for (let i = 0; i < 3; i++) send();
    world.at(50_000, () => cable.unplug());
    world.run();
    expect(b.arrivals).toEqual([]);
    expect(world.dropReasons).toEqual(['cut-in-flight', 'cut-in-flight', 'cut-in-flight']);
    expect([a.carrierLog, b.carrierLog].map((log) => log.at(-1))).toEqual([
      { at: 50_000, up: false },
      { at: 50_000, up: false },
    ]);
    expect(a.egress).toBeUndefined();
    expect(world.queue.pending).toBe(0);
  });

  test('frames that had not started when the cable was cut never left the queue', () => {
    const { world, cable, send } = pair({ rate: 1_000_000 });
    for (let i = 0; i < 3; i++) send();
    cable.unplug();
    expect(world.dropReasons).toEqual(['cut-in-flight', 'no-carrier', 'no-carrier']);
  });

  test('a port that goes down takes the carrier with it and brings it back', () => {
    const { world, a, b, send } = pair({ delayNs: 10 });
    send();
    world.at(5, () => b.setUp(false));
    world.at(6, () => expect(a.carrier).toBe(false));
    world.at(20, () => b.setUp(true));
    world.at(30, () => send());
    world.run();
    expect(world.dropReasons).toEqual(['link-down']);
    expect(b.times).toEqual([40]);
    expect(a.carrierLog.map(({ at, up }) => [at, up])).toEqual([
      [0, true],
      [5, false],
      [20, true],
    ]);
  });

  test('plugged in again the cable carries frames again', () => {
    const { world, b, cable, send } = pair({ delayNs: 10 });
    cable.unplug();
    cable.plug();
    send();
    world.run();
    expect(b.arrivals).toHaveLength(1);
  });
});

test('frames in = frames out + dropped, whatever happens', () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('send' as const), length: fc.integer({ min: 42, max: 1514 }) }),
    fc.record({ kind: fc.constant('wait' as const), ns: fc.integer({ min: 1, max: 400_000 }) }),
    fc.record({
      kind: fc.constant('rate' as const),
      rate: fc.constantFrom(undefined, 1_000_000, 33_333_333, 7_000_000_000),
    }),
    fc.record({ kind: fc.constant('delay' as const), ns: fc.integer({ min: 0, max: 300_000 }) }),
    fc.record({ kind: fc.constant('cut' as const) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const { world, a, b, cable, send } = pair({ rate: 10_000_000, delayNs: 1_000, queuePackets: 4 });
      cable.addFault(loss(200_000));
      let offered = 0;
      for (const act of actions) {
        if (act.kind === 'send') {
          offered++;
          send(act.length);
        } else if (act.kind === 'wait') world.run(world.queue.now + act.ns);
        else if (act.kind === 'rate') cable.setRate(act.rate);
        else if (act.kind === 'delay') cable.setDelay(act.ns);
        else {
          cable.unplug();
          cable.plug();
        }
      }
      world.run();
      const lane = cable.aToB;
      expect(b.arrivals.length + world.dropReasons.length).toBe(offered);
      expect(lane.delivered + lane.lost).toBe(lane.entered);
      expect(lane.entered + a.stats.queueDropped).toBe(offered);
      expect(b.ids).toEqual([...b.ids].sort((x, y) => x - y));
      expect(lane.waiting(world.queue.now)).toBe(0);
    }),
  );
});

test('the digest follows times and contents, not the recording', () => {
  const digest = (delay: number, length: number) => {
    const { world, send } = pair({ rate: delay });
    send(length);
    send(length);
    world.run();
    return world.recorder.wire.toString();
  };
  expect(digest(1_000_000, 100)).toBe(digest(1_000_000, 100));
  expect(digest(1_000_000, 100)).not.toBe(digest(2_000_000, 100));
  expect(digest(1_000_000, 100)).not.toBe(digest(1_000_000, 101));
});
