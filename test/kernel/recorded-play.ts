/**
 * A packet script that grows: each line that is said brings the lines that our host answers with, retransmissions and PSH included, and on demand what
 * its TCP_INFO and its calls tell. What comes out is a script that our host passes.
 */
import { runPacketScript } from '@netarium/core/check/packetscript/run-script.ts';

/** Never sent by anybody: what is seen in its place is what our host sends next. */
const IMPOSSIBLE = '> R 99:99(0) ack 99 win 99';
const PACKETS_MAX = 60;
const SEEN = /^at ([\d.]+) s: > (\S+ (\d+):(\d+)\(\d+\)(?: ack (\d+))?) (win \d+)(.*)$/;
const STAMP = /TS val (\d+) ecr/;

export class RecordedPlay {
  text: string;
  sentUpTo = 1;
  /** Where segments of our host begin and end. */
  readonly edges = new Set<number>([1]);
  /** What our host acknowledged last. */
  heardUpTo = 1;
  /** The host has sent RST, or its socket is gone. */
  alive = true;
  /** The last time stamp that our host sent. */
  stamp = 0;
  atMs: number;
  /** Of the last line: times are told from there, so that a late timer of the kernel makes no later line late. */
  private lastMs: number;

  /** `windows`: the script holds the receive windows, too. */
  constructor(
    head: string,
    atMs: number,
    private readonly windows = false,
  ) {
    this.text = head;
    this.atMs = this.lastMs = atMs;
  }

  say(line: string): void {
    this.put(this.atMs, line);
    this.hear();
  }

  /** As `say`, with the result that our host gives: `call(4) = ` and what follows. False where the call cannot be made. */
  call(text: string): boolean {
    const { verdict, seen = '' } = runPacketScript(`${this.text}${this.timed(this.atMs, `${text} = 987654`)}`);
    const [, result] = /^\w+ = (-1 E\w+|-?\d+)/.exec(seen) ?? [];
    if (verdict !== 'fail' || result === undefined) return false;
    this.say(`${text} = ${result}`);
    return true;
  }

  /** Writes down what TCP_INFO tells now. */
  assert(fields: readonly string[]): void {
    const sum = fields.map((field) => `tcpi_${field}`).join(' + ');
    const { verdict, seen = '' } = runPacketScript(`${this.text}${this.timed(this.atMs, `%{ assert ${sum} < -1 }%`)}`);
    // Of a connection that has ended, the kernel does not tell the ports.
    if (verdict !== 'fail' || !seen.startsWith('tcpi_') || seen.includes('tcpi_state = 7,')) return;
    this.put(this.atMs, `%{ assert ${seen.replaceAll(' = ', ' == ').replaceAll(', ', ' and ')} }%`);
  }

  wait(ms: number): void {
    this.atMs += ms;
    this.hear();
  }

  private timed(atMs: number, line: string): string {
    return `+${(Math.max(0, atMs - this.lastMs) / 1000).toFixed(6)} ${line}\n`;
  }

  private put(atMs: number, line: string): void {
    this.text += this.timed(atMs, line);
    this.lastMs = atMs;
  }

  /** Writes down what our host sends up to now. */
  private hear(): void {
    for (let i = 0; i < PACKETS_MAX; i++) {
      const { verdict, seen = '' } = runPacketScript(`${this.text}* ${IMPOSSIBLE}\n`);
      const [, at, packet, start, end, ack, window, options] = SEEN.exec(seen) ?? [];
      if (verdict !== 'fail' || at === undefined || Number(at) * 1000 > this.atMs) return;
      this.put(Number(at) * 1000, `> ${packet}${this.windows ? ` ${window}` : ''}${options}`);
      if (packet!.startsWith('R')) this.alive = false;
      else {
        this.sentUpTo = Math.max(this.sentUpTo, Number(end));
        this.edges.add(Number(start)).add(Number(end));
        if (ack !== undefined) this.heardUpTo = Math.max(this.heardUpTo, Number(ack));
      }
      const [, stamp] = STAMP.exec(options!) ?? [];
      if (stamp !== undefined) this.stamp = Number(stamp);
    }
  }
}
