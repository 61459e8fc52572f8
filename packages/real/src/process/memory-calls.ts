/** Which calls are on memory, and how a thread makes them on the heap that it shares with the other threads of its process. */
import type { Errno } from '@netarium/core/base/errno.ts';
import type { ThreadMemory, ThreadMemoryCalls } from '../memory/thread-memory.ts';
import type { Answer } from '../memory/waits.ts';

const MEMORY_CALL = /^(cell|list|mutex|cond|sem|rwlock|barrier|sync|tls)_/;

export function isMemoryCall(name: string): boolean {
  return MEMORY_CALL.test(name) || name === 'shm_unlink';
}

/** A call that the thread carries out itself; all others go to its process. */
export function isOnOwnMemory(memory: ThreadMemory, name: string, args: readonly unknown[]): boolean {
  return MEMORY_CALL.test(name) && memory.carries(name, args);
}

export function callMemory(memory: ThreadMemory, name: string, args: readonly unknown[]): Answer<unknown> | Errno {
  return (memory[name as keyof ThreadMemoryCalls] as (...args: readonly unknown[]) => Answer<unknown>).apply(memory, [
    ...args,
  ]);
}
