/**
 * A host's threads: their making and their end, what is reported of them, and the circle that closes when threads wait for each other. Process ids
 * and thread ids are one sequence, as on Linux: a process's first thread has its pid.
 */
import type { HostContext } from '../record/host-context.ts';
import type { LoopQueues } from '../record/loop-queues.ts';
import type { EventQueue } from '../time/queue.ts';
import type { CostModel } from './costs.ts';
import type { Cpu } from './cpu/cpu.ts';
import type { CallRunner, FrontEnd } from './front-end.ts';
import type { Turnstile } from './party.ts';
import type { Process } from './process.ts';
import type { ProcessTable } from './process-table.ts';
import { waitCircle } from './sync/wait-graph.ts';
import { Thread } from './thread.ts';
import type { LaneState, ThreadHost } from './thread-host.ts';

export class Threads implements ThreadHost {
  readonly queue: EventQueue;

  constructor(
    private readonly ctx: HostContext,
    private readonly processes: ProcessTable,
    readonly turnstile: Turnstile,
    readonly runner: CallRunner,
    readonly cpu: Cpu,
    readonly costs: CostModel,
  ) {
    this.queue = ctx.queue;
  }

  /** A new thread of the process, whose code starts after `delayNs`. */
  start(process: Process, frontEnd: FrontEnd, delayNs: number): Thread {
    const tid = process.threads.length === 0 ? process.pid : this.processes.freePid();
    const thread = new Thread(tid, process, frontEnd, this);
    process.threads.push(thread);
    if (process.threads.length > 1) this.ctx.recorder.emit('thread.start', this.ctx.name, { pid: process.pid, tid });
    thread.launch(delayNs);
    return thread;
  }

  /** A thread's entry has answered, or the thread left by `thread_exit`. The last one takes its process with it. */
  finish(thread: Thread, value: unknown): void {
    const { process } = thread;
    thread.result = value;
    process.threads.splice(process.threads.indexOf(thread), 1);
    if (!thread.detached) process.finished.set(thread.tid, thread);
    this.ctx.recorder.emit('thread.exit', this.ctx.name, { pid: process.pid, tid: thread.tid });
    thread.end();
    process.endedThreadsNs += thread.cpuNs;
    if (process.threads.length === 0) this.processes.exit(process, { code: 0, signal: '' });
  }

  note(thread: Thread, state: LaneState): void {
    if (!this.ctx.recorder.wants('thread.state')) return;
    const { call } = thread;
    this.ctx.recorder.sample('thread.state', this.ctx.name, {
      pid: thread.process.pid,
      tid: thread.tid,
      process: thread.process.name,
      thread: thread.name,
      state,
      fromNs: Math.max(this.ctx.queue.now, thread.busyUntil),
      core: state === 'running' ? thread.task.core!.number : -1,
      waits: state === 'blocked' && call !== undefined ? (call.waitsFor?.what ?? String(call)) : '',
      holders:
        call?.waitsFor
          ?.holders()
          .map((holder) => holder.tid)
          .join(' ') ?? '',
      untilNs: call?.deadline ?? -1,
    });
  }

  called(thread: Thread, site: string, queues: LoopQueues | undefined): void {
    if (!this.ctx.recorder.wants('thread.call')) return;
    this.ctx.recorder.sample('thread.call', this.ctx.name, {
      tid: thread.tid,
      fromNs: thread.readyAt,
      site,
      queues,
    });
  }

  blocked(thread: Thread): void {
    this.note(thread, 'blocked');
    if (thread.call?.waitsFor === undefined) return;
    const circle = waitCircle(thread);
    if (circle === undefined) return;
    this.ctx.recorder.emit('thread.deadlock', this.ctx.name, {
      threads: circle.map((member) => member.tid).join(' '),
      circle: circle.map((member) => `${member.title} waits for ${member.call!.waitsFor!.what}`).join('; '),
    });
  }
}
