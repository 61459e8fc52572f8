/**
 * Random conversations of a hand-played peer with a host under test: segments that fit, almost fit or do not fit at all, in every state that a
 * few steps reach, and socket calls in between. The kernel's arm is `segments.py`; ours replays the same steps in virtual time.
 */
import { Errno } from '@netarium/core/base/errno.ts';
import { END_OF_STREAM } from '@netarium/core/transport/tcp/api.ts';
import type { TcpConnection } from '@netarium/core/transport/tcp/connection.ts';
import { bytes, Scenario } from '@netarium/core/transport/testing/scenario.ts';
import { Choices } from './choices.ts';

export interface PacketStep {
  readonly op: 'packet';
  readonly flags: string;
  readonly seq: number;
  readonly ack?: number;
  readonly length: number;
  readonly window: number;
  readonly mss?: number;
  readonly sackPermitted?: true;
  readonly windowScale?: number;
  readonly ts?: readonly [number, number];
  readonly sack?: readonly (readonly [number, number])[];
  /** DSCP and ECN of the packet. */
  readonly tos?: number;
}

export type Step =
  | PacketStep
  | { readonly op: 'send'; readonly length: number }
  | { readonly op: 'listen' | 'connect' | 'accept' | 'receive' | 'shutdown' | 'close' | 'error' | 'info' };

/** `['>', flags, seq, ack, length, window, options]` for a segment of the host, `[call, result]` for a call. */
export type Answer = readonly (string | number | object)[];

/** Time between two steps; the kernel's arm waits as long. */
const SETTLE_MS = 60;
const FLAGS = ['.', '.', '.', 'P.', 'P.', 'F.', 'R', 'R.', 'S', 'S.', 'FP.', 'P', '', 'F', 'SF', 'SR', 'FR'];
const SEQ_OFFSETS = [0, 0, 0, 0, 0, 1, -1, 500, 1000, -500, 60_000, 70_000, -70_000];
const ACK_OFFSETS = [0, 0, 0, 0, -1, 1, -500, 5000, -70_000, 100_000];

export class RandomSegments extends Choices {
  /** What the peer would send next, and what the host will. */
  private peerNext = 1;
  private hostNext = 1;
  private clock = 1001;

  private often(percent: number): boolean {
    return this.random.below(100) < percent;
  }

  next(): Step[] {
    this.peerNext = this.hostNext = 1;
    const offer = {
      mss: 1000,
      ...(this.often(50) ? { sackPermitted: true as const } : {}),
      ...(this.often(40) ? { windowScale: 7 } : {}),
      ...(this.often(40) ? { ts: [1000, 0] as const } : {}),
    };
    const stamped = offer.ts !== undefined;
    this.clock = 1001;
    const begin = this.pick(['established', 'established', 'established', 'listen', 'half-open', 'connect'] as const);
    const steps: Step[] = [];
    if (begin === 'connect') {
      this.peerNext = 0;
      steps.push({ op: 'connect' });
    } else {
      steps.push({ op: 'listen' });
      if (begin !== 'listen') steps.push({ op: 'packet', flags: 'S', seq: 0, length: 0, window: 65_535, ...offer });
      if (begin === 'established') {
        const ts = stamped ? { ts: [this.clock, 0] as const } : {};
        steps.push({ op: 'packet', flags: '.', seq: 1, ack: 1, length: 0, window: 65_535, ...ts }, { op: 'accept' });
      }
    }
    let open = begin === 'established';
    const count = 2 + this.random.below(6);
    for (let i = 0; i < count; i++) {
      if (open && this.often(35)) {
        const call = this.call();
        if (call.op === 'close') open = false;
        steps.push(call);
      } else steps.push(this.packet(stamped));
    }
    if (open || begin === 'connect') steps.push({ op: 'error' });
    return steps;
  }

  private call(): Step {
    const op = this.pick(['send', 'send', 'send', 'receive', 'close', 'shutdown'] as const);
    if (op !== 'send') {
      if (op !== 'receive') this.hostNext++;
      return { op };
    }
    const length = this.pick([10, 100, 1500, 8000]);
    this.hostNext += length;
    return { op, length };
  }

  private packet(stamped: boolean): PacketStep {
    const flags = this.pick(FLAGS);
    const length = this.pick([0, 0, 10, 10, 1000, 300]);
    const offset = this.pick(SEQ_OFFSETS);
    const step: PacketStep = {
      op: 'packet',
      flags,
      seq: this.peerNext + offset,
      length,
      window: this.pick([65_535, 65_535, 65_535, 0, 1000]),
      ...(flags.includes('.') ? { ack: this.hostNext + this.pick(ACK_OFFSETS) } : {}),
      ...(flags === 'S' || flags === 'S.' ? { mss: 1000 } : {}),
      ...(stamped ? { ts: [this.often(90) ? ++this.clock : 500, 0] as const } : {}),
    };
    if (offset === 0 && /^P?\.$/.test(flags)) this.peerNext += length;
    return step;
  }
}

/** Our arm: the same steps in virtual time. */
export function replay(steps: readonly Step[]): Answer[] {
  const t = new Scenario({ 'net.ipv4.tcp_congestion_control': 'reno' });
  const answers: Answer[] = [];
  let listener: TcpConnection | undefined;
  let connection: TcpConnection | undefined;
  const call = (step: Step): unknown => {
    if (step.op === 'listen') listener = t.listen();
    else if (step.op === 'connect') {
      connection = t.tcp.socket();
      const outcome = connection.connect(t.peer, 4321);
      t.port = connection.localPort;
      return outcome;
    } else if (step.op === 'accept') {
      const child = listener!.accept();
      if (child === undefined || child instanceof Errno) return child ?? 'again';
      connection = child;
    } else if (step.op === 'send') return connection!.send(bytes(step.length)) ?? 'again';
    else if (step.op === 'receive') return connection!.receive(1 << 20) ?? 'again';
    else if (step.op === 'shutdown') return connection!.shut('write');
    else if (step.op === 'close') connection!.close();
    else if (step.op === 'error') return connection!.takeError();
    return undefined;
  };
  for (const step of steps) {
    if (step.op === 'packet') t.send({ ...step });
    else if (step.op === 'info') answers.push([step.op, connection!.info()]);
    else answers.push([step.op, resultOf(call(step))]);
    t.at(t.nowMs + SETTLE_MS);
    for (const segment of t.take()) answers.push(['>', ...t.summary(segment)]);
  }
  return answers;
}

/** As system calls answer: a count, or minus the errno. */
function resultOf(value: unknown): number {
  if (value instanceof Errno) return -value.number;
  if (value === 'again') return -11;
  if (value instanceof Uint8Array) return value.length;
  return value === undefined || value === END_OF_STREAM ? 0 : Number(value);
}

/**
 * What is compared: calls' results, and of each segment flags, numbers, length, options and whether the window is closed. Left out is what hangs on
 * the clock of a busy machine: retransmissions, and PSH, which ends a burst whose size follows the measured round trip. The size of an open window
 * depends on how much memory the kernel's driver spends per packet.
 */
export function comparable(answers: readonly Answer[]): string[] {
  const sent = new Set<string>();
  const out: string[] = [];
  for (const answer of answers) {
    if (answer[0] !== '>') {
      out.push(answer.join(' '));
      continue;
    }
    const [, flags, seq, ack, length, window, options] = answer as [
      string,
      string,
      number,
      number,
      number,
      number,
      object,
    ];
    const plain = flags.replace('P', '');
    const occupies = length > 0 || /[SF]/.test(plain);
    if (occupies && sent.has(`${seq}`)) continue;
    if (occupies) sent.add(`${seq}`);
    const sorted = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
    out.push(`${plain} ${seq} ${ack} ${length} ${window === 0 ? 'closed' : 'open'} ${JSON.stringify(sorted)}`);
  }
  return out;
}
