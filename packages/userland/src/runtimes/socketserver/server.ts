/**
 * TCPServer (Lib/socketserver.py of 3.11): one socket listens, each connection goes to a handler, one after the other. A handler is an entry of the program, by
 * name: `async handler(py, request, clientAddress)`; what it raises is told on standard error and ends its own connection. `mixins.ts` serves many at once.
 * Left out: servers of datagrams and of Unix sockets, handle_request() with its time-out, and handlers as classes with setup and finish.
 */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Cloneable, SockAddr } from '@netarium/core/syscall/sys.ts';
import { POLL } from '@netarium/core/syscall/sys.ts';
import { RuntimeError } from '../errors.ts';
import { Event } from '../threading/condition.ts';
import { nanoseconds, type Python } from '../threading/python.ts';
import { flatten, revive, Shared } from '../threading/shared.ts';
import { traceback } from '../threading/thread.ts';
import { Stream } from './stream.ts';

/** The class attributes of CPython's servers. */
export interface ServerOptions {
  /** Name of the entry that serves one connection. */
  readonly handler: string;
  /** Length of the queue of connections that nobody has accepted yet. */
  readonly requestQueueSize?: number;
  readonly allowReuseAddress?: boolean;
  /** Threads that die with their program, and that server_close does not wait for. */
  readonly daemonThreads?: boolean;
  /** server_close waits for the threads, or processes, that still serve. */
  readonly blockOnClose?: boolean;
  /** Processes at once; who comes then waits for the end of one. */
  readonly maxChildren?: number;
}

const DEFAULTS = {
  requestQueueSize: 5,
  allowReuseAddress: false,
  daemonThreads: false,
  blockOnClose: true,
  maxChildren: 40,
} as const;

type Settings = Required<ServerOptions>;

interface Packed {
  readonly fileno: number;
  readonly settings: Settings & Readonly<Record<string, Cloneable>>;
  /** Cell: shutdown was asked for. Event: serve_forever is not running. List: threads, or pids. */
  readonly asked: number;
  readonly isShutDown: Cloneable;
  readonly serving: number;
}

export type ServerClass<T extends TCPServer> = new (py: Python, packed: Packed, isShutDown: Event) => T;

export class TCPServer extends Shared {
  readonly kind: string = 'TCPServer';

  constructor(
    protected readonly py: Python,
    protected readonly packed: Packed,
    private readonly isShutDown: Event,
  ) {
    super();
  }

  /** Binds and listens. */
  static async create<T extends TCPServer>(
    this: ServerClass<T>,
    py: Python,
    address: SockAddr,
    options: ServerOptions,
  ): Promise<T> {
    if (py.entry(options.handler) === undefined)
      throw new RuntimeError(`the program has no entry '${options.handler}'`);
    const { sys } = py;
    const settings: Settings = { ...DEFAULTS, ...options };
    const fileno = await sys.socket('inet', 'stream');
    if (settings.allowReuseAddress) await sys.setsockopt(fileno, 'socket', 'SO_REUSEADDR', 1);
    try {
      await sys.bind(fileno, address);
      await sys.listen(fileno, settings.requestQueueSize);
    } catch (error) {
      await sys.close(fileno);
      throw error;
    }
    const isShutDown = await Event.create(py);
    const [asked, serving] = [await sys.cell_create(false), await sys.list_create()];
    return new this(
      py,
      { fileno, settings: { ...settings }, asked, isShutDown: flatten(isShutDown), serving },
      isShutDown,
    );
  }

  static async revive<T extends TCPServer>(this: ServerClass<T>, py: Python, packed: Packed): Promise<T> {
    return new this(py, packed, (await revive(py, packed.isShutDown)) as Event);
  }

  pack(): Cloneable {
    return { ...this.packed } as unknown as Cloneable;
  }

  get fileno(): number {
    return this.packed.fileno;
  }

  serverAddress(): Promise<SockAddr> {
    return this.py.sys.getsockname(this.fileno);
  }

  /** Serves until another thread calls `shutdown`, which is looked for every `pollInterval` seconds. */
  async serveForever(pollInterval = 0.5): Promise<void> {
    const { sys } = this.py;
    await this.isShutDown.clear();
    try {
      while (!(await this.shutdownAsked())) {
        const ready = await sys.poll([{ fd: this.fileno, events: POLL.IN }], nanoseconds(pollInterval));
        if (await this.shutdownAsked()) break;
        if (ready.length > 0) await this.handleRequest();
        await this.serviceActions();
      }
    } finally {
      await sys.cell_store(this.packed.asked, false);
      await this.isShutDown.set();
    }
  }

  private async shutdownAsked(): Promise<boolean> {
    return (await this.py.sys.cell_load(this.packed.asked)) === true;
  }

  /** Ends serve_forever, and waits for that: from another thread, or it waits for ever. */
  async shutdown(): Promise<void> {
    await this.py.sys.cell_store(this.packed.asked, true);
    await this.isShutDown.wait();
  }

  /** Nobody is accepted any more. */
  async serverClose(): Promise<void> {
    await this.py.sys.close(this.fileno);
  }

  /** Accepts one connection and has it served. */
  private async handleRequest(): Promise<void> {
    let accepted: { readonly fd: number; readonly peer: SockAddr };
    try {
      accepted = await this.py.sys.accept(this.fileno);
    } catch (error) {
      if (error instanceof SysError) return;
      throw error;
    }
    const request = new Stream(this.py, accepted.fd);
    try {
      await this.processRequest(request, accepted.peer);
    } catch (error) {
      await this.handleError(accepted.peer, error);
      await this.shutdownRequest(request);
    }
  }

  /** What the mixins do elsewhere. */
  protected async processRequest(request: Stream, clientAddress: SockAddr): Promise<void> {
    await this.finishRequest(request, clientAddress);
    await this.shutdownRequest(request);
  }

  /** Between two requests, and after every interval without one. */
  protected async serviceActions(): Promise<void> {}

  protected async finishRequest(request: Stream, clientAddress: SockAddr): Promise<void> {
    await this.py.entry(this.packed.settings.handler)!(this.py, request as never, clientAddress as never);
  }

  /** Tells the peer that nothing more comes, and closes. */
  protected async shutdownRequest(request: Stream): Promise<void> {
    try {
      await request.shutdownWrite();
    } catch (error) {
      // The peer may have reset the connection.
      if (!(error instanceof SysError)) throw error;
    }
    await request.close();
  }

  protected async handleError(clientAddress: SockAddr, error: unknown): Promise<void> {
    const line = `${'-'.repeat(40)}\n`;
    const from = `Exception occurred during processing of request from ${addressText(clientAddress)}\n`;
    await this.py.writeAll(2, `${line}${from}${traceback(error)}${line}`);
  }
}

function addressText(address: SockAddr): string {
  return 'port' in address && 'address' in address
    ? `('${address.address}', ${address.port})`
    : JSON.stringify(address);
}
