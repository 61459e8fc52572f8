/** Orders and outcomes that CPython's asyncio guarantees; the pairs of test/cpython compare whole programs with the real one. */
import { describe, expect, test } from 'vitest';
import { inProgram } from '../program.test-util.ts';
import { CancelledError, TimeoutError } from './errors.ts';
import { asCompleted, gather, shield, wait } from './gather.ts';
import { Condition, Event, Lock, Semaphore } from './locks.ts';
import { EventLoop, type LoopRound } from './loop.ts';
import { PYTHON_3_8, PYTHON_3_12 } from './profile.ts';
import { Queue } from './queue.ts';
import { run } from './run.ts';
import { createTask, sleep } from './task.ts';
import { type ExceptionGroup, TaskGroup } from './task-group.ts';
import { timeout, waitFor } from './timeouts.ts';

const MS = 1_000_000;
const SECOND = 1000 * MS;

/** Runs a coroutine with a loop of its own. */
const inLoop = (main: (loop: EventLoop, note: (line: string) => void) => Promise<void>) =>
  inProgram((sys, note) => run(sys, (loop) => main(loop, note)));

describe('the loop', () => {
  test('call_soon is first in, first out, comes before timers, and what a callback adds waits for the next round', async () => {
    const { lines } = await inProgram(async (sys, note) => {
      const loop = await EventLoop.create(sys);
      await loop.callLater(0, () => note('timer'));
      loop.callSoon(() => {
        note('a');
        loop.callSoon(() => note('added'));
        loop.callSoon(() => loop.stop());
      });
      loop.callSoon(() => note('b'));
      await loop.runForever();
      await loop.close();
    });
    expect(lines).toEqual(['a', 'b', 'timer', 'added']);
  });

  test('timers fire by instant, those of one instant in the order of their making, cancelled ones never', async () => {
    const { lines } = await inProgram(async (sys, note) => {
      const loop = await EventLoop.create(sys);
      const now = await loop.timeNs();
      for (const [name, ms] of [
        ['c', 30],
        ['a', 10],
        ['b1', 20],
        ['b2', 20],
        ['never', 15],
      ] as const) {
        const handle = loop.callAt(now + ms * MS, () => note(name));
        if (name === 'never') handle.cancel();
      }
      loop.callAt(now + 40 * MS, () => loop.stop());
      await loop.runForever();
      await loop.close();
    });
    expect(lines).toEqual(['a', 'b1', 'b2', 'c']);
  });

  test('an exception in a callback is reported and the loop goes on', async () => {
    const { lines, text } = await inProgram(async (sys, note) => {
      const loop = await EventLoop.create(sys);
      loop.callSoon(function broken() {
        throw new Error('bad');
      });
      loop.callSoon(() => note('next'));
      loop.callSoon(() => loop.stop());
      await loop.runForever();
      await loop.close();
    });
    expect(lines).toEqual(['next']);
    expect(text).toContain("Exception in callback broken\nError('bad')");
  });

  test('a round can be watched: what was ready, the timers, the wait and what runs', async () => {
    const rounds: LoopRound[] = [];
    await inProgram((sys) => run(sys, (loop) => sleep(loop, 5 * MS), { trace: (round) => rounds.push(round) }));
    expect(rounds.map(({ timeoutNs }) => timeoutNs)).toEqual([0, 5 * MS, 0, 0]);
    expect(rounds[1]!.timers.map(({ label }) => label)).toEqual(['end of a sleep of Task-1']);
    expect(rounds.map(({ runs }) => runs)).toEqual([
      ['first step of Task-1'],
      ['end of a sleep of Task-1'],
      ['wake-up of Task-1'],
      ['stop the loop'],
    ]);
  });

  test('waiting is for tasks only', async () => {
    await inProgram(async (sys) => {
      const loop = await EventLoop.create(sys);
      await expect(loop.createFuture().wait()).rejects.toThrow('only a task can wait');
      await expect(loop.createFuture().wait()).rejects.toHaveProperty('name', 'RuntimeError');
      await loop.close();
      await expect(loop.runForever()).rejects.toThrow('Event loop is closed');
    });
  });
});

describe('tasks', () => {
  test('begin in the order of their making, not before the maker waits', async () => {
    const { lines } = await inLoop(async (loop, note) => {
      const work = async (name: string) => {
        note(`${name} 1`);
        await sleep(loop, 0);
        note(`${name} 2`);
        return name;
      };
      const tasks = ['a', 'b'].map((name) => createTask(loop, () => work(name)));
      note('made');
      for (const task of tasks) note(`${await task.wait()} ends`);
    });
    expect(lines).toEqual(['made', 'a 1', 'b 1', 'a 2', 'b 2', 'a ends', 'b ends']);
  });

  test('1000 sleeps of a second take one second', async () => {
    const { endNs } = await inLoop(async (loop) => {
      const sleeps = Array.from({ length: 1000 }, () => () => sleep(loop, SECOND));
      await gather(loop, sleeps).wait();
    });
    expect(endNs).toBeGreaterThanOrEqual(SECOND);
    expect(endNs).toBeLessThan(1.01 * SECOND);
  });

  test('a system call that blocks stops every task', async () => {
    const { endNs } = await inProgram((sys) =>
      run(sys, async (loop) => {
        await gather(
          loop,
          [1, 2, 3].map(() => () => sys.nanosleep(SECOND)),
        ).wait();
      }),
    );
    expect(endNs).toBeGreaterThanOrEqual(3 * SECOND);
  });

  test('cancelling raises CancelledError at the wait; finally runs; the awaiter sees it', async () => {
    const { lines } = await inLoop(async (loop, note) => {
      const task = createTask(loop, async () => {
        try {
          await sleep(loop, SECOND);
        } catch (error) {
          note(`in the task: ${(error as Error).name} ${(error as Error).message}`);
          throw error;
        } finally {
          note('finally');
        }
      });
      await sleep(loop, 0);
      note(String(task.cancel('enough')));
      note(`done at once: ${task.done}`);
      await task.wait().catch((error: Error) => note(`outside: ${error.name}`));
      note(`${task.cancelled} ${task.cancel()}`);
    });
    expect(lines).toEqual([
      'true',
      'done at once: false',
      'in the task: CancelledError enough',
      'finally',
      'outside: CancelledError',
      'true false',
    ]);
  });

  test('a task that was cancelled before its first step never runs; one that swallows the cancellation goes on', async () => {
    const { lines, endNs } = await inLoop(async (loop, note) => {
      const never = createTask(loop, async () => note('never'));
      never.cancel();
      const stubborn = createTask(loop, async () => {
        await sleep(loop, SECOND).catch(() => note('swallowed'));
        return 'result';
      });
      await sleep(loop, 0);
      stubborn.cancel();
      note(String(await stubborn.wait()));
      note(`${never.cancelled} ${stubborn.cancelled}`);
    });
    expect(lines).toEqual(['swallowed', 'result', 'true false']);
    expect(endNs).toBeLessThan(10 * MS);
  });

  test('an exception that nobody retrieves is reported, and a task that never ends', async () => {
    const { text } = await inProgram(async (sys) => {
      const loop = await EventLoop.create(sys);
      createTask(loop, async () => {
        throw new RangeError('lost');
      });
      createTask(loop, () => sleep(loop, SECOND));
      await loop.runUntilComplete(() => sleep(loop, 0));
      await loop.close();
    });
    expect(text).toBe(
      "Task exception was never retrieved\nfuture: <Task finished name='Task-1' exception=RangeError('lost')>\n" +
        "Task was destroyed but it is pending!\nfuture: <Task pending name='Task-2'>\n",
    );
  });

  test('run cancels what is left over and waits for it', async () => {
    const { lines } = await inLoop(async (loop, note) => {
      createTask(loop, async () => {
        try {
          await sleep(loop, SECOND);
        } finally {
          note('cleaned up');
        }
      });
      await sleep(loop, 0);
      note('main ends');
    });
    expect(lines).toEqual(['main ends', 'cleaned up']);
  });

  test('a task that awaits itself gets RuntimeError', async () => {
    await inLoop(async (loop) => {
      const task = createTask(loop, async (): Promise<void> => task.wait());
      await expect(task.wait()).rejects.toThrow('Task cannot await on itself');
    });
  });
});

describe('gather and its kin', () => {
  test('results in the order of the arguments; the first exception comes at once and the others run on', async () => {
    const { lines } = await inLoop(async (loop, note) => {
      const after = (ms: number, name: string) => async () => {
        await sleep(loop, ms * MS);
        note(name);
        return name;
      };
      note((await gather(loop, [after(30, 'slow'), after(10, 'fast')]).wait()).join());
      const fails = async (): Promise<string> => {
        throw new Error('at once');
      };
      await gather(loop, [after(20, 'runs on'), fails])
        .wait()
        .catch((error: Error) => note(error.message));
      await sleep(loop, 50 * MS);
      const both = await gather<unknown>(loop, [after(1, 'fine'), fails], { returnExceptions: true }).wait();
      note(both.map(String).join());
    });
    expect(lines).toEqual(['fast', 'slow', 'slow,fast', 'at once', 'runs on', 'fine', 'fine,Error: at once']);
  });

  test('cancelling a gathering cancels all of it; a shielded task runs on', async () => {
    const { lines } = await inLoop(async (loop, note) => {
      const inner = createTask(loop, async () => {
        await sleep(loop, 20 * MS);
        note('shielded ends');
      });
      const outer = createTask(loop, async () => {
        await gather<void>(loop, [shield(loop, inner), () => sleep(loop, SECOND)]).wait();
      });
      await sleep(loop, 0);
      await sleep(loop, 0);
      outer.cancel();
      await outer.wait().catch((error: Error) => note(error.name));
      await inner.wait();
    });
    expect(lines).toEqual(['CancelledError', 'shielded ends']);
  });

  test('wait answers who is done; as_completed goes by end', async () => {
    const { lines } = await inLoop(async (loop, note) => {
      const tasks = [30, 10, 20].map((ms) =>
        createTask(loop, async () => {
          await sleep(loop, ms * MS);
          return ms;
        }),
      );
      const { done, pending } = await wait(loop, tasks, { until: 'first completed' });
      note(`${done.map((task) => task.result())} ${pending.length}`);
      note(String((await wait(loop, tasks, { timeoutNs: 12 * MS })).pending.length));
      for await (const task of asCompleted(loop, tasks)) note(String(await task.wait()));
    });
    expect(lines).toEqual(['10 2', '1', '10', '20', '30']);
  });
});

describe('limits of time', () => {
  for (const profile of [PYTHON_3_8, PYTHON_3_12]) {
    test(`wait_for cancels, waits for the end, and raises TimeoutError (${profile.version})`, async () => {
      const { lines, endNs } = await inProgram((sys, note) =>
        run(
          sys,
          async (loop) => {
            const slow = async () => {
              try {
                await sleep(loop, SECOND);
              } finally {
                note(`cancelled in ${loop.task?.name}`);
              }
            };
            await waitFor(loop, slow, 10 * MS).catch((error: Error) => note(error.name));
            note(await waitFor(loop, async () => 'in time', 10 * MS));
            await expect(waitFor(loop, slow, 0)).rejects.toBeInstanceOf(TimeoutError);
          },
          { profile },
        ),
      );
      const task = profile.waitForInSameTask ? 'Task-1' : 'Task-2';
      expect(lines).toEqual([`cancelled in ${task}`, 'TimeoutError', 'in time']);
      expect(endNs).toBeLessThan(12 * MS);
    });
  }

  test('the caller of wait_for is cancelled: so is what it waits for', async () => {
    const { lines } = await inLoop(async (loop, note) => {
      const inner = async () => {
        try {
          await sleep(loop, SECOND);
        } finally {
          note('inner cancelled');
        }
      };
      const caller = createTask(loop, () => waitFor(loop, inner, 500 * MS));
      await sleep(loop, MS);
      caller.cancel();
      await caller.wait().catch((error: Error) => note(error.name));
    });
    expect(lines).toEqual(['inner cancelled', 'CancelledError']);
  });

  test('timeout() tells its own cancellation from that of others', async () => {
    const { lines } = await inLoop(async (loop, note) => {
      await timeout(loop, 5 * MS, () => sleep(loop, SECOND)).catch((error: Error) => note(error.name));
      const task = createTask(loop, () => timeout(loop, SECOND, () => sleep(loop, SECOND)));
      await sleep(loop, MS);
      task.cancel();
      await task.wait().catch((error: unknown) => note(String(error instanceof CancelledError)));
    });
    expect(lines).toEqual(['TimeoutError', 'true']);
    await inProgram((sys) =>
      run(
        sys,
        async (loop) => {
          expect(() => timeout(loop, 1, async () => {})).toThrow('not in Python 3.8');
        },
        { profile: PYTHON_3_8 },
      ),
    );
  });

  test('a group fails with all failures and cancels the rest', async () => {
    const { lines } = await inLoop(async (loop, note) => {
      const group = TaskGroup.with(loop, async (tasks) => {
        tasks.createTask(async () => {
          await sleep(loop, MS);
          throw new Error('first');
        });
        tasks.createTask(() => sleep(loop, SECOND).finally(() => note('sibling cancelled')));
        await sleep(loop, SECOND);
        note('never');
      });
      await group.catch((error: ExceptionGroup) => note(`${error.name}: ${error.exceptions.map(String)}`));
    });
    expect(lines).toEqual(['sibling cancelled', 'ExceptionGroup: Error: first']);
  });
});

describe('locks and queues', () => {
  test('a lock is taken in the order of asking, and a cancelled waiter does not keep it', async () => {
    const { lines } = await inLoop(async (loop, note) => {
      const lock = new Lock(loop);
      const user = (name: string) => async () =>
        lock.with(async () => {
          note(`${name} has it`);
          await sleep(loop, MS);
        });
      const tasks = ['a', 'b', 'c'].map((name) => createTask(loop, user(name)));
      await sleep(loop, 0);
      tasks[1]!.cancel();
      await gather<void>(loop, tasks, { returnExceptions: true }).wait();
      note(String(lock.locked));
      expect(() => lock.release()).toThrow('Lock is not acquired.');
    });
    expect(lines).toEqual(['a has it', 'c has it', 'false']);
  });

  test('a semaphore lets so many in; an event wakes all; a condition as many as are notified', async () => {
    const { lines } = await inLoop(async (loop, note) => {
      const semaphore = new Semaphore(loop, 2);
      let [inside, most] = [0, 0];
      const user = () =>
        semaphore.with(async () => {
          most = Math.max(most, ++inside);
          await sleep(loop, MS);
          inside--;
        });
      await gather(
        loop,
        Array.from({ length: 6 }, () => user),
      ).wait();
      note(`at most ${most}`);
      const event = new Event(loop);
      const condition = new Condition(loop);
      const waiters = [1, 2, 3].map((i) =>
        createTask(loop, async () => {
          await event.wait();
          await condition.lock.with(() => condition.wait());
          note(`notified ${i}`);
        }),
      );
      await sleep(loop, MS);
      event.set();
      await sleep(loop, MS);
      await condition.lock.with(async () => condition.notify(2));
      await sleep(loop, MS);
      note('rest');
      await condition.lock.with(async () => condition.notifyAll());
      await gather<void>(loop, waiters).wait();
    });
    expect(lines).toEqual(['at most 2', 'notified 1', 'notified 2', 'rest', 'notified 3']);
  });

  test('a queue holds back its producer, join waits for task_done, a cancelled getter passes its turn on', async () => {
    const { lines } = await inLoop(async (loop, note) => {
      const queue = new Queue<number>(loop, 2);
      const producer = createTask(loop, async () => {
        for (let i = 1; i <= 4; i++) {
          await queue.put(i);
          note(`put ${i}`);
        }
      });
      await sleep(loop, MS);
      const consumer = createTask(loop, async () => {
        for (;;) {
          note(`got ${await queue.get()}`);
          queue.taskDone();
        }
      });
      await producer.wait();
      await queue.join();
      consumer.cancel();
      expect(() => queue.getNowait()).toThrow();
      expect(() => queue.taskDone()).toThrow('too many times');
      const [first, second] = [1, 2].map(() => createTask(loop, () => queue.get()));
      await sleep(loop, 0);
      queue.putNowait(9);
      first!.cancel();
      note(`second got ${await second!.wait()}`);
    });
    expect(lines.join()).toBe('put 1,put 2,got 1,got 2,put 3,put 4,got 3,got 4,second got 9');
  });
});
