/** A small web service: each request, when it is whole, gets the answer of a function, at once or later. What servers for the jobs' other end are made of. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { Fields } from '../../http/fields.ts';
import type { RequestHead } from '../../http/message.ts';
import { ServerContext, type ServerLimits } from '../../http/server/context.ts';
import { serveHttp } from '../../http/server/serve.ts';
import type { RequestHandler, Session } from '../../http/server/session.ts';
import { EventLoop } from '../../lib/event-loop.ts';
import { listenOrSay, type Place } from '../../lib/serving.ts';

export interface Reply {
  readonly status: number;
  readonly type?: string;
  readonly fields?: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
  /** So long after the request was whole; `never` leaves the client waiting, `cut` closes without a word. */
  readonly when?: number | 'never' | 'cut';
}

export type Service = (head: RequestHead, body: Uint8Array) => Reply;

const NS_PER_SECOND = 1_000_000_000;
const LIMITS: ServerLimits = {
  keepaliveNs: 60 * NS_PER_SECOND,
  timeoutNs: 60 * NS_PER_SECOND,
  maxBodyBytes: 67_108_864,
  maxConnections: 16_384,
};

/** Serves until a signal ends it. `StartError` where it cannot listen. */
export async function serveRequests(sys: Sys, program: string, place: Place, service: Service): Promise<void> {
  const loop = await EventLoop.create(sys);
  const listening = await listenOrSay(sys, program, place, true);
  const context = new ServerContext(sys, loop, program, `netarium-${program}`, LIMITS, undefined);
  await serveHttp(sys, loop, context, listening, (session) => new Requests(loop, session, service));
}

class Requests implements RequestHandler {
  private head: RequestHead | undefined;
  private readonly parts: Uint8Array[] = [];
  /** Answers that are due to clients which have gone are not given. */
  private gone = false;

  constructor(
    private readonly loop: EventLoop,
    private readonly session: Session,
    private readonly service: Service,
  ) {}

  async request(head: RequestHead): Promise<void> {
    this.head = head;
  }

  async data(bytes: Uint8Array): Promise<void> {
    this.parts.push(bytes.slice());
  }

  async complete(): Promise<void> {
    const reply = this.service(this.head!, concatBytes(this.parts.splice(0)));
    const { when = 0 } = reply;
    if (when === 'never') return;
    if (when === 'cut') return this.session.abort();
    if (when === 0) return this.answer(reply);
    this.loop.at((await this.loop.now()) + when, async () => {
      if (this.gone) return;
      await this.answer(reply);
      await this.session.flush();
    });
  }

  async drained(): Promise<void> {}

  async aborted(): Promise<void> {
    this.gone = true;
  }

  private async answer({ status, type, fields = [], body }: Reply): Promise<void> {
    const head = new Fields(fields);
    if (type !== undefined) head.set('Content-Type', type);
    await this.session.answer(status, head, body);
  }
}
