import { describe, expect, test } from 'vitest';
import { bench, errnoOf } from '../syscall/kernel.test-util.ts';
import type { ProgramModule } from '../syscall/program.ts';
import type { Sys } from '../syscall/sys.ts';
import type { InterpreterVersion } from './interpreter/profile.ts';

const MS = 1_000_000;

async function run(program: ProgramModule, seed = 1, cores = 4) {
  const b = bench({}, { seed, cpu: { cores, scheduler: { scheduler: 'eevdf' } } });
  const deadlocks: string[] = [];
  b.recorder.on('thread.deadlock', (event) => deadlocks.push(event.values.threads));
  const { process } = b.start(program);
  await b.run();
  expect(b.crashes).toEqual([]);
  return { b, process, deadlocks };
}

describe('threads', () => {
  test('share cells, answer who joins them, and have their own storage', async () => {
    const seen: unknown[] = [];
    await run({
      async main(sys) {
        const cell = await sys.cell_create(1);
        const tids = [await sys.thread_create('add', [cell, 10]), await sys.thread_create('add', [cell, 20])];
        await sys.tls_set(1, 'main');
        for (const tid of tids) seen.push(await sys.thread_join(tid));
        seen.push(await sys.cell_load(cell), await sys.tls_get(1));
        return 0;
      },
      async add(sys: Sys, cell: number, amount: number) {
        await sys.tls_set(1, amount);
        await sys.cell_add(cell, amount);
        return { gave: await sys.tls_get(1) };
      },
    });
    expect(seen).toEqual([{ gave: 10 }, { gave: 20 }, 31, 'main']);
  });

  test('join: oneself, nobody, twice, too late, in time', async () => {
    const seen: string[] = [];
    await run({
      async main(sys) {
        seen.push(await errnoOf(sys.thread_join(await sys.gettid())), await errnoOf(sys.thread_join(999)));
        const slow = await sys.thread_create('sleep', [50]);
        seen.push(await errnoOf(sys.thread_join(slow, 10 * MS)), await errnoOf(sys.thread_join(slow)));
        seen.push(await errnoOf(sys.thread_join(slow)));
        const loose = await sys.thread_create('sleep', [1], { detached: true });
        seen.push(await errnoOf(sys.thread_join(loose)));
        seen.push(
          await errnoOf(sys.thread_create('nowhere')),
          await errnoOf(sys.thread_create('sleep', [(() => 1) as never])),
        );
        return 0;
      },
      async sleep(sys: Sys, ms: number) {
        await sys.nanosleep(ms * MS);
      },
    });
    expect(seen).toEqual(['EDEADLK', 'ESRCH', 'ETIMEDOUT', 'none', 'ESRCH', 'EINVAL', 'EINVAL', 'EINVAL']);
  });

  test('all end with the process; the last one takes it with it', async () => {
    const { b, process } = await run({
      async main(sys) {
        await sys.thread_create('forever');
        await sys.nanosleep(10 * MS);
        return 7;
      },
      async forever(sys: Sys) {
        for (;;) await sys.nanosleep(MS);
      },
    });
    expect(process.exitStatus).toEqual({ code: 7, signal: '' });
    expect(b.queue.now).toBeLessThan(12 * MS);
    const other = await run({
      async main(sys) {
        await sys.thread_create('later');
        return sys.thread_exit(1);
      },
      async later(sys: Sys) {
        await sys.nanosleep(5 * MS);
      },
    });
    expect(other.process.exitStatus).toEqual({ code: 0, signal: '' });
  });

  test('two that join each other are a deadlock, named at once', async () => {
    const { deadlocks } = await run({
      async main(sys) {
        const me = await sys.gettid();
        const other = await sys.thread_create('back', [me]);
        await sys.thread_join(other);
        return 0;
      },
      async back(sys: Sys, first: number) {
        await sys.thread_join(first);
      },
    });
    expect(deadlocks).toHaveLength(1);
  });

  test('a load and a store apart lose updates on two cores, an atomic add does not', async () => {
    const totals: unknown[] = [];
    const program = (atomic: boolean): ProgramModule => ({
      async main(sys) {
        const cell = await sys.cell_create(0);
        const tids = [await sys.thread_create('count', [cell]), await sys.thread_create('count', [cell])];
        for (const tid of tids) await sys.thread_join(tid);
        totals.push(await sys.cell_load(cell));
        return 0;
      },
      async count(sys: Sys, cell: number) {
        for (let i = 0; i < 2000; i++) {
          if (atomic) await sys.cell_add(cell, 1);
          else await sys.cell_store(cell, ((await sys.cell_load(cell)) as number) + 1);
        }
      },
    });
    await run(program(false));
    await run(program(true));
    expect(totals[0]).toBeLessThan(4000);
    expect(totals[1]).toBe(4000);
  });

  test('fork copies cells, shares shared ones and descriptors; memory is isolated', async () => {
    const seen: unknown[] = [];
    await run({
      async main(sys) {
        const own = await sys.cell_create('parent');
        const both = await sys.cell_create('parent', { shared: true });
        const child = await sys.fork('child', [own, both]);
        seen.push(await sys.waitpid(child), await sys.cell_load(own), await sys.cell_load(both));
        return 0;
      },
      async child(sys: Sys, own: number, both: number) {
        seen.push(await sys.cell_load(own));
        await sys.cell_store(own, 'child');
        await sys.cell_store(both, 'child');
        return 3;
      },
    });
    expect(seen[0]).toBe('parent');
    expect(seen.slice(1)).toEqual([expect.objectContaining({ code: 3 }), 'parent', 'child']);
  });

  test('futex: sleeps while the cell holds the value', async () => {
    const seen: unknown[] = [];
    await run({
      async main(sys) {
        const cell = await sys.cell_create(0);
        const tid = await sys.thread_create('wait', [cell]);
        await sys.nanosleep(MS);
        await sys.cell_store(cell, 1);
        seen.push(await sys.cell_notify(cell, 8));
        seen.push(await sys.thread_join(tid));
        seen.push(await errnoOf(sys.cell_wait(cell, 0)), await errnoOf(sys.cell_wait(cell, 1, MS)));
        return 0;
      },
      async wait(sys: Sys, cell: number) {
        await sys.cell_wait(cell, 0);
        return sys.cell_load(cell);
      },
    });
    expect(seen).toEqual([1, 1, 'EAGAIN', 'ETIMEDOUT']);
  });
});

describe('the interpreter lock', () => {
  const burners = (version: InterpreterVersion | undefined, cores: number) =>
    run(
      {
        async main(sys) {
          if (version !== undefined) await sys.interpreter_attach(version);
          const tids: number[] = [];
          for (let i = 0; i < 4; i++) tids.push(await sys.thread_create('burn'));
          for (const tid of tids) await sys.thread_join(tid);
          return 0;
        },
        async burn(sys: Sys) {
          await sys.cpu(100 * MS);
        },
      },
      1,
      cores,
    );

  test('threads that compute do not speed up under it, and do without', async () => {
    const locked = await burners('3.11', 4);
    const free = await burners('free-threaded', 4);
    const none = await burners(undefined, 4);
    expect(locked.b.queue.now).toBeGreaterThan(400 * MS);
    expect(locked.b.queue.now).toBeLessThan(440 * MS);
    expect(free.b.queue.now).toBeLessThan(105 * MS);
    expect(none.b.queue.now).toBeLessThan(105 * MS);
  });

  test('the lock changes hands every 5 ms under 3.11', async () => {
    const { process } = await burners('3.11', 4);
    const { switches } = process.interpreter!;
    expect(switches).toBeGreaterThan(60);
    expect(switches).toBeLessThan(100);
  });

  test('2.7 on one core: the same total', async () => {
    const { b } = await burners('2.7', 1);
    expect(b.queue.now).toBeGreaterThan(400 * MS);
    expect(b.queue.now).toBeLessThan(480 * MS);
  });

  test('threads that sleep run side by side under it', async () => {
    const { b } = await run({
      async main(sys) {
        await sys.interpreter_attach('3.11');
        const tids: number[] = [];
        for (let i = 0; i < 10; i++) tids.push(await sys.thread_create('doze'));
        for (const tid of tids) await sys.thread_join(tid);
        return 0;
      },
      async doze(sys: Sys) {
        await sys.nanosleep(100 * MS);
      },
    });
    expect(b.queue.now).toBeLessThan(103 * MS);
  });

  test('is given up around write, which never blocks here: another thread gets in between', async () => {
    const got: number[] = [];
    await run({
      async main(sys) {
        await sys.interpreter_attach('3.11');
        await sys.interpreter_setinterval(1_000_000_000);
        const [reader, writer] = await sys.pipe();
        const written = await sys.cell_create(0);
        const tid = await sys.thread_create('look', [written]);
        for (let i = 1; i <= 2000; i++) {
          await sys.write(writer, new Uint8Array(16));
          await sys.cell_store(written, i);
        }
        await sys.thread_join(tid);
        await sys.close(reader);
        return 0;
      },
      async look(sys: Sys, written: number) {
        got.push((await sys.cell_load(written)) as number);
      },
    });
    expect(got[0]).toBeLessThan(2000);
  });

  test('n += 1 by load and store loses updates at the switch, in some runs', async () => {
    const totals: number[] = [];
    for (let seed = 1; seed <= 4; seed++) {
      await run(
        {
          async main(sys) {
            await sys.interpreter_attach('3.11');
            await sys.interpreter_setinterval(20_000);
            const cell = await sys.cell_create(0);
            const tids: number[] = [];
            for (let i = 0; i < 2; i++) tids.push(await sys.thread_create('count', [cell]));
            for (const tid of tids) await sys.thread_join(tid);
            totals.push((await sys.cell_load(cell)) as number);
            return 0;
          },
          async count(sys: Sys, cell: number) {
            for (let i = 0; i < 3000; i++) await sys.cell_store(cell, ((await sys.cell_load(cell)) as number) + 1);
          },
        },
        seed,
      );
    }
    expect(Math.min(...totals)).toBeLessThan(6000);
    for (const total of totals) expect(total).toBeGreaterThan(2000);
  });
});
