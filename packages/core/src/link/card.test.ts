import { describe, expect, test } from 'vitest';
import { MAC_BROADCAST, MAC_ZERO, MacAddress } from '../base/address.ts';
import { ETHERTYPE, Frame, VlanTagged } from '../wire/packet.ts';
import { Cable } from './cable.ts';
import { type FrameReceiver, loopbackCard, type NetworkCard } from './card.ts';
import { macOf, TestWorld } from './link.test-kit.ts';

class Notes implements FrameReceiver {
  readonly frames: Frame[] = [];
  readonly carrier: boolean[] = [];
  receiveFrame(_card: NetworkCard, frame: Frame): void {
    this.frames.push(frame);
  }
  carrierChanged(_card: NetworkCard, up: boolean): void {
    this.carrier.push(up);
  }
}

function wired(mtuOfB = 1500) {
  const world = new TestWorld();
  const a = world.card('a', 1);
  const b = world.card('b', 2, mtuOfB);
  const notes = new Notes();
  b.receiver = notes;
  const cable = new Cable(world.context(''), a, b, { delayNs: 10 });
  return { world, a, b, notes, cable };
}

describe('the address filter', () => {
  test('passes frames for the card, broadcast and joined groups, and silently turns others away', () => {
    const { world, a, b, notes } = wired();
    const group = new MacAddress(0x0100_5e00_0001);
    b.join(group);
    for (const dst of [macOf(2), macOf(3), MAC_BROADCAST, group, new MacAddress(0x0100_5e00_0002)]) {
      a.transmit(world.frame(100, dst));
    }
    world.run();
    expect(notes.frames.map(({ dst }) => dst.key)).toEqual([macOf(2).key, MAC_BROADCAST.key, group.key]);
    expect(b.stats).toMatchObject({ rxPackets: 3, rxBytes: 300, multicast: 2, rxDropped: 0, rxErrors: 0 });
    expect(a.stats).toMatchObject({ txPackets: 5, txBytes: 500 });
    expect(world.dropReasons).toEqual([]);
  });

  test('joins are counted', () => {
    const { world, a, b, notes } = wired();
    const group = new MacAddress(0x0100_5e00_0012);
    b.join(group);
    b.join(group);
    expect([b.leave(group), b.joinedKeys, b.leave(group), b.leave(group)]).toEqual([true, [group.key], true, false]);
    a.transmit(world.frame(100, group));
    b.allMulticast = true;
    world.run();
    expect(notes.frames).toHaveLength(1);
  });

  test('in promiscuous mode taps see everything, the receiver only its own', () => {
    const { world, a, b, notes } = wired();
    const seen: string[] = [];
    const tap = {
      frame: (card: NetworkCard, _f: Frame, way: string, at: number) => seen.push(`${card.fullName} ${way} ${at}`),
    };
    b.addTap(tap);
    a.addTap(tap);
    a.transmit(world.frame(100, macOf(9)));
    world.run();
    expect(seen).toEqual(['a.eth0 out 0']);
    b.addPromiscuity(1);
    a.transmit(world.frame(100, macOf(9)));
    world.run();
    expect(seen).toEqual(['a.eth0 out 0', 'a.eth0 out 10', 'b.eth0 in 20']);
    expect(notes.frames).toEqual([]);
    b.addPromiscuity(-1);
    b.removeTap(tap);
    a.removeTap(tap);
    a.transmit(world.frame());
    world.run();
    expect(seen).toHaveLength(3);
    expect(notes.frames).toHaveLength(1);
  });
});

describe('what cannot be sent or received', () => {
  test('down, without cable, without carrier: a reason each', () => {
    const { world, a, b, cable } = wired();
    b.setUp(false);
    expect(a.transmit(world.frame())).toBe(false);
    a.setUp(false);
    a.transmit(world.frame());
    a.setUp(true);
    cable.unplug();
    a.transmit(world.frame());
    expect(world.dropReasons).toEqual(['no-carrier', 'link-down', 'no-cable']);
    expect(a.stats).toMatchObject({ txDropped: 3, txPackets: 0 });
  });

  test('frames beyond the MTU: ours are a bug, received ones an error', () => {
    const { world, a, b, notes } = wired(576);
    expect(() => a.transmit(world.frame(1515))).toThrow('MTU 1500');
    a.transmit(world.frame(1514));
    a.transmit(world.frame(590));
    world.run();
    expect(notes.frames).toHaveLength(1);
    expect(b.stats.rxErrors).toBe(1);
    expect(world.dropReasons).toEqual(['frame-too-long']);
  });

  test('an 802.1Q tag does not count into the MTU', () => {
    const { world, a, notes } = wired();
    const plain = world.frame(1514);
    const inner = plain.payload;
    if (inner.kind !== 'ipv4') throw new Error('unexpected');
    a.transmit(new Frame(plain.dst, plain.src, ETHERTYPE.vlan, new VlanTagged(5, 0, ETHERTYPE.ipv4, inner)));
    world.run();
    expect(notes.frames).toHaveLength(1);
  });
});

test('carrier follows cable, both ends and power, and is told at once', () => {
  const { world, a, b, notes, cable } = wired();
  notes.carrier.length = 0;
  a.setUp(false);
  a.setUp(true);
  cable.unplug();
  cable.plug();
  a.setPower(false);
  a.setPower(true);
  expect(notes.carrier).toEqual([false, true, false, true, false, true]);
  expect(b.stats.carrierChanges).toBe(7);
  expect(world.valuesOf('link.admin')).toHaveLength(2);
  expect(world.valuesOf('link.carrier')).toHaveLength(14);
});

test('a card starts down, as on Linux', () => {
  const world = new TestWorld();
  const lo = loopbackCard(world.context('a'));
  expect([lo.up, lo.carrier, lo.transmit(world.frame(100, MAC_ZERO))]).toEqual([false, false, false]);
});

test('the loopback device delivers to itself at the same instant, through the queue', () => {
  const world = new TestWorld();
  const lo = loopbackCard(world.context('a'));
  const notes = new Notes();
  lo.receiver = notes;
  const seen: string[] = [];
  lo.addTap({ frame: (_card, _frame, direction) => seen.push(direction) });
  lo.setUp(true);
  expect(lo.carrier).toBe(true);
  world.at(500, () => {
    lo.transmit(world.frame(65536 + 14, MAC_ZERO, MAC_ZERO));
    expect(notes.frames).toEqual([]);
  });
  world.run();
  expect(notes.frames).toHaveLength(1);
  expect(world.queue.now).toBe(500);
  expect(seen).toEqual(['in']);
  expect(lo.stats).toMatchObject({ rxPackets: 1, txPackets: 1 });
});
