/**
 * `getPage` of twisted.web.client: a Deferred for the body behind an address. A status of 400 and above, or a broken connection, is a failure. The connect is
 * a call of the reactor (twisted/internet/tcp.py): nothing is on the wire before the reactor runs.
 */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { SockAddrIn } from '@netarium/core/syscall/sys.ts';
import { Fields } from '../../http/fields.ts';
import { formatRequest, HTTP_1_1, latin1Bytes } from '../../http/message.ts';
import { HttpParser } from '../../http/parser.ts';
import { errnoOf, unless } from '../../lib/failure.ts';
import { Deferred } from './deferred.ts';
import type { Reactor } from './reactor.ts';

/** The server answered, but not with the page. */
export class WebError extends Error {
  override readonly name = 'Error';
  constructor(
    readonly status: number,
    reason: string,
  ) {
    super(`${status} ${reason}`);
  }
}

/** The connection ended inside the response. */
export class PartialDownloadError extends Error {
  override readonly name = 'PartialDownloadError';
}

const RECEIVE_BYTES = 65_536;

export async function getPage(reactor: Reactor, server: SockAddrIn, path: string): Promise<Deferred> {
  const fd = await reactor.sys.socket('inet', 'stream', 'tcp', { nonblock: true, cloexec: true });
  return new Download(reactor, fd, server, path).start();
}

class Download {
  private readonly deferred: Deferred;
  private readonly parser = new HttpParser('response');
  private readonly body: Uint8Array[] = [];
  private failure: unknown;
  private over = false;

  constructor(
    private readonly reactor: Reactor,
    private readonly fd: number,
    private readonly server: SockAddrIn,
    private readonly path: string,
  ) {
    this.deferred = new Deferred(reactor, () => this.letGo());
  }

  async start(): Promise<Deferred> {
    await this.reactor.callLater(0, () => this.connect());
    return this.deferred;
  }

  private connect(): Promise<void> {
    return this.tried(async () => {
      await unless(this.reactor.sys.connect(this.fd, this.server), 'EINPROGRESS');
      await this.reactor.watch(this.fd, 'write', () => this.connected());
    });
  }

  private async connected(): Promise<void> {
    const { sys } = this.reactor;
    await this.reactor.unwatch(this.fd, 'write');
    await this.tried(async () => {
      // The second call fails with the outcome of the first, or with EISCONN (connect(2)).
      await unless(sys.connect(this.fd, this.server), 'EISCONN');
      const fields = new Fields([
        ['Host', this.server.address],
        ['Connection', 'close'],
      ]);
      const request = formatRequest({ method: 'GET', target: this.path, version: HTTP_1_1, fields });
      this.parser.expect('GET');
      await sys.send(this.fd, latin1Bytes(request), { nosignal: true });
      await this.reactor.watch(this.fd, 'read', () => this.readable());
    });
  }

  private readable(): Promise<void> {
    return this.tried(async () => {
      const bytes = await unless(this.reactor.sys.recv(this.fd, RECEIVE_BYTES), 'EAGAIN', 'EINTR');
      if (bytes === undefined) return;
      if (bytes.length > 0) this.parser.feed(bytes);
      else this.parser.finish();
      if (!this.parse() && bytes.length === 0) await this.end(new PartialDownloadError('the connection ended early'));
      else if (this.over) await this.end(this.failure);
    });
  }

  /** Takes in what has come; true when the response is complete. */
  private parse(): boolean {
    for (let event = this.parser.next(); event !== undefined; event = this.parser.next()) {
      if (event.kind === 'data') this.body.push(event.bytes);
      else if (event.kind === 'response' && event.head.status >= 400) {
        this.failure = new WebError(event.head.status, event.head.reason);
      } else if (event.kind === 'error') this.failure ??= new PartialDownloadError(event.fault.text);
      if (event.kind === 'end' || event.kind === 'error') this.over = true;
    }
    return this.over;
  }

  private async tried(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      errnoOf(error);
      await this.end(error);
    }
  }

  private async end(failure: unknown): Promise<void> {
    await this.letGo();
    if (failure === undefined) await this.deferred.callback(concatBytes(this.body));
    else await this.deferred.errback(failure);
  }

  private async letGo(): Promise<void> {
    await this.reactor.unwatch(this.fd, 'read');
    await this.reactor.unwatch(this.fd, 'write');
    await this.reactor.sys.close(this.fd);
  }
}
