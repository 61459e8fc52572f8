/**
 * The two-way copy of nc: standard input to the network, the network to standard output, over poll(2). It ends as OpenBSD's does: when both
 * inputs are at their end, when nothing is left to write to, when a listener's client has gone, or after -w without a byte.
 */
import { POLL, type PollRequest, type Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf } from '../../lib/failure.ts';
import { writeAll } from '../../lib/stdio.ts';

export interface RelayOptions {
  readonly listening: boolean;
  readonly udp: boolean;
  /** -N: pass the end of standard input on, as a FIN. */
  readonly shutdownAtEof: boolean;
  /** -q: end so long after the end of standard input; undefined waits for the other side. */
  readonly quitAfterNs: number | undefined;
  /** -w */
  readonly idleNs: number | undefined;
  /** -d: standard input is not read. */
  readonly noInput: boolean;
  /** -C */
  readonly crlf: boolean;
}

const BUFFER_BYTES = 16384;

export class Relay {
  private input: boolean;
  private netIn = true;
  private netOut = true;
  /** Bytes of standard input that the network has not taken yet. */
  private pending: Uint8Array = new Uint8Array(0);
  private quitAtNs: number | undefined;

  constructor(
    private readonly sys: Sys,
    private readonly fd: number,
    private readonly options: RelayOptions,
  ) {
    this.input = !options.noInput;
  }

  /** Answers the exit code. */
  async run(): Promise<number> {
    await this.sys.setNonblock(this.fd, true);
    for (;;) {
      if (!this.input && this.pending.length === 0 && this.netOut && !this.options.noInput) await this.endOutput();
      if (!this.input && !this.netIn && this.pending.length === 0) return 0;
      if (!this.netOut && !this.netIn) return 0;
      if (this.options.listening && !this.netIn && this.pending.length === 0) return 0;
      const requests = this.requests();
      const timeoutNs = await this.timeoutNs();
      const ready = await this.poll(requests, timeoutNs);
      if (ready === undefined) continue;
      if (ready.length === 0) {
        if (this.quitAtNs !== undefined && (await this.now()) >= this.quitAtNs) return 0;
        if (this.options.idleNs !== undefined) return 0;
      }
      for (const { fd, revents } of ready) {
        if (fd === this.fd) await this.onNetwork(revents);
        else await this.onInput();
      }
    }
  }

  private now(): Promise<number> {
    return this.sys.clock_gettime('monotonic');
  }

  private requests(): PollRequest[] {
    const requests: PollRequest[] = [];
    const out = this.netOut && this.pending.length > 0;
    const events = (this.netIn ? POLL.IN : 0) | (out ? POLL.OUT : 0);
    if (this.netIn || this.netOut) requests.push({ fd: this.fd, events });
    if (this.input && this.pending.length === 0 && this.netOut) requests.push({ fd: 0, events: POLL.IN });
    return requests;
  }

  private async timeoutNs(): Promise<number> {
    const quit = this.quitAtNs === undefined ? -1 : Math.max(0, this.quitAtNs - (await this.now()));
    const idle = this.options.idleNs ?? -1;
    if (quit < 0) return idle;
    return idle < 0 ? quit : Math.min(quit, idle);
  }

  private async poll(requests: readonly PollRequest[], timeoutNs: number) {
    try {
      return await this.sys.poll(requests, timeoutNs);
    } catch (error) {
      if (errnoOf(error) === 'EINTR') return undefined;
      throw error;
    }
  }

  /** Standard input has ended and everything is sent. */
  private async endOutput(): Promise<void> {
    if (this.options.shutdownAtEof && !this.options.udp) await this.sys.shutdown(this.fd, 'write').catch(errnoOf);
    this.netOut = false;
    if (this.options.quitAfterNs !== undefined) this.quitAtNs = (await this.now()) + this.options.quitAfterNs;
  }

  private async onInput(): Promise<void> {
    const bytes = await this.sys.read(0, BUFFER_BYTES);
    if (bytes.length === 0) this.input = false;
    else {
      this.pending = this.options.crlf ? toCrlf(bytes) : bytes;
      await this.flush();
    }
  }

  private async flush(): Promise<void> {
    try {
      const sent = await this.sys.send(this.fd, this.pending, { nosignal: true });
      this.pending = this.pending.subarray(sent);
    } catch (error) {
      if (errnoOf(error) === 'EAGAIN') return;
      this.pending = new Uint8Array(0);
      this.netOut = false;
    }
  }

  private async onNetwork(revents: number): Promise<void> {
    if (revents & (POLL.IN | POLL.HUP | POLL.ERR) && this.netIn) await this.receive();
    if (revents & (POLL.ERR | POLL.HUP | POLL.NVAL)) {
      this.pending = new Uint8Array(0);
      this.netOut = false;
    } else if (revents & POLL.OUT && this.pending.length > 0) await this.flush();
  }

  private async receive(): Promise<void> {
    try {
      const bytes = await this.sys.recv(this.fd, BUFFER_BYTES);
      if (bytes.length > 0) await writeAll(this.sys, 1, bytes);
      else if (!this.options.udp) this.netIn = false;
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN') this.netIn = false;
    }
  }
}

/** Line feeds become CRLF. */
function toCrlf(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (const byte of bytes) {
    if (byte === 10) out.push(13);
    out.push(byte);
  }
  return Uint8Array.from(out);
}
