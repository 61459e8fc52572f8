/** What the process with the kernel and its children tell each other. */
import type { Signal } from '@netarium/core/syscall/sys.ts';
import type { Reply } from './wire.ts';

export interface ChildStart {
  readonly kind: 'start';
  readonly program: string;
  readonly entry: string;
  readonly args: readonly unknown[];
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly uid: number;
  readonly ignored: readonly Signal[];
  /** A copy of the parent's memory, after fork. */
  readonly memory?: Uint8Array;
}

export type ToChild =
  | ChildStart
  | ({ readonly kind: 'reply'; readonly id: number } & Reply)
  | { readonly kind: 'signal'; readonly signal: Signal };

export type FromChild =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'call';
      readonly id: number;
      readonly tid: number;
      readonly name: string;
      readonly args: readonly unknown[];
    }
  | { readonly kind: 'interrupt'; readonly tid: number };
