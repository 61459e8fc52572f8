/** Where the requests of a reverse proxy go: to the backends, in the balancer's order. */
import type { EventLoop } from '../../lib/event-loop.ts';
import { resolveTarget } from '../httpd/paths.ts';
import type { Framing, RequestHead } from '../message.ts';
import type { Session } from '../server/session.ts';
import type { Backend, Balancer } from './balancer.ts';
import type { Attempt, Director, Route } from './forwarder.ts';
import { forwardedRequest } from './headers.ts';

/** What nginx answers where no backend may be asked ("no live upstreams"). */
const NONE_LEFT = 502;

export class BalancingDirector implements Director {
  readonly via = 'netarium-proxy';

  constructor(
    private readonly balancer: Balancer,
    private readonly loop: EventLoop,
    private readonly sayDown: (backend: Backend, why: string) => Promise<void>,
  ) {}

  async route(
    head: RequestHead,
    framing: Framing,
    session: Session,
    tell: (route: Route) => Promise<void>,
  ): Promise<void> {
    // A reverse proxy is the server that clients mean: it opens no tunnels to others.
    if (head.method === 'CONNECT') return tell({ kind: 'refuse', status: 405 });
    if (resolveTarget(head.target).kind === 'bad') return tell({ kind: 'refuse', status: 400 });
    const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(head.target);
    const origin = absolute ? absolute[2]! : head.target;
    const request = forwardedRequest(head, framing, {
      target: origin.startsWith('/') || origin === '*' ? origin : `/${origin}`,
      // RFC 9112 section 3.2.2: the target counts, not the Host field beside it.
      ...(absolute ? { host: absolute[1]! } : {}),
      client: session.client,
      via: this.via,
    });
    const tried = new Set<Backend>();
    await tell({ kind: 'forward', request, next: (last) => this.next(tried, last) });
  }

  private next(tried: Set<Backend>, last: number | undefined): Attempt | number {
    const { balancer, loop } = this;
    const backend = balancer.pick(tried, loop.nowNs);
    // Where every one was tried the last failure speaks; where some may not be asked, that is the answer.
    if (backend === undefined) return last !== undefined && tried.size === balancer.backends.length ? last : NONE_LEFT;
    tried.add(backend);
    backend.active++;
    return {
      key: backend.name,
      place: backend.place,
      done: async (outcome, why) => {
        backend.active--;
        if (outcome === 'served') balancer.served(backend);
        else if (outcome === 'failed' && balancer.failed(backend, loop.nowNs))
          await this.sayDown(backend, `${why}, left out for a while`);
      },
    };
  }
}
