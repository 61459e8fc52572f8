/**
 * Random packet scripts whose expectations are what our host does: a hand-played peer that acknowledges, selects, sends and stays silent, writes and
 * reads in between, at random times. The kernel then judges them, retransmissions, PSH and timers included. Seeded: one seed, the same scripts.
 */
import { runPacketScript } from '@netarium/core/check/packetscript/run-script.ts';
import type { Stream } from '@netarium/core/random/random.ts';

/** Never sent by anybody: what is seen in its place is what our host sends next. */
const IMPOSSIBLE = '> R 99:99(0) ack 99 win 99';
const PACKETS_MAX = 60;
const SEEN = /^at ([\d.]+) s: > (\S+ \d+:(\d+)\((\d+)\)(?: ack \d+)?) win \d+(.*)$/;

interface Option {
  readonly syn: string;
  readonly answer: string;
  readonly sack: boolean;
}

const OFFERS: readonly Option[] = [
  { syn: 'mss 1000', answer: 'mss 1460', sack: false },
  { syn: 'mss 1000,sackOK,nop,nop', answer: 'mss 1460,nop,nop,sackOK', sack: true },
  { syn: 'mss 1000,sackOK,nop,nop,nop,wscale 7', answer: 'mss 1460,nop,nop,sackOK,nop,wscale 7', sack: true },
];
/** No less: of a round trip of 2 ms the kernel measures 2.1, and sends larger bursts (tcp_tso_autosize). */
const GAPS_MS = [10, 10, 20, 50, 50, 100, 600];

export class RandomScripts {
  constructor(private readonly random: Stream) {}

  private pick<T>(from: readonly T[]): T {
    return from[this.random.below(from.length)]!;
  }

  next(): string {
    const offer = this.pick(OFFERS);
    const window = offer.syn.includes('wscale') ? 300 : 32_792;
    const play = new Play(offer, window);
    let peerNext = 1;
    const count = 4 + this.random.below(8);
    for (let i = 0; i < count; i++) {
      play.wait(this.pick(GAPS_MS));
      const kind = this.random.below(10);
      if (kind < 4 || play.sentUpTo === 1) play.say(`write(4, ..., ${this.pick([100, 1000, 2500, 5000, 10_000])}) = ?`);
      else if (kind < 9 || !play.alive) play.say(this.acknowledgement(play, peerNext, window, offer.sack));
      else {
        const length = this.pick([10, 1000]);
        play.say(`< P. ${peerNext}:${peerNext + length}(${length}) ack ${play.acknowledged} win ${window}`);
        peerNext += length;
      }
    }
    play.wait(this.pick([50, 300]));
    return play.text;
  }

  /** Up to what was sent, forward or not, with a block above it where the peer may select. */
  private acknowledgement(play: Play, seq: number, window: number, sack: boolean): string {
    const outstanding = play.sentUpTo - play.acknowledged;
    const step = Math.min(outstanding, this.pick([0, 0, 1000, 2000, 5000, 100_000]));
    play.acknowledged += step;
    const above = play.sentUpTo - play.acknowledged;
    let options = '';
    if (sack && above > 1000 && this.random.below(3) > 0) {
      const left = play.acknowledged + 1000 * (1 + this.random.below(Math.floor(above / 1000)));
      const right = Math.min(play.sentUpTo, left + this.pick([1000, 2000, 5000]));
      if (left < right) options = ` <nop,nop,sack ${left}:${right}>`;
    }
    return `< . ${seq}:${seq}(0) ack ${play.acknowledged} win ${window}${options}`;
  }
}

/** A script that grows: each line of ours brings the lines that our host answers with. */
class Play {
  /** The kernel's timers come up to an eighth late, and here one may have begun before the line that its time is told from. */
  text: string;
  sentUpTo = 1;
  acknowledged = 1;
  alive = true;
  private atMs = 100;
  /** Of the last line: times are told from there, so that a late timer of the kernel makes no later line late. */
  private lastMs = 100;

  constructor({ syn, answer }: Option, window: number) {
    this.text = `--tolerance_usecs=45000
0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 32792 <${syn}>
+0 > S. 0:0(0) ack 1 <${answer}>
+.1 < . 1:1(0) ack 1 win ${window}
+0 accept(3, ..., ...) = 4
+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0
`;
  }

  say(line: string): void {
    this.put(this.atMs, line);
    this.hear();
  }

  private put(atMs: number, line: string): void {
    this.text += `+${(Math.max(0, atMs - this.lastMs) / 1000).toFixed(6)} ${line}\n`;
    this.lastMs = atMs;
  }

  wait(ms: number): void {
    this.atMs += ms;
    this.hear();
  }

  /** Writes down what our host sends up to now. */
  private hear(): void {
    for (let i = 0; i < PACKETS_MAX; i++) {
      const { verdict, seen = '' } = runPacketScript(`${this.text}* ${IMPOSSIBLE}\n`);
      const [, at, packet, , , options] = SEEN.exec(seen) ?? [];
      if (verdict !== 'fail' || at === undefined || Number(at) * 1000 > this.atMs) return;
      this.put(Number(at) * 1000, `> ${packet}${options}`);
      const [, end] = /^\S+ \d+:(\d+)\(/.exec(packet!)!;
      this.sentUpTo = Math.max(this.sentUpTo, Number(end));
      if (packet!.startsWith('R')) this.alive = false;
    }
  }
}
