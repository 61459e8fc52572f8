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
    const [, result] = /^\w+ = (-1 E\w+|-?\d+)/.exec(this.answer(`${text} = 987654`)) ?? [];
    if (result === undefined) return false;
    this.say(`${text} = ${result}`);
    return true;
  }

  /** What our host would answer to a line now; empty where it does what the line says, or cannot. */
  private answer(line: string): string {
    const { verdict, seen = '' } = runPacketScript(`${this.text}${this.timed(this.atMs, line)}`);
    return verdict === 'fail' ? seen : '';
  }

  /** `ioctl(4, SIOCINQ, [?])`: with the number that stands there. */
  question(text: string): void {
    const [, value] = /: \[(-?\d+)\]$/.exec(this.answer(`${text.replace('?', '987654')} = 0`)) ?? [];
    if (value === undefined) this.call(text.replace('[?]', '...'));
    else this.say(`${text.replace('?', value)} = 0`);
  }

  /** poll(2) for these events: what is told of them. */
  poll(events: number): void {
    this.ready((revents, count) => `poll([{fd=4, events=${events}, revents=${revents}}], 1, 0) = ${count}`);
  }

  epoll(): void {
    this.ready((events, count) => `epoll_wait(5, {events=${events}, fd=4}, 1, 0) = ${count}`);
  }

  /** Asked with what nobody tells, our host answers what it tells. */
  private ready(line: (events: string, count: number) => string): void {
    const [, events = '0'] = /events \d+:(0x\w+)/.exec(this.answer(line('0x4000', 1))) ?? [];
    this.say(line(events, events === '0' ? 0 : 1));
  }

  /** Reads the oldest entry of the error queue; false where there is none. */
  notice(): boolean {
    const line = (control: string, result: string): string =>
      `recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{...,0}], msg_flags=..., msg_control=${control}}, MSG_ERRQUEUE) = ${result}`;
    const seen = this.answer(line('[]', '0'));
    const [, stamp, fields] = /msg_control (?:SCM_TIMESTAMPING (\d+) ns )?IP_RECVERR (.*)$/.exec(seen) ?? [];
    if (fields === undefined) {
      this.say(line('...', '-1 EAGAIN'));
      return false;
    }
    const seconds = Math.floor(Number(stamp) / 1e9);
    const items = [`{cmsg_level=SOL_IP, cmsg_type=IP_RECVERR, cmsg_data={${fields.replaceAll(' ', ', ')}}}`];
    if (stamp !== undefined)
      items.unshift(
        `{cmsg_level=SOL_SOCKET, cmsg_type=SCM_TIMESTAMPING, cmsg_data={scm_sec=${seconds}, scm_nsec=${Number(stamp) - seconds * 1e9}}}`,
      );
    this.say(line(`[${items.join(', ')}]`, '0'));
    return true;
  }

  /** Writes down what TCP_INFO tells now. */
  assert(fields: readonly string[]): void {
    const sum = fields.map((field) => `tcpi_${field}`).join(' + ');
    const seen = this.answer(`%{ assert ${sum} < -1 }%`);
    // Of a connection that has ended, the kernel does not tell the ports.
    if (!seen.startsWith('tcpi_') || seen.includes('tcpi_state = 7,')) return;
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
