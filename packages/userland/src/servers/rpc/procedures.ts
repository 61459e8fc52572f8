/** What the demonstration's server can do. A procedure takes its parameters as they came off the wire and checks them itself: nobody else has. */
import type { Json } from './frames.ts';
import { FAULT, type RpcFault } from './messages.ts';

export class ProcedureError extends Error {
  constructor(readonly fault: RpcFault) {
    super(fault.message);
  }
}

export interface Procedure {
  readonly signature: string;
  /** Doing it twice is doing it once: it may be tried again without a key. */
  readonly idempotent: boolean;
  /** The result, and how long it takes to come. */
  run(params: readonly Json[], state: ServerState): { readonly result: Json; readonly afterNs?: number };
}

/** What calls change. */
export interface ServerState {
  counter: number;
}

const NS_PER_MS = 1_000_000;
const MAX_SLEEP_MS = 60_000;

function wrong(signature: string): never {
  throw new ProcedureError({ code: FAULT.wrongParams, message: `usage: ${signature}` });
}

function numbers(params: readonly Json[], count: number, signature: string): number[] {
  if (params.length !== count || !params.every((one) => typeof one === 'number')) wrong(signature);
  return params as number[];
}

export const PROCEDURES: ReadonlyMap<string, Procedure> = new Map<string, Procedure>([
  [
    'add',
    {
      signature: 'add(a, b)',
      idempotent: true,
      run(params) {
        const [a, b] = numbers(params, 2, this.signature) as [number, number];
        return { result: a + b };
      },
    },
  ],
  [
    'divide',
    {
      signature: 'divide(a, b)',
      idempotent: true,
      run(params) {
        const [a, b] = numbers(params, 2, this.signature) as [number, number];
        if (b === 0) throw new ProcedureError({ code: FAULT.failed, message: 'division by zero' });
        return { result: a / b };
      },
    },
  ],
  ['echo', { signature: 'echo(value)', idempotent: true, run: (params) => ({ result: params[0] ?? null }) }],
  [
    'sleep',
    {
      signature: 'sleep(ms)',
      idempotent: true,
      run(params) {
        const [ms] = numbers(params, 1, this.signature) as [number];
        if (!(ms >= 0 && ms <= MAX_SLEEP_MS)) wrong(`${this.signature}, at most ${MAX_SLEEP_MS}`);
        return { result: ms, afterNs: Math.floor(ms * NS_PER_MS) };
      },
    },
  ],
  [
    'increment',
    {
      signature: 'increment()',
      idempotent: false,
      run: (_params, state) => ({ result: ++state.counter }),
    },
  ],
  ['counter', { signature: 'counter()', idempotent: true, run: (_params, state) => ({ result: state.counter }) }],
]);
