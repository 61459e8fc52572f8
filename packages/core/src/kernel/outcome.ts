/**
 * What a system call comes to: a value, an errno, or BLOCKED. A call that blocks has put its thread on wait queues; when one of them wakes it,
 * the same call is attempted again, as the wait loops of a real kernel do. No promise exists beneath `syscall/`.
 */
import type { Errno } from '../base/errno.ts';

export const BLOCKED = Object.freeze({ blocked: true as const });
export type Blocked = typeof BLOCKED;
export type Outcome<T> = T | Errno | Blocked;
