/** Connections at rest, by the server that they lead to. */
import type { ServerContext } from '../server/context.ts';
import { Upstream } from './upstream.ts';

/** nginx's keepalive_timeout of an upstream. */
const IDLE_NS = 60_000_000_000;

export class UpstreamPool {
  private readonly idle = new Map<string, Upstream[]>();

  constructor(
    readonly context: ServerContext,
    private readonly timeoutNs: number,
    /** At rest at the same time, for one server. */
    private readonly most: number,
  ) {}

  /** The one that rested last: it is the least likely to have been closed. */
  take(key: string): Upstream | undefined {
    const resting = this.idle.get(key);
    const upstream = resting?.pop();
    if (resting?.length === 0) this.idle.delete(key);
    return upstream;
  }

  make(place: { readonly address: string; readonly port: number }): Upstream {
    return new Upstream(this.context, place, this.timeoutNs);
  }

  async give(key: string, upstream: Upstream): Promise<void> {
    let resting = this.idle.get(key);
    if (resting === undefined) this.idle.set(key, (resting = []));
    const lost = () => {
      const at = resting.indexOf(upstream);
      if (at >= 0) resting.splice(at, 1);
      if (resting.length === 0) this.idle.delete(key);
    };
    if (resting.length < this.most && upstream.rest(lost, IDLE_NS)) resting.push(upstream);
    else {
      if (resting.length === 0) this.idle.delete(key);
      await upstream.close();
    }
  }
}
