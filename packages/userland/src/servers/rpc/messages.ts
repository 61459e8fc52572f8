/**
 * Requests and replies. A request carries an id, which its reply repeats, so that many can be under way on one connection and be answered in any order; the
 * time that is left for it, so that nobody works for a caller who has given up; and, where doing it twice would do harm, a key by which the server
 * knows a request that it has carried out already.
 */
import type { Json } from './frames.ts';

export interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: readonly Json[];
  /** Milliseconds that the caller will still wait. */
  readonly budgetMs?: number;
  /** The same for every attempt at one call. */
  readonly key?: string;
}

export interface RpcFault {
  readonly code: number;
  readonly message: string;
}

export type Reply =
  | { readonly id: number | null; readonly result: Json }
  | { readonly id: number | null; readonly error: RpcFault };

/** Codes as JSON-RPC 2.0 numbers them, and two of our own. */
export const FAULT = {
  notJson: -32700,
  notARequest: -32600,
  unknownMethod: -32601,
  wrongParams: -32602,
  failed: -32000,
  deadline: -32001,
} as const;

function isRecord(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The request that a value is; a text says what is wrong with it. */
export function readRequest(value: Json): Request | string {
  if (!isRecord(value)) return 'a request is an object';
  const { id, method, params = [], budgetMs, key } = value;
  if (!isId(id)) return 'id is not a number';
  if (typeof method !== 'string') return 'method is not a text';
  if (!Array.isArray(params)) return 'params are not a list';
  if (budgetMs !== undefined && !(typeof budgetMs === 'number' && budgetMs >= 0)) return 'budgetMs is not a time';
  if (key !== undefined && typeof key !== 'string') return 'key is not a text';
  const known = new Set(['id', 'method', 'params', 'budgetMs', 'key']);
  const other = Object.keys(value).find((name) => !known.has(name));
  if (other !== undefined) return `unknown member ${other}`;
  return {
    id,
    method,
    params: params as readonly Json[],
    ...(budgetMs === undefined ? {} : { budgetMs }),
    ...(key === undefined ? {} : { key }),
  };
}

/** The id of what is no request, where it has one: whoever sent it waits for a reply. */
export function idOf(value: Json): number | null {
  return isRecord(value) && isId(value.id) ? value.id : null;
}

export function readReply(value: Json): Reply | undefined {
  if (!isRecord(value)) return undefined;
  const id = value.id === null ? null : isId(value.id) ? value.id : undefined;
  if (id === undefined) return undefined;
  const { error, result } = value;
  if (error === undefined) return result === undefined ? undefined : { id, result };
  if (!isRecord(error) || typeof error.code !== 'number' || typeof error.message !== 'string') return undefined;
  return { id, error: { code: error.code, message: error.message } };
}
