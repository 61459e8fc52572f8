import { describe, expect, test } from 'vitest';
import { MacAddress } from '../base/address.ts';
import { Errno } from '../base/errno.ts';
import type { NetworkCard } from '../link/card.ts';
import { MS, SECOND } from '../time/instant.ts';
import { ARP_REPLY, ARP_REQUEST, ArpPacket, ETHERTYPE, Frame, ICMP, PacketId } from '../wire/packet.ts';
import { ip, TestWorld, Watch } from './hosts.test-kit.ts';

function pair(seed = 1) {
  const world = new TestWorld(seed);
  const a = world.host('a', { eth0: '10.0.0.1/24' });
  const b = world.host('b', { eth0: '10.0.0.2/24' });
  const cable = world.cable(a.eth(), b.eth(), { delayNs: 5 * MS });
  return { world, a, b, cable, onA: new Watch(a.eth()), onB: new Watch(b.eth()) };
}

/** An ARP packet as b's card would send it, whatever it says. */
function say(card: NetworkCard, operation: number, from: string, mac: number, to: string, dst: MacAddress, target = 0) {
  const arp = new ArpPacket(
    new PacketId(9999),
    operation,
    new MacAddress(mac),
    ip(from) as never,
    new MacAddress(target),
    ip(to) as never,
  );
  card.transmit(new Frame(dst, card.mac, ETHERTYPE.arp, arp));
}

const BROADCAST = new MacAddress(0xffff_ffff_ffff);

describe('resolution', () => {
  test('one broadcast request, one unicast reply, both sides know each other', () => {
    const { world, a, b, onA } = pair();
    a.ping('10.0.0.2');
    world.run(SECOND);
    expect(onA.lines).toEqual([
      '0 out arp who-has 10.0.0.2 tell 10.0.0.1 broadcast',
      '10000000 in arp 10.0.0.2 is-at 02:00:00:00:00:02 unicast',
      '10000000 out 10.0.0.1>10.0.0.2 ttl 64 icmp 8/0 84',
      '20000000 in 10.0.0.2>10.0.0.1 ttl 64 icmp 0/0 84',
    ]);
    expect(a.received.map(({ at }) => at)).toEqual([20 * MS]);
    expect(a.neighbours()).toEqual(['10.0.0.2 02:00:00:00:00:02 REACHABLE']);
    // b learnt a's address from the request, and used it: it waits five seconds for a confirmation.
    expect(b.neighbours()).toEqual(['10.0.0.1 02:00:00:00:00:01 DELAY']);
  });

  test('nobody there: three requests a second apart, then host unreachable to the sender itself at 3 s', () => {
    const { world, a, onA } = pair();
    a.ping('10.0.0.9');
    a.ping('10.0.0.9', 2);
    world.run(10 * SECOND);
    expect(onA.lines).toEqual([0, 1, 2].map((s) => `${s * SECOND} out arp who-has 10.0.0.9 tell 10.0.0.1 broadcast`));
    expect(a.errors.map(({ at, type, code, from }) => ({ at, type, code, from }))).toEqual([
      { at: 3 * SECOND, type: ICMP.unreachable, code: 1, from: '10.0.0.1' },
      { at: 3 * SECOND, type: ICMP.unreachable, code: 1, from: '10.0.0.1' },
    ]);
    expect(a.neighbours()).toEqual(['10.0.0.9 - FAILED']);
  });

  test('a failed neighbour is asked anew by the next packet', () => {
    const { world, a, onA } = pair();
    a.ping('10.0.0.9');
    world.run(5 * SECOND);
    a.ping('10.0.0.9');
    world.run(20 * SECOND);
    expect(onA.lines).toHaveLength(6);
    expect(onA.lines[3]).toBe(`${5 * SECOND} out arp who-has 10.0.0.9 tell 10.0.0.1 broadcast`);
    expect(a.errors.map(({ at }) => at)).toEqual([3 * SECOND, 8 * SECOND]);
  });

  test('packets that wait are bounded in bytes; the oldest go', () => {
    const { world, a } = pair();
    for (let i = 0; i < 300; i++) a.ping('10.0.0.9', i);
    const drops = world.reported('ip.drop', 'a');
    // 768 bytes of buffer each: 277 fit into unres_qlen_bytes 212992.
    expect(drops).toHaveLength(23);
    expect(drops[0]).toMatchObject({ reason: 'neighbour-queue-full' });
  });

  test('unconfirmed neighbours are probed by unicast and go', () => {
    const { world, a, b, onA } = pair();
    a.ping('10.0.0.2');
    world.run(60 * SECOND);
    expect(a.neighbours()).toEqual(['10.0.0.2 02:00:00:00:00:02 STALE']);
    b.stack.config.deleteAddress(b.eth().ifindex, ip('10.0.0.2'), 24);
    a.ping('10.0.0.2');
    onA.lines.length = 0;
    world.run(80 * SECOND);
    // DELAY for five seconds, then three unicast requests a second apart.
    expect(onA.lines).toEqual([65, 66, 67].map((s) => `${s * SECOND} out arp who-has 10.0.0.2 tell 10.0.0.1 unicast`));
    const states = world.reported('neighbour.state', 'a').map((v) => `${v['from' as never]}>${v['to' as never]}`);
    expect(states).toEqual([
      'NONE>INCOMPLETE',
      'INCOMPLETE>REACHABLE',
      'REACHABLE>STALE',
      'STALE>DELAY',
      'DELAY>PROBE',
      'PROBE>FAILED',
    ]);
  });

  test('an upper layer that sees answers spares the probe', () => {
    const { world, a } = pair();
    a.ping('10.0.0.2');
    world.run(60 * SECOND);
    a.ping('10.0.0.2');
    world.run(62 * SECOND);
    const path = a.stack.route(ip('10.0.0.2'));
    if ('confirm' in path) path.confirm(world.queue.now);
    world.run(66 * SECOND);
    expect(a.neighbours()).toEqual(['10.0.0.2 02:00:00:00:00:02 REACHABLE']);
  });

  test('the time of reachability is the seed’s, between 15 and 45 seconds', () => {
    const staleAt = (seed: number) => {
      const { world, a } = pair(seed);
      a.ping('10.0.0.2');
      world.run(100 * SECOND);
      const stale = world.events.find((e) => e.host === 'a' && (e.values as { to?: string }).to === 'STALE');
      return stale!.at - 10 * MS;
    };
    const times = Array.from({ length: 20 }, (_, seed) => staleAt(seed));
    for (const time of times) {
      expect(time).toBeGreaterThanOrEqual(15 * SECOND);
      expect(time).toBeLessThan(45 * SECOND);
    }
    expect(new Set(times).size).toBe(20);
    expect(staleAt(3)).toBe(times[3]);
  });
});

describe('who learns what (RFC 826, as Linux reads it)', () => {
  test('a bystander updates what it knows and creates nothing', () => {
    const { world, a, b } = pair();
    say(b.eth(), ARP_REQUEST, '10.0.0.7', 0x0200_0000_0077, '10.0.0.8', BROADCAST);
    world.run(SECOND);
    expect(a.neighbours()).toEqual([]);
    a.ping('10.0.0.2');
    world.run(3 * SECOND);
    say(b.eth(), ARP_REQUEST, '10.0.0.2', 0x0200_0000_0099, '10.0.0.8', BROADCAST);
    world.run(4 * SECOND);
    expect(a.neighbours()).toEqual(['10.0.0.2 02:00:00:00:00:99 STALE']);
  });

  test('the first of two answers wins for a second (locktime), the next one after it replaces it', () => {
    const { world, a, b } = pair();
    a.ping('10.0.0.2');
    world.run(100 * MS);
    say(b.eth(), ARP_REPLY, '10.0.0.2', 0x0200_0000_0066, '10.0.0.1', a.eth().mac, 1);
    world.run(200 * MS);
    expect(a.neighbours()).toEqual(['10.0.0.2 02:00:00:00:00:02 REACHABLE']);
    world.run(2 * SECOND);
    say(b.eth(), ARP_REPLY, '10.0.0.2', 0x0200_0000_0066, '10.0.0.1', a.eth().mac, 1);
    world.run(3 * SECOND);
    // Spoofed: a's traffic to 10.0.0.2 goes elsewhere from now on.
    expect(a.neighbours()).toEqual(['10.0.0.2 02:00:00:00:00:66 REACHABLE']);
  });

  test('gratuitous ARP overrides at once, and creates only with arp_accept', () => {
    const { world, a, b } = pair();
    a.ping('10.0.0.2');
    world.run(100 * MS);
    say(b.eth(), ARP_REQUEST, '10.0.0.2', 0x0200_0000_0055, '10.0.0.2', BROADCAST);
    say(b.eth(), ARP_REQUEST, '10.0.0.3', 0x0200_0000_0055, '10.0.0.3', BROADCAST);
    world.run(200 * MS);
    expect(a.neighbours()).toEqual(['10.0.0.2 02:00:00:00:00:55 STALE']);
    a.set('net.ipv4.conf.eth0.arp_accept', 1);
    say(b.eth(), ARP_REQUEST, '10.0.0.3', 0x0200_0000_0055, '10.0.0.3', BROADCAST);
    world.run(300 * MS);
    expect(a.neighbours()).toEqual(['10.0.0.2 02:00:00:00:00:55 STALE', '10.0.0.3 02:00:00:00:00:55 STALE']);
  });

  test('a permanent entry is not changed by what others say', () => {
    const { world, a, b } = pair();
    const mac = new MacAddress(0x0200_0000_0011);
    const request = { ifindex: a.eth().ifindex, address: ip('10.0.0.2'), mac, state: 'PERMANENT' } as const;
    expect(a.stack.config.addNeighbour(request)).toBeUndefined();
    expect(a.stack.config.addNeighbour(request)?.code).toBe('EEXIST');
    say(b.eth(), ARP_REQUEST, '10.0.0.2', 0x0200_0000_0055, '10.0.0.2', BROADCAST);
    world.run(2 * SECOND);
    expect(a.neighbours()).toEqual(['10.0.0.2 02:00:00:00:00:11 PERMANENT']);
  });

  test('a probe (sender 0.0.0.0) is answered by the owner and teaches nobody', () => {
    const { world, a, b, onB } = pair();
    say(b.eth(), ARP_REQUEST, '0.0.0.0', b.eth().mac.key, '10.0.0.1', BROADCAST);
    world.run(SECOND);
    expect(onB.lines[1]).toMatch(/arp 10\.0\.0\.1 is-at 02:00:00:00:00:01 unicast/);
    expect(a.neighbours()).toEqual([]);
  });
});

describe('sysctl', () => {
  test('arp_ignore 0 answers for any address of the host, 1 only for the card’s own', () => {
    const { world, a, b, onB } = pair();
    a.card('eth1', 50, '10.9.0.1/24');
    say(b.eth(), ARP_REQUEST, '10.0.0.2', b.eth().mac.key, '10.9.0.1', BROADCAST);
    world.run(SECOND);
    a.set('net.ipv4.conf.all.arp_ignore', 1);
    say(b.eth(), ARP_REQUEST, '10.0.0.2', b.eth().mac.key, '10.9.0.1', BROADCAST);
    say(b.eth(), ARP_REQUEST, '10.0.0.2', b.eth().mac.key, '10.0.0.1', BROADCAST);
    world.run(2 * SECOND);
    const answers = onB.lines.filter((line) => line.includes('is-at'));
    expect(answers).toEqual([expect.stringContaining('10.9.0.1 is-at'), expect.stringContaining('10.0.0.1 is-at')]);
  });

  test('arp_ignore 2 answers those of the subnet, and a probe (RFC 5227), which has none yet', () => {
    const { world, a, b, onB } = pair();
    a.set('net.ipv4.conf.all.arp_ignore', 2);
    for (const sender of ['10.0.0.2', '192.0.2.1', '0.0.0.0'])
      say(b.eth(), ARP_REQUEST, sender, b.eth().mac.key, '10.0.0.1', BROADCAST);
    world.run(SECOND);
    expect(onB.lines.filter((line) => line.includes('is-at'))).toHaveLength(2);
  });

  test('arp_notify announces addresses when the link comes up', () => {
    const { world, a, onB } = pair();
    a.set('net.ipv4.conf.all.arp_notify', 1);
    a.stack.config.setUp(a.eth().ifindex, false);
    world.run(SECOND);
    a.stack.config.setUp(a.eth().ifindex, true);
    world.run(2 * SECOND);
    expect(onB.lines).toEqual(['1005000000 in arp who-has 10.0.0.1 tell 10.0.0.1 broadcast']);
  });

  test('proxy_arp answers for what is routed elsewhere, after a random delay below 0.8 s', () => {
    const { world, a, b, onB } = pair();
    a.forwarding().card('eth1', 50, '10.9.0.1/24');
    a.set('net.ipv4.conf.eth0.proxy_arp', 1);
    say(b.eth(), ARP_REQUEST, '10.0.0.2', b.eth().mac.key, '10.9.0.77', BROADCAST);
    say(b.eth(), ARP_REQUEST, '10.0.0.2', b.eth().mac.key, '10.0.0.3', BROADCAST);
    world.run(2 * SECOND);
    const answers = onB.lines.filter((line) => line.includes('is-at'));
    expect(answers).toEqual([expect.stringContaining('10.9.0.77 is-at 02:00:00:00:00:01 unicast')]);
    expect(Number(answers[0]!.split(' ')[0])).toBeLessThan(810 * MS);
  });
});

// The kernel's answers (6.18).
describe('what a host may be told about odd addresses', () => {
  test('drop_gratuitous_arp: who announces itself is not heard, requests and replies alike', () => {
    for (const [value, last] of [
      [0, '10'],
      [1, 'aa'],
    ] as const) {
      const { world, a, b } = pair();
      a.set('net.ipv4.conf.eth0.drop_gratuitous_arp', value);
      const mac = new MacAddress(0x0200_0000_00aa);
      a.stack.config.addNeighbour({ ifindex: a.eth().ifindex, address: ip('10.0.0.9'), mac, state: 'STALE' });
      say(b.eth(), ARP_REQUEST, '10.0.0.9', 0x0200_0000_0010, '10.0.0.9', BROADCAST);
      say(b.eth(), ARP_REPLY, '10.0.0.9', 0x0200_0000_0011, '10.0.0.9', BROADCAST);
      world.run(SECOND);
      expect(a.neighbours()).toEqual([`10.0.0.9 02:00:00:00:00:${last} STALE`]);
    }
  });

  test('route_localnet: 127/8 is answered for, and may be a source', () => {
    for (const value of [0, 1]) {
      const { world, a, b } = pair();
      for (const host of [a, b]) host.set('net.ipv4.conf.eth0.route_localnet', value);
      const answers = new Watch(a.eth());
      say(b.eth(), ARP_REQUEST, '10.0.0.2', 0x0200_0000_0002, '127.0.0.1', BROADCAST);
      world.run(SECOND);
      expect(answers.lines.filter((line) => line.includes('127.0.0.1 is-at'))).toHaveLength(value);
      const path = a.stack.route(ip('10.0.0.2'), ip('127.0.0.1'));
      expect(path instanceof Errno ? path.code : 'a way').toBe(value === 0 ? 'EINVAL' : 'a way');
    }
  });
});

describe('the table', () => {
  test('loses its entries with the carrier, except permanent ones', () => {
    const { world, a, cable } = pair();
    a.ping('10.0.0.2');
    const mac = new MacAddress(0x0200_0000_0011);
    a.stack.config.addNeighbour({ ifindex: a.eth().ifindex, address: ip('10.0.0.5'), mac, state: 'PERMANENT' });
    world.run(SECOND);
    cable.unplug();
    expect(a.neighbours()).toEqual(['10.0.0.5 02:00:00:00:00:11 PERMANENT']);
    a.stack.config.setUp(a.eth().ifindex, false);
    expect(a.neighbours()).toEqual([]);
  });

  test('collects what is stale above gc_thresh1, and refuses above gc_thresh3', () => {
    const { world, a, b } = pair();
    a.set('net.ipv4.neigh.default.gc_thresh1', 4);
    for (let i = 10; i < 20; i++) say(b.eth(), ARP_REQUEST, `10.0.0.${i}`, 0x0200_0000_0000 + i, '10.0.0.1', BROADCAST);
    world.run(SECOND);
    expect(a.neighbours()).toHaveLength(10);
    world.run(120 * SECOND);
    expect(a.neighbours()).toHaveLength(0);
    a.set('net.ipv4.neigh.default.gc_thresh2', 2);
    a.set('net.ipv4.neigh.default.gc_thresh3', 3);
    for (let i = 10; i < 20; i++) a.ping(`10.0.0.${i}`);
    expect(a.neighbours()).toHaveLength(3);
    expect(a.ping('10.0.0.99')?.code).toBe('ENOBUFS');
  });

  test('nothing is left pending once all is quiet', () => {
    const { world, a } = pair();
    a.ping('10.0.0.2');
    a.ping('10.0.0.9');
    world.run();
    expect(world.queue.pending).toBe(0);
    expect(world.queue.now).toBeLessThan(120 * SECOND);
  });
});
