/**
 * Random frames into our network layer and into the kernel of this machine, as routers in the same place, and how their answers differ. Needs
 * root (network namespaces) and Python 3 (packet sockets).
 */
import { parsePrefix } from '@netarium/core/base/address.ts';
import { assert } from '@netarium/core/base/assert.ts';
import { fromHex, hex } from '@netarium/core/base/bytes.ts';
import { NetworkCard } from '@netarium/core/link/card.ts';
import { ip, type TestHost, TestWorld } from '@netarium/core/network/hosts.test-kit.ts';
import { Udp } from '@netarium/core/transport/udp.ts';
import { decodeFrame, encodeFrame } from '@netarium/core/wire/codec.ts';
import { PacketId } from '@netarium/core/wire/packet.ts';
import { askPython } from './python.ts';
import { isRefused, OWN_MAC, PEER_MAC, type Sent } from './random-frames.ts';

type Answer = readonly [port: number, frame: string];

/** The real arm: one process for all cases. */
function kernel(cases: readonly (readonly Sent[])[], settings: readonly string[]): Answer[][] {
  const frames = cases.map((sent) => sent.map(([port, bytes]) => [port, hex(bytes)]));
  return askPython('inject.py', { settings, cases: frames }, 120_000);
}

/** The same router as inject.py builds. */
class Ours {
  private readonly world = new TestWorld(1);
  private readonly answers: Answer[] = [];
  private readonly outside: NetworkCard[];

  constructor(settings: readonly string[]) {
    const router = this.world.bareHost('router');
    new Udp(router.context, router.stack);
    this.outside = [0, 1].map((i) => this.port(router, i));
    router.stack.config.setMtu(router.eth('eth1').ifindex, 600);
    this.configure(router);
    for (const setting of settings) {
      const [key, value] = setting.split('=');
      // Ours are of the host, not of the card.
      router.set(`net.ipv4.${key!.replace(/^neigh\.eth\d/, 'neigh.default')}`, Number(value));
    }
    this.world.run(1_000_000_000);
  }

  private port(router: TestHost, i: number): NetworkCard {
    const card = router.card(`eth${i}`, i + 2, i === 0 ? '10.0.0.2/24' : '10.0.9.2/24');
    assert(card.mac.key === OWN_MAC[i]!.key, `the MAC address of eth${i}`);
    const peer = new NetworkCard(this.world.context('outside'), {
      name: `eth${i}`,
      ifindex: i + 1,
      mac: PEER_MAC[i]!,
      up: true,
    });
    peer.addPromiscuity(1);
    peer.addTap({
      frame: (_card, frame, direction) => {
        if (direction === 'in') this.answers.push([i, hex(encodeFrame(frame))]);
      },
    });
    this.world.cable(card, peer);
    return peer;
  }

  private configure(router: TestHost): void {
    router.forwarding();
    router.set('net.ipv4.icmp_ratelimit', 0);
    for (const key of ['icmp_msgs_per_sec', 'icmp_msgs_burst']) router.set(`net.ipv4.${key}`, 1_000_000);
    router.set('net.ipv4.neigh.default.delay_first_probe_time', 100_000);
    router.set('net.ipv4.neigh.default.locktime', 10_000_000);
    router.set('net.ipv4.neigh.default.retrans_time_ms', 1_000_000);
    for (const card of ['all', 'eth0', 'eth1']) router.set(`net.ipv4.conf.${card}.send_redirects`, 0);
    const { config } = router.stack;
    for (const [address, i] of [
      ['10.0.0.0', 0],
      ['10.0.0.1', 0],
      ['10.0.0.55', 0],
      ['10.0.9.1', 1],
      ['10.0.9.55', 1],
    ] as const) {
      const { ifindex } = router.eth(`eth${i}`);
      config.addNeighbour({ ifindex, address: ip(address), mac: PEER_MAC[i]!, state: 'PERMANENT' });
    }
    router.route('9.9.9.0/24', '10.0.0.1');
    for (const [prefix, type] of [
      ['10.7', 'unreachable'],
      ['10.8', 'prohibit'],
      ['10.10', 'blackhole'],
    ] as const) {
      config.addRoute({ destination: parsePrefix(`${prefix}.0.0/16`)!, type });
    }
  }

  send(sent: readonly Sent[]): Answer[] {
    this.answers.length = 0;
    for (const [port, bytes] of sent) this.outside[port]!.transmit(decodeFrame(bytes, new PacketId(1)));
    this.world.run(this.world.queue.now + 5_000_000);
    return [...this.answers];
  }
}

/**
 * What may differ: identification and so the header checksum; the times in a time-stamp reply; and in the quote of a datagram with a
 * record route, whose checksum the kernel does not renew when it stamps it.
 */
function comparable([port, frame]: Answer): string {
  const bytes = fromHex(frame)!;
  const zero = (...at: number[]): void => {
    for (const each of at) if (each < bytes.length) bytes[each] = 0;
  };
  if (bytes[12] !== 8 || bytes[13] !== 0) return `${port} ${hex(bytes)}`;
  zero(18, 19, 24, 25);
  const headerLength = (bytes[14]! & 15) * 4;
  const icmp = 14 + headerLength;
  if (bytes[23] === 1 && bytes[icmp] === 14)
    zero(icmp + 2, icmp + 3, ...Array.from({ length: 8 }, (_, i) => icmp + 12 + i));
  const recorded = headerLength > 20 && bytes[34] === 7;
  if (bytes[23] === 1 && recorded && [3, 11, 12].includes(bytes[icmp]!)) zero(icmp + 2, icmp + 3, icmp + 18, icmp + 19);
  return `${port} ${hex(bytes)}`;
}

/** Answers to what cannot be routed come at most once a second per sender, by the clock of each arm. */
function isRateLimited(sent: readonly Sent[]): boolean {
  return sent.some(([, bytes]) => {
    const packet = decodeFrame(bytes, new PacketId(1)).payload;
    return packet.kind === 'ipv4' && isRefused(packet.dst);
  });
}

/** One side said all that the other did, as often or more often. */
function overlap(a: readonly string[], b: readonly string[]): boolean {
  return a.every((each) => b.includes(each)) || b.every((each) => a.includes(each));
}

export interface FrameDifference {
  readonly number: number;
  readonly sent: readonly string[];
  readonly ours: readonly string[];
  readonly kernel: readonly string[];
}

export interface FrameComparison {
  readonly differences: readonly FrameDifference[];
  /** Cases to which the kernel said anything. */
  readonly answered: number;
  /** Cases in which the kernel, asked twice, did not say the same, and which so prove nothing. */
  readonly unstable: number;
}

/** `settings`: sysctl variables below net.ipv4 that both routers get beside their own, `conf.eth0.proxy_arp=1`. */
export function compareFrames(
  cases: readonly (readonly Sent[])[],
  twice = false,
  settings: readonly string[] = [],
): FrameComparison {
  const theirs = kernel(cases, settings);
  const again = twice ? kernel(cases, settings) : theirs;
  const ours = new Ours(settings);
  const differences: FrameDifference[] = [];
  let [answered, unstable] = [0, 0];
  cases.forEach((sent, number) => {
    const arms = [ours.send(sent), theirs[number]!, again[number]!];
    const [mine, real, repeated] = arms.map((answers) => answers.map(comparable).sort());
    if (real!.length > 0) answered++;
    const alike = (a: readonly string[], b: readonly string[]): boolean =>
      a.join() === b.join() || (isRateLimited(sent) && overlap(a, b));
    if (!alike(real!, repeated!)) unstable++;
    else if (!alike(mine!, real!)) {
      const shown = sent.map(([port, bytes]) => `${port} ${hex(bytes)}`);
      differences.push({ number, sent: shown, ours: mine!, kernel: real! });
    }
  });
  return { differences, answered, unstable };
}
