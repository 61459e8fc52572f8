/**
 * Queries to other servers over the network: one socket per query, with a random source port and a random id, so that a forger has 30
 * bits to guess (RFC 5452 section 9.2). Reports what became of each.
 */
import { POLL, type Sys } from '@netarium/core/syscall/sys.ts';
import { encodeDns } from '@netarium/core/wire/dns.ts';
import { decodeDns } from '@netarium/core/wire/dns-decoder.ts';
import { type DnsMessage, NO_FLAGS, optRecord } from '@netarium/core/wire/dns-types.ts';
import type { Chance } from '../lib/chance.ts';
import type { EventLoop, LoopTimer } from '../lib/event-loop.ts';
import { errnoOf, errorText } from '../lib/failure.ts';
import type { SendRequest } from './fetch.ts';
import { FrameReader, framed } from './frames.ts';
import { answersQuestion } from './reading.ts';
import { EDNS_UDP_SIZE } from './reply.ts';

const DNS_PORT = 53;
const FIRST_PORT = 1024;
const PORT_ATTEMPTS = 16;

/** The response, or the reason why there is none: `timeout`, or an errno's text. */
export type Report = (result: DnsMessage | string) => Promise<void>;

interface Exchange {
  readonly report: Report;
  readonly request: SendRequest;
  readonly id: number;
  readonly fd: number;
  readonly timer: LoopTimer;
  /** TCP only: what is still to be written, and what has come. */
  unsent: Uint8Array;
  readonly frames: FrameReader;
}

export class Upstream {
  private readonly open = new Set<Exchange>();

  constructor(
    private readonly sys: Sys,
    private readonly loop: EventLoop,
    private readonly chance: Chance,
  ) {}

  async send(request: SendRequest, report: Report): Promise<void> {
    const id = await this.chance.u16();
    const message = encodeDns(queryMessage(id, request));
    let fd: number;
    try {
      fd = request.transport === 'udp' ? await this.udpSocket(request, message) : await this.tcpSocket(request);
    } catch (error) {
      await report(errorText(error));
      return;
    }
    const timer = this.loop.at((await this.loop.now()) + request.timeoutNs, () => this.end(exchange, 'timeout'));
    const unsent = request.transport === 'tcp' ? framed(message) : new Uint8Array(0);
    const exchange: Exchange = { report, request, id, fd, timer, unsent, frames: new FrameReader() };
    this.open.add(exchange);
    const tcp = request.transport === 'tcp';
    await this.loop.watch(fd, tcp ? POLL.OUT : POLL.IN, () =>
      tcp ? this.tcpReady(exchange) : this.udpReady(exchange),
    );
  }

  private async udpSocket(request: SendRequest, message: Uint8Array): Promise<number> {
    const { sys } = this;
    const fd = await sys.socket('inet', 'dgram', 'udp', { nonblock: true, cloexec: true });
    try {
      await this.bindRandomPort(fd);
      await sys.connect(fd, { family: 'inet', address: request.server, port: DNS_PORT });
      await sys.send(fd, message);
      return fd;
    } catch (error) {
      await sys.close(fd);
      throw error;
    }
  }

  private async bindRandomPort(fd: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const port = FIRST_PORT + (await this.chance.below(0x1_0000 - FIRST_PORT));
      try {
        await this.sys.bind(fd, { family: 'inet', address: '0.0.0.0', port });
        return;
      } catch (error) {
        if (errnoOf(error) !== 'EADDRINUSE' || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  }

  private async tcpSocket(request: SendRequest): Promise<number> {
    const fd = await this.sys.socket('inet', 'stream', 'tcp', { nonblock: true, cloexec: true });
    try {
      await this.sys.connect(fd, { family: 'inet', address: request.server, port: DNS_PORT });
    } catch (error) {
      if (errnoOf(error) === 'EINPROGRESS') return fd;
      await this.sys.close(fd);
      throw error;
    }
    return fd;
  }

  private async udpReady(exchange: Exchange): Promise<void> {
    for (;;) {
      let data: Uint8Array;
      try {
        data = await this.sys.recv(exchange.fd, 65_535);
      } catch (error) {
        // An ICMP error on a connected socket (ECONNREFUSED, EHOSTUNREACH) says that no answer will come.
        if (errnoOf(error) !== 'EAGAIN') await this.end(exchange, errorText(error));
        return;
      }
      if (await this.take(exchange, data)) return;
    }
  }

  private async tcpReady(exchange: Exchange): Promise<void> {
    try {
      if (exchange.unsent.length > 0) {
        const sent = await this.sys.send(exchange.fd, exchange.unsent, { nosignal: true });
        exchange.unsent = exchange.unsent.subarray(sent);
        if (exchange.unsent.length === 0) await this.loop.change(exchange.fd, POLL.IN);
        return;
      }
      const data = await this.sys.recv(exchange.fd, 65_535);
      if (data.length === 0) {
        await this.end(exchange, 'connection closed');
        return;
      }
      for (const message of exchange.frames.push(data)) if (await this.take(exchange, message)) return;
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN') await this.end(exchange, errorText(error));
    }
  }

  /** True where the bytes are the response; anything else is ignored, it may be forged (RFC 5452 section 9.1). */
  private async take(exchange: Exchange, bytes: Uint8Array): Promise<boolean> {
    const { message, problem } = decodeDns(bytes);
    if (problem?.code === 'short-header' || message.id !== exchange.id) return false;
    if (problem) {
      await this.end(exchange, `malformed response: ${problem.text}`);
      return true;
    }
    // An error reply may come without the question (RFC 1035 section 4.1.1: FORMERR).
    const bareError = message.flags.qr && message.questions.length === 0 && message.flags.rcode !== 0;
    if (!bareError && !answersQuestion(message, exchange.request.question)) return false;
    await this.forget(exchange);
    await exchange.report(message);
    return true;
  }

  private async end(exchange: Exchange, reason: string): Promise<void> {
    await this.forget(exchange);
    await exchange.report(reason);
  }

  private async forget(exchange: Exchange): Promise<void> {
    if (!this.open.delete(exchange)) return;
    this.loop.cancel(exchange.timer);
    await this.loop.close(exchange.fd);
  }
}

function queryMessage(id: number, request: SendRequest): DnsMessage {
  return {
    id,
    flags: { ...NO_FLAGS, rd: request.recursionDesired },
    questions: [request.question],
    answers: [],
    authorities: [],
    additionals: request.edns ? [optRecord({ udpSize: EDNS_UDP_SIZE })] : [],
  };
}
