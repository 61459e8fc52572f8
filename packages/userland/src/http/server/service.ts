/** A small web service on this server: each request, when it is whole, gets the answer of a function, at once or later. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { EventLoop, type LoopTimer } from '../../lib/event-loop.ts';
import { listenOrSay, type Place } from '../../lib/serving.ts';
import { Fields } from '../fields.ts';
import type { RequestHead } from '../message.ts';
import { ServerContext, type ServerLimits } from './context.ts';
import type { RequestHandler } from './request-handler.ts';
import { serveHttp } from './serve.ts';
import type { Session } from './session.ts';

export interface WholeRequest {
  readonly head: RequestHead;
  readonly body: Uint8Array;
  /** The client's address. */
  readonly client: string;
  /** Which connection it came over, counted from 1. */
  readonly connection: number;
  /** The monotonic clock. */
  readonly nowNs: number;
}

export interface Reply {
  readonly status: number;
  readonly type?: string;
  readonly fields?: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** So long after the request was whole; `never` leaves the client waiting, `cut` closes without a word. */
  readonly when?: number | 'never' | 'cut';
}

export type Service = (request: WholeRequest) => Reply;

export interface ServiceOptions {
  /** For messages. */
  readonly program: string;
  /** The Server field: `netarium-PROGRAM` unless given. */
  readonly server?: string;
  readonly limits?: ServerLimits;
}

const NS_PER_SECOND = 1_000_000_000;
const LIMITS: ServerLimits = {
  keepaliveNs: 60 * NS_PER_SECOND,
  timeoutNs: 60 * NS_PER_SECOND,
  maxBodyBytes: 67_108_864,
  maxConnections: 16_384,
};

/** Serves until a signal ends it. `StartError` where it cannot listen. */
export async function serveRequests(
  sys: Sys,
  place: Place,
  { program, server = `netarium-${program}`, limits = LIMITS }: ServiceOptions,
  service: Service,
): Promise<void> {
  const loop = await EventLoop.create(sys);
  const listening = await listenOrSay(sys, program, place, true);
  const context = new ServerContext(sys, loop, program, server, limits, undefined);
  let connections = 0;
  await serveHttp(sys, loop, context, listening, (session) => new Requests(session, ++connections, service));
}

class Requests implements RequestHandler {
  private head: RequestHead | undefined = undefined;
  private parts: Uint8Array[] = [];
  private timer: LoopTimer | undefined = undefined;

  constructor(
    private readonly session: Session,
    private readonly connection: number,
    private readonly service: Service,
  ) {}

  async request(head: RequestHead): Promise<void> {
    this.head = head;
    this.parts = [];
  }

  async data(bytes: Uint8Array): Promise<void> {
    this.parts.push(bytes.slice());
  }

  async complete(): Promise<void> {
    const { head, parts, session, connection } = this;
    const { client } = session;
    const { loop } = session.context;
    const { nowNs } = loop;
    const reply = this.service({ head: head!, body: concatBytes(parts), client, connection, nowNs });
    const { when = 0 } = reply;
    if (when === 'never') return;
    if (when === 'cut') return session.abort();
    if (when === 0) return this.answer(reply);
    this.timer = loop.at(nowNs + when, () => this.answer(reply));
  }

  async drained(): Promise<void> {}

  /** Nobody answers a client that has gone. */
  async aborted(): Promise<void> {
    this.session.context.loop.cancel(this.timer);
  }

  private async answer({ status, type, fields = [], body }: Reply): Promise<void> {
    const head = new Fields(fields);
    if (type !== undefined) head.set('Content-Type', type);
    await this.session.answer(status, head, body);
  }
}
