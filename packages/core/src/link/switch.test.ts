import { describe, expect, test } from 'vitest';
import { MAC_BROADCAST } from '../base/address.ts';
import { ETHERTYPE, Frame, VlanTagged } from '../wire/packet.ts';
import { Cable } from './cable.ts';
import { macOf, type NotingPort, TestWorld } from './link.test-kit.ts';
import { Switch, type SwitchOptions } from './switch.ts';

/** n stations, station i (from 1) on port i with the address macOf(i). */
function star(n: number, options: Partial<SwitchOptions> = {}) {
  const world = new TestWorld();
  const sw = new Switch(world.context('sw'), { ports: n, ...options });
  const stations = sw.ports.map((_, i) => world.port(`h${i + 1}`));
  const cables = sw.ports.map((port, i) => new Cable(world.context(''), stations[i]!, port, { delayNs: 5 }));
  const send = (from: number, to: number, length = 100) =>
    stations[from - 1]!.egress!.send(
      world.frame(length, to === 0 ? MAC_BROADCAST : macOf(to), macOf(from)),
      world.queue.now,
    );
  const counts = () => stations.map(({ arrivals }) => arrivals.length);
  return { world, sw, stations, cables, send, counts };
}

test('floods the unknown, learns, then sends to one port only', () => {
  const { world, sw, send, counts } = star(4);
  send(1, 2);
  world.run();
  expect(counts()).toEqual([0, 1, 1, 1]);
  send(2, 1);
  world.run();
  expect(counts()).toEqual([1, 1, 1, 1]);
  send(1, 2);
  world.run();
  expect(counts()).toEqual([1, 2, 1, 1]);
  expect([sw.flooded, sw.forwarded]).toEqual([1, 2]);
  expect(
    sw
      .table()
      .list(world.queue.now)
      .map(({ mac, port }) => `${mac} ${port.name}`),
  ).toEqual(['02:00:00:00:00:01 port1', '02:00:00:00:00:02 port2']);
  expect(world.valuesOf('switch.learn')).toHaveLength(2);
  expect(world.valuesOf('switch.flood')).toEqual([{ port: 'sw.port1', mac: '02:00:00:00:00:02', packet: 1 }]);
});

test('one hop is one event, at the instant the frame has come in whole', () => {
  const { world, stations, send } = star(2);
  send(1, 2);
  const before = world.queue.fired;
  world.run();
  expect(stations[1]!.times).toEqual([10]);
  expect(world.queue.fired - before).toBe(2);
});

test('broadcast goes everywhere but back; ports are full duplex, so nothing collides', () => {
  const { world, sw, send, counts } = star(3);
  for (const from of [1, 2, 3]) send(from, 0);
  world.run();
  expect(counts()).toEqual([2, 2, 2]);
  expect(sw.ports.map(({ stats }) => [stats.rxPackets, stats.txPackets, stats.multicast, stats.collisions])).toEqual([
    [1, 2, 1, 0],
    [1, 2, 1, 0],
    [1, 2, 1, 0],
  ]);
});

test('a frame for a station behind its own port goes nowhere', () => {
  const { world, send, counts } = star(3);
  send(1, 0);
  world.run();
  send(1, 1);
  world.run();
  expect(counts()).toEqual([0, 1, 1]);
});

test('an address that shows up elsewhere moves, and is reported as flapping', () => {
  const { world, sw, stations, send } = star(3);
  send(1, 0);
  world.run();
  stations[2]!.egress!.send(world.frame(100, MAC_BROADCAST, macOf(1)), world.queue.now);
  world.run();
  send(1, 0);
  world.run();
  const mac = '02:00:00:00:00:01';
  expect(world.valuesOf('switch.move')).toEqual([
    { port: 'sw.port3', mac, from: 'sw.port1' },
    { port: 'sw.port1', mac, from: 'sw.port3' },
  ]);
  expect(sw.table().size).toBe(1);
});

describe('ageing', () => {
  const second = 1_000_000_000;

  test('an entry is gone after 300 s without a frame, and the next frame is flooded', () => {
    const { world, send, counts } = star(3);
    send(2, 0);
    world.run();
    const seen = 5;
    world.run(300 * second + seen - 1 - 5);
    send(1, 2);
    world.run();
    expect(counts()).toEqual([1, 1, 1]);
    send(1, 2);
    world.run();
    expect(counts()).toEqual([1, 2, 2]);
    expect(world.valuesOf('switch.age')).toEqual([{ port: 'sw.port2', mac: '02:00:00:00:00:02' }]);
  });

  test('frames refresh an entry, and a silent network has nothing pending', () => {
    const { world, sw, send } = star(2, { ageingNs: 10 * second });
    send(1, 0);
    world.run(8 * second);
    send(1, 0);
    world.run(16 * second);
    expect(sw.table().list(world.queue.now)).toHaveLength(1);
    expect(world.queue.pending).toBe(0);
    world.run(20 * second);
    expect(sw.table().list(world.queue.now)).toHaveLength(0);
  });

  test('entries by hand stay', () => {
    const { world, sw, send, counts } = star(3, { ageingNs: second });
    sw.table().fix(macOf(3), sw.ports[2]!);
    world.run(100 * second);
    send(1, 3);
    world.run();
    expect(counts()).toEqual([0, 0, 1]);
  });
});

test('a full table floods, and what aged makes room', () => {
  const { world, sw, send, counts } = star(3, { tableSize: 1, ageingNs: 1000 });
  send(1, 0);
  world.run();
  send(2, 1);
  world.run();
  expect(sw.unlearned).toBe(1);
  send(1, 2);
  world.run();
  expect(counts()).toEqual([1, 2, 2]);
  world.run(2000);
  send(2, 0);
  world.run();
  expect(
    sw
      .table()
      .list(world.queue.now)
      .map(({ mac }) => mac.key),
  ).toEqual([macOf(2).key]);
});

test('a port that loses carrier forgets what was behind it and takes no frames', () => {
  const { world, sw, cables, send, counts } = star(3);
  send(1, 0);
  send(2, 0);
  world.run();
  cables[1]!.unplug();
  expect(sw.table().size).toBe(1);
  send(1, 2);
  world.run();
  expect(counts()).toEqual([1, 1, 3]);
  expect(world.dropReasons).toEqual([]);
});

test('without power every link is dark', () => {
  const { sw, stations } = star(2);
  sw.setPower(false);
  expect(stations.map(({ carrier }) => carrier)).toEqual([false, false]);
  sw.setPower(true);
  expect(stations.map(({ carrier }) => carrier)).toEqual([true, true]);
});

test('frames that are too long end at the port', () => {
  const { world, send, counts, sw } = star(2);
  send(1, 2, 1514);
  send(1, 2, 1515);
  world.run();
  expect(counts()).toEqual([0, 1]);
  expect(world.dropReasons).toEqual(['frame-too-long']);
  expect(sw.ports[0]!.stats.rxErrors).toBe(1);
});

describe('VLANs', () => {
  function vlans() {
    const made = star(5, {
      ports: [
        { name: 'a10', vlan: { mode: 'access', vlan: 10 } },
        { name: 'b10', vlan: { mode: 'access', vlan: 10 } },
        { name: 'a20', vlan: { mode: 'access', vlan: 20 } },
        { name: 'trunk', vlan: { mode: 'trunk' } },
        { name: 'native', vlan: { mode: 'trunk', allowed: [20], native: 10 } },
      ],
    });
    const tags = (port: NotingPort) =>
      port.arrivals.map(({ frame }) => (frame.payload.kind === 'vlan' ? frame.payload.vlanId : 0));
    const sendTagged = (from: number, vlan: number, priority = 0) => {
      const plain = made.world.frame(100, MAC_BROADCAST, macOf(from));
      const inner = plain.payload;
      if (inner.kind !== 'ipv4') throw new Error('unexpected');
      const frame = new Frame(
        plain.dst,
        plain.src,
        ETHERTYPE.vlan,
        new VlanTagged(vlan, priority, plain.etherType, inner),
      );
      made.stations[from - 1]!.egress!.send(frame, made.world.queue.now);
    };
    return { ...made, tags, sendTagged };
  }

  test('a broadcast stays in its VLAN and is tagged on trunks, but not where it is native', () => {
    const { world, stations, send, tags } = vlans();
    send(1, 0);
    world.run();
    expect(stations.map(tags)).toEqual([[], [0], [], [10], [0]]);
  });

  test('tags come off at access ports; priority stays on trunks', () => {
    const { world, stations, sendTagged, tags } = vlans();
    sendTagged(4, 20, 5);
    world.run();
    expect(stations.map(tags)).toEqual([[], [], [0], [], [20]]);
    const { frame } = stations[4]!.arrivals[0]!;
    expect(frame.payload).toMatchObject({ vlanId: 20, priority: 5 });
    expect(stations[2]!.arrivals[0]!.frame.length).toBe(100);
  });

  test('the same address in two VLANs are two entries', () => {
    const { world, sw, stations, send } = vlans();
    send(1, 0);
    stations[2]!.egress!.send(world.frame(100, MAC_BROADCAST, macOf(1)), 0);
    world.run();
    expect(sw.vlans).toEqual([10, 20]);
    expect(world.valuesOf('switch.move')).toEqual([]);
    send(2, 1);
    world.run();
    expect(stations[0]!.arrivals).toHaveLength(1);
  });

  test('foreign tags at an access port, and untagged frames on a trunk without native VLAN, are refused', () => {
    const { world, send, sendTagged, counts } = vlans();
    sendTagged(1, 20);
    send(4, 0);
    world.run();
    expect(counts()).toEqual([0, 0, 0, 0, 0]);
    expect(world.dropReasons).toEqual(['vlan-not-admitted', 'vlan-not-admitted']);
  });

  test('a switch without VLANs passes tags through', () => {
    const { world, stations } = star(2);
    const plain = world.frame();
    if (plain.payload.kind !== 'ipv4') throw new Error('unexpected');
    const frame = new Frame(plain.dst, plain.src, ETHERTYPE.vlan, new VlanTagged(7, 0, plain.etherType, plain.payload));
    stations[0]!.egress!.send(frame, 0);
    world.run();
    expect(stations[1]!.arrivals[0]!.frame).toBe(frame);
  });
});
