/**
 * `getPage` of twisted.web.client: a Deferred for the body behind an address. A status of 400 and above, or a broken connection, is a failure. The connect is
 * a call of the reactor (twisted/internet/tcp.py): nothing is on the wire before the reactor runs.
 */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { SockAddrIn } from '@netarium/core/syscall/sys.ts';
import { Fields } from '../../http/fields.ts';
import { formatRequest, HTTP_1_1, latin1Bytes, type ResponseHead } from '../../http/message.ts';
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

export interface PageOptions {
  /** The fields of the request, in place of a Host that is the address. */
  readonly fields?: readonly (readonly [name: string, value: string])[];
  /** Called when the connection stands. */
  readonly connected?: () => void;
  /** Called with the head of the response. */
  readonly head?: (head: ResponseHead) => Promise<void>;
  /** Called with each piece of the body, which is not kept then (`downloadPage`). */
  readonly data?: (bytes: Uint8Array) => Promise<void>;
}

/** What an option's function raises is the page's failure. */
export async function getPage(
  reactor: Reactor,
  server: SockAddrIn,
  path: string,
  options: PageOptions = {},
): Promise<Deferred> {
  const fd = await reactor.sys.socket('inet', 'stream', 'tcp', { nonblock: true, cloexec: true });
  return new Download(reactor, fd, server, path, options).start();
}

class Download {
  private readonly deferred: Deferred;
  private readonly parser = new HttpParser('response');
  private readonly body: Uint8Array[] = [];
  private failure: unknown = undefined;
  private over = false;

  constructor(
    private readonly reactor: Reactor,
    private readonly fd: number,
    private readonly server: SockAddrIn,
    private readonly path: string,
    private readonly options: PageOptions,
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
      this.options.connected?.();
      const fields = new Fields(this.options.fields ?? [['Host', this.server.address]]).set('Connection', 'close');
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
      if (!(await this.parse()) && bytes.length === 0)
        await this.end(new PartialDownloadError('the connection ended early'));
      else if (this.over) await this.end(this.failure);
    });
  }

  /** Takes in what has come; true when the response is complete. */
  private async parse(): Promise<boolean> {
    for (let event = this.parser.next(); event !== undefined && !this.over; event = this.parser.next()) {
      if (event.kind === 'response' && event.head.status >= 400)
        this.failure = new WebError(event.head.status, event.head.reason);
      else if (event.kind === 'error') this.failure ??= new PartialDownloadError(event.fault.text);
      if (event.kind === 'end' || event.kind === 'error') this.over = true;
      try {
        if (event.kind === 'response' && !event.interim) await this.options.head?.(event.head);
        else if (event.kind === 'data') await (this.options.data ?? this.keep)(event.bytes);
      } catch (error) {
        this.failure = error;
        this.over = true;
      }
    }
    return this.over;
  }

  private readonly keep = async (bytes: Uint8Array): Promise<void> => {
    this.body.push(bytes);
  };

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
