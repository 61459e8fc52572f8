/**
 * TCP_INFO of our TCP and of the kernel of this machine after the same conversations with a hand-played peer. Compared is all that does not hang on the
 * clock of a busy machine; times that count whole steps of a conversation (busy_time) must agree within a third of a step. Needs root, /dev/net/tun
 * and Python 3.
 */
import { expect, test } from 'vitest';
import { kernel } from './compare-segments.ts';
import { type Answer, replay, type Step } from './random-segments.ts';

type Info = Readonly<Record<string, number | boolean | string>>;

const OPEN = (more = {}): Step[] => [
  { op: 'listen' },
  { op: 'packet', flags: 'S', seq: 0, length: 0, window: 65_535, mss: 1000, ...more },
  { op: 'packet', flags: '.', seq: 1, ack: 1, length: 0, window: 65_535 },
  { op: 'accept' },
];
const data = (seq: number, length: number, ack: number, more = {}): Step => ({
  op: 'packet',
  flags: 'P.',
  seq,
  ack,
  length,
  window: 65_535,
  ...more,
});
const ack = (number: number, more = {}): Step => data(1, 0, number, { flags: '.', ...more });
const send = (length: number): Step => ({ op: 'send', length });
const INFO: Step = { op: 'info' };
const SACK = { sackPermitted: true } as const;

const CONVERSATIONS: Readonly<Record<string, readonly Step[]>> = {
  'a new connection': [...OPEN({ ...SACK, windowScale: 7 }), INFO],
  'an active open': [
    { op: 'connect' },
    { op: 'packet', flags: 'S.', seq: 0, ack: 1, length: 0, window: 65_535, mss: 1000, ...SACK },
    INFO,
  ],
  'data both ways': [
    ...OPEN(SACK),
    data(1, 500, 1),
    send(3000),
    ack(2001, { seq: 501 }),
    INFO,
    ack(3001, { seq: 501 }),
    INFO,
    { op: 'receive' },
    INFO,
  ],
  'many small segments received': [
    ...OPEN(),
    ...Array.from({ length: 12 }, (_, i) => data(1 + i * 1000, 1000, 1)),
    INFO,
    { op: 'receive' },
    INFO,
  ],
  'a reader that keeps up': [
    ...OPEN({ windowScale: 7 }),
    ...Array.from({ length: 120 }, (_, i): Step[] => [
      data(1 + i * 1460, 1460, 1, { flags: '.' }),
      ...(i % 8 === 7 ? [{ op: 'receive' } as const] : []),
      ...(i % 40 === 39 ? [INFO] : []),
    ]).flat(),
    INFO,
  ],
  'a reader that does not': [
    ...OPEN(),
    ...Array.from({ length: 44 }, (_, i) => data(1 + i * 1460, 1460, 1, { flags: '.' })),
    INFO,
    { op: 'receive' },
    INFO,
  ],
  'out of order, then a duplicate': [
    ...OPEN(SACK),
    data(1001, 1000, 1),
    INFO,
    data(1, 1000, 1),
    data(1, 1000, 1),
    INFO,
  ],
  'a lost segment repaired by SACK': [
    ...OPEN(SACK),
    send(10_000),
    ack(1, { sack: [[1001, 2001]] }),
    ack(1, { sack: [[1001, 4001]] }),
    INFO,
    ack(10_001),
    INFO,
  ],
  'without SACK: three duplicates': [
    ...OPEN(),
    send(8000),
    ack(1),
    ack(1),
    ack(1),
    INFO,
    ack(3001),
    INFO,
    ack(8001),
    INFO,
  ],
  'a needless retransmission': [
    ...OPEN(SACK),
    send(4000),
    ack(1, { sack: [[1001, 4001]] }),
    ack(4001),
    ack(4001, { sack: [[1, 1001]] }),
    INFO,
  ],
  'the peer has no room': [
    ...OPEN(),
    send(1000),
    ack(1001, { window: 500 }),
    send(3000),
    INFO,
    ack(1001),
    INFO,
    ack(4001),
    INFO,
  ],
  'a congestion echo': [...OPEN({ ...SACK, flags: 'SEW' }), send(8000), ack(2001, { flags: 'E.' }), INFO],
  'a congestion mark': [
    ...OPEN({ ...SACK, flags: 'SEW' }),
    data(1, 1000, 1, { tos: 2 }),
    INFO,
    data(1001, 1000, 1, { tos: 3 }),
    INFO,
  ],
  'half closed by the peer': [...OPEN(), data(1, 100, 1, { flags: 'F.' }), INFO],
};

/** Fields that are the same on both sides whatever the clock says. */
const EXACT = [
  ...['state', 'ca_state', 'probes', 'snd_mss', 'rcv_mss', 'advmss', 'unacked', 'sacked', 'lost'],
  ...[
    'pmtu',
    'snd_ssthresh',
    'snd_cwnd',
    'reordering',
    'rcv_space',
    'notsent_bytes',
    'delivered',
    'delivered_ce',
    'bytes_acked',
  ],
  ...[
    'bytes_received',
    'segs_in',
    'data_segs_in',
    'dsack_dups',
    'rcv_ooopack',
    'reord_seen',
    'snd_wnd',
    'rcv_wnd',
    'rcv_ssthresh',
  ],
  ...['total_retrans', 'retrans', 'bytes_sent', 'bytes_retrans', 'data_segs_out', 'segs_out', 'retransmits', 'backoff'],
];
const OPTION_BITS: Readonly<Record<string, number>> = { timestamps: 1, sack: 2, wscale: 4, ecn: 8, ecn_seen: 16 };
const TIMES = ['busy_time', 'rwnd_limited', 'sndbuf_limited'] as const;
const STEP_US = 60_000;

/** Options as the kernel packs them. */
function packed(info: Info): Info {
  let options = 0;
  for (const [name, bit] of Object.entries(OPTION_BITS)) if (info[name] === true) options |= bit;
  return { ...info, options };
}

const names = Object.keys(CONVERSATIONS);
/** The kernel's answers depend on how busy the machine is: a conversation that differs is held with it once more, at most three times. */
const PLAYS = 4;
const plays: Answer[][][] = [];
const play = (n: number): Answer[][] => {
  plays[n] ??= kernel(Object.values(CONVERSATIONS).map((steps) => [...steps]));
  return plays[n];
};

test.each(names.map((name, i) => [name, i] as const))('%s', (name, i) => {
  const ours = replay([...CONVERSATIONS[name]!]).filter(([op]) => op === 'info');
  for (let n = 0; ; n++) {
    try {
      compare(name, ours, play(n)[i]!);
      return;
    } catch (difference) {
      if (n + 1 === PLAYS) throw difference;
    }
  }
});

function compare(name: string, ours: readonly Answer[], kernels: readonly Answer[]): void {
  const theirs = kernels.filter(([op]) => op === 'info');
  expect(ours.length).toBe(theirs.length);
  // Where each segment of many is acknowledged a step later, its delayed ACK and the next segment race: the last window told may be the one before.
  const fields = name.startsWith('a reader')
    ? EXACT.filter((field) => field !== 'segs_out' && field !== 'rcv_wnd')
    : EXACT;
  const pick = (from: Info) =>
    Object.fromEntries([...fields, 'options', 'snd_wscale', 'rcv_wscale'].map((field) => [field, from[field]]));
  ours.forEach(([, info], at) => {
    const mine = packed(info as Info);
    const real = theirs[at]![1] as Info;
    expect(pick(mine), `look ${at + 1}`).toEqual(pick(real));
    for (const field of TIMES) {
      const off = Math.abs((mine[field] as number) - (real[field] as number));
      expect(off, `${field} of look ${at + 1}: ${mine[field]}, the kernel ${real[field]}`).toBeLessThan(STEP_US / 3);
    }
  });
}
