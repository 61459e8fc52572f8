/**
 * Small web applications as programs of labs: a function from requests to responses on the HTTP server of `userland`, called as `NAME [ADDRESS:]PORT …`; a port
 * alone means loopback. They run on the real kernel as well.
 */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import type { Fields } from '@netarium/userland/http/fields.ts';
import { type Reply, serveRequests, type WholeRequest } from '@netarium/userland/http/server/service.ts';
import { parsePlace, serverProgram } from '@netarium/userland/lib/serving.ts';

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

function replyOf(app: App, { head, body: sent, client, connection, nowNs }: WholeRequest): Reply {
  const { method, target, fields } = head;
  const path = target.split('?')[0]!;
  const answer = app({ method, target, path, fields, body: sent, client, connection, nowNs });
  const { status = 200, headers = [], body = '', afterNs = 0 } = answer;
  return { status, fields: headers, body: typeof body === 'string' ? encodeUtf8(body) : body, when: afterNs };
}

/** `make` gets the operands after the place. */
export function webApp(name: string, make: (operands: readonly string[]) => App): Program {
  const options = { name, usage: `${name} [ADDRESS:]PORT ...`, options: [] };
  return serverProgram(
    options,
    ({ operands }) => ({ place: parsePlace(name, operands[0] ?? '', undefined), app: make(operands.slice(1)) }),
    async (sys, { place, app }) => {
      const service = (request: WholeRequest) => replyOf(app, request);
      await serveRequests(sys, place, { program: name, server: name, limits: LIMITS }, service);
      return 0;
    },
  );
}

/** Where a site of this kind says that it listens, on the real kernel. */
export function baseUrl(line: string): string {
  return `http://${/listening on (\S+)/.exec(line)?.[1]}`;
}
