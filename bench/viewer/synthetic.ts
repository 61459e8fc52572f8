/** Recordings of a size that no lab has: what they show is made up, its form is that of a run. */
import { ipv4Checksum } from '@netarium/core/wire/ipv4.ts';
import { tcpChecksum } from '@netarium/core/wire/tcp.ts';
import { eventValuesOf, type Values } from '@netarium/view/recording/event-values.ts';
import type { Recording } from '@netarium/view/recording/recording.ts';

export interface Size {
  readonly machines: number;
  /** Each is seen once by its sender, and goes over one cable. */
  readonly packets: number;
  readonly events: number;
  /** Packets that are under way at the same instant. */
  readonly moving: number;
}

const [CLIENT, SERVER] = [0x0a00_0001, 0x0a00_0002];
const CONVERSATIONS = 5_000;
const SPACING_NS = 5_000;
const ARMS = 10;

/** A frame of 60 bytes with a TCP segment, but for what tells one from the other. */
function template(): Uint8Array {
  const bytes = new Uint8Array(60);
  bytes.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x08, 0, 0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 6]);
  bytes.set([0x50, 0x10, 0xff, 0xff], 46);
  return bytes;
}

function frames(count: number): Uint8Array {
  const bytes = new Uint8Array(60 * count);
  const one = template();
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    const at = 60 * i;
    bytes.set(one, at);
    // Six bytes, and their acknowledgment.
    const [client, server] = [1024 + (i % CONVERSATIONS), i % 10 === 0 ? 443 : 80];
    const round = Math.floor(i / CONVERSATIONS);
    const answers = round % 2 === 1;
    const sent = Math.floor(round / 2) * 6;
    view.setUint16(at + 16, answers ? 40 : 46);
    view.setUint32(at + 26, answers ? SERVER : CLIENT);
    view.setUint32(at + 30, answers ? CLIENT : SERVER);
    view.setUint16(at + 34, answers ? server : client);
    view.setUint16(at + 36, answers ? client : server);
    view.setUint32(at + 38, answers ? 1 : sent + 1);
    view.setUint32(at + 42, answers ? sent + 7 : 1);
    view.setUint16(at + 24, ipv4Checksum(bytes, at + 14, 20));
    view.setUint16(at + 50, tcpChecksum(bytes, at + 34, at + (answers ? 54 : 60), CLIENT, SERVER));
  }
  return bytes;
}

const KINDS = ['tcp.state', 'neighbour.state', 'process.start', 'process.exit', 'frame.drop'] as const;

function valuesOf(i: number): Values {
  switch (i % 5) {
    case 0:
      return {
        socket: i % 700,
        local: '10.0.0.1:80',
        peer: `10.0.0.2:${i % 5000}`,
        from: 'SYN-SENT',
        to: 'ESTABLISHED',
        reason: 'ack',
      };
    case 1:
      return {
        card: 'eth0',
        address: `10.0.0.${i % 250}`,
        from: 'none',
        to: 'REACHABLE',
        mac: '02:00:00:00:00:01',
        reason: 'reply',
      };
    case 2:
      return { pid: i % 900, parent: 1, name: 'curl', argv: 'curl http://web/' };
    case 3:
      return { pid: (i - 1) % 900, name: 'curl', code: 0, signal: '' };
    default:
      return { card: 'm0.eth0', packet: i + 1, reason: 'queue-full', length: 60 };
  }
}

export function synthetic({ machines, packets, events, moving }: Size): Recording {
  const numbers = <T>(count: number, each: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => each(i));
  const names = numbers(machines, (i) => `m${i}`);
  const cables = numbers(machines - 1, (i) => ({
    name: `c${i}`,
    a: `m${Math.floor(i / ARMS)}.p${i}`,
    b: `m${i + 1}.eth0`,
  }));
  const flightNs = SPACING_NS * moving;
  const endNs = Math.max(packets * SPACING_NS + flightNs, 1);
  const both = { en: 'Synthetic', zh: 'Synthetic' };
  return {
    engine: 'bench',
    lab: 'synthetic',
    title: both,
    text: both,
    seed: 1,
    params: {},
    wireDigest: '',
    runDigest: '',
    endNs,
    machines: names.map((name) => ({ name, kind: 'host', cards: [] })),
    cables,
    cards: names.map((name) => ({ name: `${name}.eth0`, host: name, mac: '02:00:00:00:00:01' })),
    story: [],
    checks: [],
    problems: [],
    kinds: KINDS,
    hosts: names,
    causes: ['origin'],
    dropReasons: ['queue-full'],
    ladder: { hosts: [], rows: [], timers: [] },
    lanes: { fromNs: 0, toNs: endNs, lanes: [], deadlocks: [] },
    source: { files: [], frames: [], stacks: [], queues: [] },
    calls: {
      fromNs: new Float64Array(),
      lane: new Uint32Array(),
      stack: new Uint32Array(),
      queues: new Uint32Array(),
    },
    plots: { cwnd: [], rtt: [], goodput: [], queue: [] },
    frames: {
      offsets: Float64Array.from({ length: packets + 1 }, (_, i) => 60 * i),
      bytes: frames(packets),
      lengths: new Float64Array(packets).fill(60),
      packets: Float64Array.from({ length: packets }, (_, i) => i + 1),
      of: new Float64Array(packets),
      cause: new Uint8Array(packets),
    },
    sights: {
      atNs: Float64Array.from({ length: packets }, (_, i) => i * SPACING_NS),
      card: Uint16Array.from({ length: packets }, (_, i) => i % machines),
      out: new Uint8Array(packets).fill(1),
      frame: Uint32Array.from({ length: packets }, (_, i) => i),
    },
    hops: {
      startNs: Float64Array.from({ length: packets }, (_, i) => i * SPACING_NS),
      arrivalNs: Float64Array.from({ length: packets }, (_, i) => i * SPACING_NS + flightNs),
      cable: Uint16Array.from({ length: packets }, (_, i) => (i * 7) % cables.length),
      back: Uint8Array.from({ length: packets }, (_, i) => i & 1),
      frame: Uint32Array.from({ length: packets }, (_, i) => i),
      fate: Uint8Array.from({ length: packets }, (_, i) => (i % 1000 === 999 ? 1 : 0)),
    },
    events: {
      atNs: Float64Array.from({ length: events }, (_, i) => Math.floor((i * endNs) / Math.max(1, events))),
      kind: Uint16Array.from({ length: events }, (_, i) => i % KINDS.length),
      host: Uint16Array.from({ length: events }, (_, i) => (i % 3 === 0 ? 0 : i % machines)),
      values: eventValuesOf(numbers(events, valuesOf)),
    },
  };
}
