/**
 * A proxy's work with the requests of one client: asks where each goes, sends it there while it still comes, and the answer back while that still comes, so
 * that neither is ever held whole. Only the first bytes of a request's body are kept, for another attempt.
 */
import type { ErrnoCode } from '@netarium/core/base/errno.ts';
import type { Place } from '../../lib/serving.ts';
import { Fields } from '../fields.ts';
import { type Framing, formatResponse, latin1Bytes, type RequestHead, type ResponseHead } from '../message.ts';
import type { RequestHandler } from '../server/request-handler.ts';
import type { Session } from '../server/session.ts';
import { forwardedFields, isIdempotent } from './headers.ts';
import type { UpstreamPool } from './pool.ts';
import type { Trouble, Upstream, UpstreamUser } from './upstream.ts';

/** One server to try. */
export interface Attempt {
  /** Of its connections in the pool. */
  readonly key: string;
  readonly place: Place;
  /** What became of it; `abandoned` says nothing about the server. */
  done(outcome: 'served' | 'failed' | 'abandoned', why?: string): Promise<void>;
}

export type Route =
  | { readonly kind: 'refuse'; readonly status: number; readonly fields?: Fields }
  | {
      readonly kind: 'forward';
      readonly request: RequestHead;
      /** The next server to try, or the status to answer where there is none left; `last` is what the one before came to. */
      next(last?: number): Attempt | number;
    }
  /** The connection becomes a mere pipe (CONNECT). */
  | { readonly kind: 'tunnel'; open(): Promise<void> };

type ForwardRoute = Extract<Route, { kind: 'forward' }>;

/** Where requests go. `tell` may be called at once or later, once. */
export interface Director {
  readonly via: string;
  route(head: RequestHead, framing: Framing, session: Session, tell: (route: Route) => Promise<void>): Promise<void>;
}

/** So much of a body is kept for another attempt; a longer one gets only one. */
const HELD_BYTES = 65_536;

export class Forwarder implements RequestHandler, UpstreamUser {
  private head: RequestHead | undefined;
  private framing: Framing = { kind: 'none' };
  private route: Route | undefined;
  private attempt: Attempt | undefined;
  private upstream: Upstream | undefined;
  private ready = false;
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  /** All of the body so far is in `held`. */
  private replayable = true;
  private bodyDone = false;
  private fromNs = 0;
  /** Tells a late answer of the director that its request has gone. */
  private turn = 0;

  constructor(
    private readonly pool: UpstreamPool,
    private readonly director: Director,
    private readonly session: Session,
  ) {}

  // The client's side.

  async request(head: RequestHead, framing: Framing): Promise<void> {
    const turn = ++this.turn;
    this.head = head;
    this.framing = framing;
    this.route = undefined;
    this.held = [];
    this.heldBytes = 0;
    this.replayable = true;
    this.bodyDone = false;
    this.fromNs = this.pool.context.loop.nowNs;
    this.session.note = undefined;
    await this.director.route(head, framing, this.session, async (route) => {
      if (turn === this.turn) await this.routed(route);
    });
  }

  async data(bytes: Uint8Array): Promise<void> {
    if (this.replayable && this.heldBytes + bytes.length <= HELD_BYTES) {
      this.held.push(bytes);
      this.heldBytes += bytes.length;
    } else if (this.ready) {
      this.replayable = false;
      this.held = [];
    } else {
      // Nobody takes it yet: what has come is kept, and no more is taken.
      this.held.push(bytes);
      this.heldBytes += bytes.length;
      this.session.pauseBody();
      return;
    }
    if (!this.ready) return;
    this.upstream!.write(bytes);
    await this.upstream!.flush();
    if (this.ready && this.upstream!.full) this.session.pauseBody();
  }

  async complete(): Promise<void> {
    this.bodyDone = true;
    if (this.route?.kind === 'refuse') return this.refuse(this.route.status, this.route.fields);
    if (!this.ready) return;
    this.upstream!.finish();
    await this.upstream!.flush();
  }

  async drained(): Promise<void> {
    await this.upstream?.setReading(true);
  }

  async aborted(): Promise<void> {
    this.turn++;
    await this.drop();
  }

  // What the director says.

  private async routed(route: Route): Promise<void> {
    this.route = route;
    if (route.kind === 'forward') return this.next(route);
    if (route.kind === 'tunnel') {
      // The session parses nothing after the head of a CONNECT until it is answered: the rest belongs to the tunnel.
      await route.open();
      return;
    }
    if (this.bodyDone || this.framing.kind !== 'none') await this.refuse(route.status, route.fields);
  }

  /** A body that nobody wants is not read to its end for the sake of the connection. */
  private refuse(status: number, fields = new Fields()): Promise<void> {
    return this.session.answerError(status, !this.bodyDone, fields);
  }

  private async next(route: ForwardRoute, last?: number): Promise<void> {
    const attempt = route.next(last);
    if (typeof attempt === 'number') return this.give(attempt);
    await this.ask(attempt, this.pool.take(attempt.key));
  }

  private async ask(attempt: Attempt, kept: Upstream | undefined): Promise<void> {
    this.attempt = attempt;
    this.upstream = kept ?? this.pool.make(attempt.place);
    if (kept === undefined) return this.upstream.connect(this);
    kept.reuse(this);
    await this.connected();
  }

  /** No server was of use. */
  private async give(status: number): Promise<void> {
    this.note();
    await this.refuse(status);
  }

  private note(): void {
    const ms = Math.floor((this.pool.context.loop.nowNs - this.fromNs) / 1_000_000);
    this.session.note = `${this.attempt?.key ?? '-'} ${ms}ms`;
  }

  // The server's side.

  async connected(): Promise<void> {
    const upstream = this.upstream!;
    if (this.route?.kind !== 'forward') return;
    this.ready = true;
    upstream.request(this.route.request, this.framing);
    for (const bytes of this.held) upstream.write(bytes);
    if (this.heldBytes > HELD_BYTES) {
      this.replayable = false;
      this.held = [];
    }
    if (this.bodyDone) upstream.finish();
    await upstream.flush();
    if (this.ready && !upstream.full) await this.session.resumeBody();
  }

  async answered(head: ResponseHead, framing: Framing, interim: boolean): Promise<void> {
    if (interim) {
      // RFC 9110 section 15.2: not for HTTP/1.0.
      if (this.head!.version.minor >= 1) this.session.writeRaw(latin1Bytes(formatResponse(head)));
      return;
    }
    // An upgrade was not asked for: Upgrade goes no further than this hop.
    if (head.status === 101) {
      await this.upstream!.close();
      return this.broken('malformed', undefined);
    }
    const fields = forwardedFields(head, framing, this.director.via);
    const kind = framing.kind === 'chunked' || framing.kind === 'close' ? 'stream' : framing.kind;
    this.session.begin(
      head.status,
      fields,
      framing.kind === 'length' ? framing : { kind: kind as 'none' },
      head.reason,
    );
  }

  async body(bytes: Uint8Array): Promise<void> {
    this.session.write(bytes);
  }

  async told(): Promise<void> {
    await this.session.flush();
    if (this.upstream !== undefined && this.session.full) await this.upstream.setReading(false);
  }

  async room(): Promise<void> {
    await this.session.resumeBody();
  }

  async end(): Promise<void> {
    const { attempt, upstream } = this;
    this.note();
    this.forget();
    await upstream!.setReading(true);
    await this.pool.give(attempt!.key, upstream!);
    await attempt!.done('served');
    await this.session.finish();
  }

  async broken(trouble: Trouble, code: ErrnoCode | undefined): Promise<void> {
    const upstream = this.upstream!;
    const attempt = this.attempt!;
    const stale = upstream.requests > 1 && !upstream.answered && trouble === 'closed';
    const unsent = upstream.requests === 0;
    const { route } = this;
    const status = trouble === 'timeout' ? 504 : 502;
    const again = unsent || (this.replayable && isIdempotent(this.head!.method));
    this.note();
    this.forget();
    // A server that closed a resting connection has done nothing wrong: the same one is asked over a new connection.
    if (stale && again && route?.kind === 'forward') return this.ask(attempt, undefined);
    await attempt.done(stale ? 'abandoned' : 'failed', code ?? trouble);
    // The client has had the beginning: only closing tells it that the end is missing.
    if (this.session.responding) await this.session.abort();
    else if (again && route?.kind === 'forward') await this.next(route, status);
    else await this.give(status);
  }

  private forget(): void {
    this.upstream = undefined;
    this.ready = false;
  }

  private async drop(): Promise<void> {
    const { upstream, attempt } = this;
    if (upstream === undefined) return;
    this.note();
    this.forget();
    await upstream.close();
    await attempt!.done('abandoned');
  }
}
