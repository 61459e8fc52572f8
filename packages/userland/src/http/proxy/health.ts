/** Active health checks: asks every backend for a page at intervals, and says when one went down or came up. */
import type { ErrnoCode } from '@netarium/core/base/errno.ts';
import { Fields } from '../fields.ts';
import { type Framing, HTTP_1_1, type RequestHead, type ResponseHead } from '../message.ts';
import type { ServerContext } from '../server/context.ts';
import type { Backend } from './balancer.ts';
import { type Trouble, Upstream, type UpstreamUser } from './upstream.ts';

export interface HealthOptions {
  readonly path: string;
  readonly intervalNs: number;
  readonly timeoutNs: number;
}

export type SayHealth = (backend: Backend, up: boolean, why: string) => Promise<void>;

const NO_BODY: Framing = { kind: 'none' };

/** Starts the checks of all backends, the first at once. */
export async function checkHealth(
  context: ServerContext,
  backends: readonly Backend[],
  options: HealthOptions,
  say: SayHealth,
): Promise<void> {
  for (const backend of backends) {
    const again = async (): Promise<void> => {
      const startNs = context.loop.nowNs;
      await new Check(context, backend, options, async (up, why) => {
        if (up !== backend.healthy) {
          backend.healthy = up;
          await say(backend, up, why);
        }
        if (up) backend.fails = 0;
        context.loop.at(Math.max(startNs + options.intervalNs, context.loop.nowNs), again);
      }).start();
    };
    context.loop.soon(again);
  }
}

/** One question and its verdict: 2xx and 3xx are healthy, as HAProxy's httpchk has it. */
class Check implements UpstreamUser {
  private readonly upstream: Upstream;

  constructor(
    context: ServerContext,
    private readonly backend: Backend,
    private readonly options: HealthOptions,
    private readonly verdict: (up: boolean, why: string) => Promise<void>,
  ) {
    this.upstream = new Upstream(context, backend.place, options.timeoutNs);
  }

  start(): Promise<void> {
    return this.upstream.connect(this);
  }

  async connected(): Promise<void> {
    const fields = new Fields([
      ['Host', this.backend.name],
      ['User-Agent', 'netarium-proxy health check'],
      ['Connection', 'close'],
    ]);
    const head: RequestHead = { method: 'GET', target: this.options.path, version: HTTP_1_1, fields };
    this.upstream.request(head, NO_BODY);
    await this.upstream.flush();
  }

  async answered(head: ResponseHead, _framing: Framing, interim: boolean): Promise<void> {
    if (interim) return;
    await this.upstream.close();
    await this.verdict(head.status >= 200 && head.status < 400, `status ${head.status}`);
  }

  async body(): Promise<void> {}
  async told(): Promise<void> {}
  async end(): Promise<void> {}
  async room(): Promise<void> {}

  broken(trouble: Trouble, code: ErrnoCode | undefined): Promise<void> {
    return this.verdict(false, code ?? trouble);
  }
}
