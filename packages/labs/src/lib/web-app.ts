/**
 * Small web applications as programs of labs: a function from requests to responses on the HTTP server of `userland`, called as `NAME [ADDRESS:]PORT …`; a port
 * alone means loopback. They run on the real kernel as well.
 */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { Fields } from '@netarium/userland/http/fields.ts';
import type { RequestHead } from '@netarium/userland/http/message.ts';
import { ServerContext } from '@netarium/userland/http/server/context.ts';
import { serveHttp } from '@netarium/userland/http/server/serve.ts';
import type { RequestHandler, Session } from '@netarium/userland/http/server/session.ts';
import { EventLoop, type LoopTimer } from '@netarium/userland/lib/event-loop.ts';
import { listenOrSay, parsePlace, serverProgram } from '@netarium/userland/lib/serving.ts';

export interface AppRequest {
  readonly method: string;
  /** Path and query as they stood in the request line. */
  readonly target: string;
  readonly path: string;
  readonly fields: Fields;
  readonly body: Uint8Array;
  /** The client's address. */
  readonly client: string;
  /** Which connection it came over, counted from 1. */
  readonly connection: number;
  /** The monotonic clock. */
  readonly nowNs: number;
}

export interface AppResponse {
  /** 200 unless given. */
  readonly status?: number;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
  /** How long the answer takes to be made. */
  readonly afterNs?: number;
}

export type App = (request: AppRequest) => AppResponse;

const SECOND_NS = 1_000_000_000;
const LIMITS = {
  keepaliveNs: 15 * SECOND_NS,
  timeoutNs: 20 * SECOND_NS,
  maxBodyBytes: 1_048_576,
  maxConnections: 4096,
};

class AppHandler implements RequestHandler {
  private head: RequestHead | undefined;
  private body: Uint8Array[] = [];
  private timer: LoopTimer | undefined;

  constructor(
    private readonly app: App,
    private readonly session: Session,
    private readonly connection: number,
  ) {}

  async request(head: RequestHead): Promise<void> {
    this.head = head;
    this.body = [];
  }

  async data(bytes: Uint8Array): Promise<void> {
    this.body.push(bytes.slice());
  }

  async complete(): Promise<void> {
    const { method, target, fields } = this.head!;
    const { loop } = this.session.context;
    const response = this.app({
      ...{ method, target, fields },
      path: target.split('?')[0]!,
      body: concatBytes(this.body),
      client: this.session.client,
      connection: this.connection,
      nowNs: loop.nowNs,
    });
    const { status = 200, headers = [], body = '', afterNs = 0 } = response;
    const page = typeof body === 'string' ? encodeUtf8(body) : body;
    const answer = () => this.session.answer(status, new Fields(headers), page);
    if (afterNs === 0) await answer();
    else this.timer = loop.at(loop.nowNs + afterNs, answer);
  }

  async drained(): Promise<void> {}

  async aborted(): Promise<void> {
    this.session.context.loop.cancel(this.timer);
  }
}

/** `make` gets the operands after the place. */
export function webApp(name: string, make: (operands: readonly string[]) => App): Program {
  const options = { name, usage: `${name} [ADDRESS:]PORT ...`, options: [] };
  return serverProgram(
    options,
    ({ operands }) => ({ place: parsePlace(name, operands[0] ?? '', undefined), app: make(operands.slice(1)) }),
    async (sys, { place, app }) => {
      const loop = await EventLoop.create(sys);
      const context = new ServerContext(sys, loop, name, name, LIMITS, undefined);
      const listening = await listenOrSay(sys, name, place, true);
      let connections = 0;
      await serveHttp(sys, loop, context, listening, (session) => new AppHandler(app, session, ++connections));
      return 0;
    },
  );
}

/** Where a site of this kind says that it listens, on the real kernel. */
export function baseUrl(line: string): string {
  return `http://${/listening on (\S+)/.exec(line)?.[1]}`;
}
