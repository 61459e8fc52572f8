/**
 * Random programs over asyncio's parts, and their run in ours: tasks that sleep, wait for locks, events, queues and each other, cancel, fail and limit. The
 * same program runs in CPython (random-asyncio.py); every step leaves a line.
 */
import type { Program } from '@netarium/core/syscall/sys.ts';
import { CancelledError } from '@netarium/userland/runtimes/asyncio/errors.ts';
import type { Coroutine } from '@netarium/userland/runtimes/asyncio/future.ts';
import { gather, shield, wait } from '@netarium/userland/runtimes/asyncio/gather.ts';
import { Condition, Event, Lock, Semaphore } from '@netarium/userland/runtimes/asyncio/locks.ts';
import { EventLoop } from '@netarium/userland/runtimes/asyncio/loop.ts';
import { Queue } from '@netarium/userland/runtimes/asyncio/queue.ts';
import { createTask, sleep, type Task } from '@netarium/userland/runtimes/asyncio/task.ts';
import { TaskGroup } from '@netarium/userland/runtimes/asyncio/task-group.ts';
import { timeout, waitFor } from '@netarium/userland/runtimes/asyncio/timeouts.ts';
import { ValueError } from './pair.ts';

export type Operation = readonly [
  kind: string,
  argument?: number,
  inner?: readonly Operation[] | readonly Operations[],
];
export type Operations = readonly Operation[];
/** The operations of each task. */
export type Spec = readonly Operations[];

const MS = 1_000_000;
const END_MS = 1_000_000_000 / 1000;

/** A small generator (xorshift): the programs of a seed are the same for ever. */
class Dice {
  constructor(private state: number) {}

  below(limit: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % limit;
  }
}

const LEAVES = [
  'sleep',
  'sleep',
  'yield',
  'yield',
  'wait-event',
  'set-event',
  'clear-event',
  'put',
  'get',
  'cancel',
  'raise',
];
const MORE_LEAVES = [...LEAVES, 'await', 'shield', 'stubborn', 'notified', 'notify'];
const BRANCHES = ['lock', 'lock', 'semaphore', 'wait-for', 'timeout', 'gather', 'gather-all', 'group', 'first'];
const MANY = new Set(['gather', 'gather-all', 'group', 'first']);

export function randomSpec(seed: number): Spec {
  const dice = new Dice(seed * 2_654_435_761 + 1);
  const tasks = 2 + dice.below(4);
  return Array.from({ length: tasks }, (_, own) => operations(dice, own, tasks, 2));
}

function operations(dice: Dice, own: number, tasks: number, depth: number): Operations {
  return Array.from({ length: 1 + dice.below(5) }, () => operation(dice, own, tasks, depth));
}

function operation(dice: Dice, own: number, tasks: number, depth: number): Operation {
  if (depth > 0 && dice.below(3) === 0) {
    const kind = BRANCHES[dice.below(BRANCHES.length)]!;
    if (MANY.has(kind)) {
      const parts = Array.from({ length: 1 + dice.below(3) }, () => operations(dice, own, tasks, depth - 1));
      return [kind, 0, parts];
    }
    const argument = kind === 'wait-for' || kind === 'timeout' ? durationMs(dice) : dice.below(kind === 'lock' ? 2 : 1);
    return [kind, argument, operations(dice, own, tasks, depth - 1)];
  }
  const kind = MORE_LEAVES[dice.below(MORE_LEAVES.length)]!;
  if (kind === 'sleep' || kind === 'stubborn') return [kind, durationMs(dice)];
  if (kind.endsWith('event')) return [kind, dice.below(2)];
  if (kind === 'cancel') return [kind, dice.below(tasks)];
  // A task that waits for itself, or in a circle, is another test's affair.
  if (kind === 'await' || kind === 'shield') return own === 0 ? ['yield'] : [kind, dice.below(own)];
  return [kind, 0];
}

/** Wide apart, so that two sums of sleeps do not meet: what comes first at the same instant is nobody's promise. */
const durationMs = (dice: Dice): number => 1 + dice.below(30_000_000) / 100;

/** Runs a program in ours; its lines go to `trace`. */
export function programOf(spec: Spec, trace: string[]): Program {
  return async (sys) => {
    const loop = await EventLoop.create(sys, { exceptionHandler: () => {} });
    const lines: string[] = [];
    await loop.runUntilComplete(async () => {
      await new Runner(loop, spec, lines).main();
      // A copy: what tasks that are left over do while the loop stops is nobody's promise.
      trace.push(...lines);
    });
    await loop.close();
    return 0;
  };
}

class Runner {
  private readonly locks: readonly Lock[];
  private readonly semaphores: readonly Semaphore[];
  private readonly events: readonly Event[];
  private readonly queues: readonly Queue<string>[];
  private readonly conditions: readonly Condition[];
  private readonly tasks: Task<string>[] = [];

  constructor(
    private readonly loop: EventLoop,
    private readonly spec: Spec,
    private readonly trace: string[],
  ) {
    this.locks = [new Lock(loop), new Lock(loop)];
    this.semaphores = [new Semaphore(loop, 2)];
    this.events = [new Event(loop), new Event(loop)];
    this.conditions = [new Condition(loop)];
    this.queues = [new Queue<string>(loop, 2)];
  }

  async main(): Promise<void> {
    for (const [number, list] of this.spec.entries()) {
      this.tasks.push(createTask(this.loop, () => this.body(`t${number}`, list)));
    }
    await wait(this.loop, this.tasks, { timeoutNs: END_MS * 1000 * MS });
    this.trace.push(this.tasks.every(({ done }) => done) ? 'all are done' : 'time is over');
    // One that waits for a lock which a forgotten task holds outlives every cancellation.
    for (let i = 0; i < 20; i++) {
      for (const task of this.tasks) task.cancel();
      await sleep(this.loop, MS);
    }
    this.trace.push(this.tasks.map(endOf).join(' '));
  }

  private async body(name: string, list: Operations): Promise<string> {
    this.trace.push(`${name} begins`);
    try {
      for (const [number, [kind, argument = 0, inner = []]] of list.entries()) {
        await this.operation(`${name}.${number}`, kind, argument, inner);
        this.trace.push(`${name}.${number}`);
      }
    } catch (error) {
      this.trace.push(`${name} ends by ${nameOf(error)}`);
      throw error;
    }
    this.trace.push(`${name} ends`);
    return name;
  }

  private operation(name: string, kind: string, argument: number, inner: NonNullable<Operation[2]>): Promise<unknown> {
    const list = inner as Operations;
    const parts = () => (inner as readonly Operations[]).map((part, i) => () => this.body(`${name}.${i}`, part));
    const { loop } = this;
    switch (kind) {
      case 'sleep':
        return sleep(loop, Math.round(argument * MS));
      case 'yield':
        return sleep(loop, 0);
      case 'lock':
        return this.locks[argument]!.with(() => this.body(name, list));
      case 'semaphore':
        return this.semaphores[argument]!.with(() => this.body(name, list));
      case 'wait-event':
        return this.events[argument]!.wait();
      case 'put':
        return this.queues[argument]!.put(name);
      case 'get':
        return this.queues[argument]!.get().then((item) => this.trace.push(`${name} got ${item}`));
      case 'await':
        return this.caught(name, () => this.tasks[argument]!.wait());
      case 'shield':
        return this.caught(name, () => shield(loop, this.tasks[argument]!).wait());
      case 'gather':
        return this.caught(name, () => gather(loop, parts()).wait());
      case 'gather-all':
        return this.gatherAll(name, parts());
      case 'group':
        return this.caught(name, () => this.grouped(name, parts()));
      case 'first':
        return this.first(name, parts());
      case 'notified':
        return this.conditions[argument]!.lock.with(() => this.conditions[argument]!.wait());
      case 'notify':
        return this.conditions[argument]!.lock.with(async () => this.conditions[argument]!.notify());
      case 'wait-for':
        return this.caught(name, () => waitFor(loop, () => this.body(name, list), Math.round(argument * MS)));
      case 'timeout':
        return this.caught(name, () => timeout(loop, Math.round(argument * MS), () => this.body(name, list)));
      case 'stubborn':
        return this.stubborn(name, argument);
      default:
        return this.atOnce(name, kind, argument);
    }
  }

  /** What never waits. */
  private async atOnce(name: string, kind: string, argument: number): Promise<void> {
    if (kind === 'set-event') this.events[argument]!.set();
    else if (kind === 'clear-event') this.events[argument]!.clear();
    else if (kind === 'cancel')
      this.trace.push(`${name} cancels: ${this.tasks[argument]!.cancel() ? 'True' : 'False'}`);
    else if (kind === 'raise') throw new ValueError(name);
    else throw new Error(`no operation is called ${kind}`);
  }

  private async gatherAll(name: string, parts: readonly Coroutine<string>[]): Promise<void> {
    const results = await gather<unknown>(this.loop, parts, { returnExceptions: true }).wait();
    this.trace.push(
      `${name}: ${results.map((result) => (typeof result === 'string' ? result : nameOf(result))).join(' ')}`,
    );
  }

  private grouped(name: string, parts: readonly Coroutine<string>[]): Promise<void> {
    return TaskGroup.with(this.loop, async (group) => {
      for (const part of parts) group.createTask(part);
      await sleep(this.loop, 0);
      this.trace.push(`${name} is made`);
    });
  }

  private async first(name: string, parts: readonly Coroutine<string>[]): Promise<void> {
    const tasks = parts.map((part) => createTask(this.loop, part));
    const { done } = await wait(this.loop, tasks, { until: 'first completed' });
    const numbers = tasks.flatMap((task, i) => (done.includes(task) ? [i] : []));
    this.trace.push(`${name}: ${numbers.join(' ')}`);
    for (const task of tasks) task.cancel();
  }

  private async stubborn(name: string, ms: number): Promise<void> {
    try {
      await sleep(this.loop, Math.round(ms * MS));
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
      this.trace.push(`${name} swallows`);
    }
  }

  /** Failures are told; a cancellation goes on. */
  private async caught(name: string, body: () => Promise<unknown>): Promise<void> {
    try {
      await body();
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      this.trace.push(`${name} raised ${nameOf(error)}`);
    }
  }
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'NoneType');

function endOf(task: Task<string>): string {
  if (!task.done) return 'pending';
  return task.cancelled ? 'cancelled' : nameOf(task.exception());
}
