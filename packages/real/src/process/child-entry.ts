/** A process of the operating system that runs one process of a run: its calls go over the channel to the kernel in the process that started it. */
import { SIGNALS, type Signal } from '@netarium/core/syscall/sys.ts';
import { CHANGE, newChanges } from '../changes.ts';
import { SharedHeap } from '../memory/shared-heap.ts';
import { restore } from '../memory/snapshot.ts';
import type { ChildStart, FromChild, ToChild } from './child-messages.ts';
import type { KernelLink } from './link.ts';
import { Pending } from './pending.ts';
import { ProcessHost } from './process-host.ts';
import type { Entries, Resolve } from './program.ts';
import { fromReply } from './wire.ts';
import { WorkerCache } from './worker-cache.ts';

function tell(message: FromChild): void {
  // The kernel's process may be gone: then this one is about to be told so.
  if (process.connected) process.send!(message);
}

class ChannelLink implements KernelLink {
  private readonly waiting = new Map<number, Pending>();
  private lastId = 0;
  /** The operating system's descriptors are those of the kernel's process. */
  readonly changes = newChanges();

  directHandle(): undefined {
    return undefined;
  }

  call(tid: number, name: string, args: readonly unknown[]): Pending {
    if (name === 'chdir') Atomics.add(this.changes, CHANGE.DIRECTORY, 1);
    const id = ++this.lastId;
    const pending = new Pending(() => {
      tell({ kind: 'interrupt', tid });
      return true;
    });
    this.waiting.set(id, pending);
    tell({ kind: 'call', id, tid, name, args });
    return pending;
  }

  reply(message: ToChild & { kind: 'reply' }): void {
    const pending = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    pending?.settle(fromReply(message));
  }
}

function endProcess(code: number, signal: Signal | ''): void {
  // What the operating system would have done: end by the signal, where it lets us.
  if (signal !== '' && signal !== 'SIGPIPE') {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal as NodeJS.Signals);
  }
  process.exit(signal === '' ? code : 128 + SIGNALS[signal]);
}

/** What the module of `Entries.child` calls. */
export function serveChild(resolve: Resolve, entries: Entries): void {
  const link = new ChannelLink();
  let host: ProcessHost | undefined;

  const start = ({ program, entry, args, argv, env, uid, ignored, memory }: ChildStart): void => {
    const heap = memory === undefined ? SharedHeap.create() : restore(memory);
    const { pid } = process;
    const workers = new WorkerCache(entries);
    host = new ProcessHost({ pid, uid, program, argv, env, link, resolve, workers, heap, ended: endProcess });
    for (const signal of ignored) host.signals.sigaction(signal, 'ignore');
    void host.run(entry, args);
  };
  process.on('message', (message: ToChild) => {
    if (message.kind === 'start') start(message);
    else if (message.kind === 'reply') link.reply(message);
    else host?.signals.raise(message.signal);
  });
  // Without its kernel a process has no descriptors left.
  process.on('disconnect', () => process.exit(1));
  tell({ kind: 'ready' });
}
