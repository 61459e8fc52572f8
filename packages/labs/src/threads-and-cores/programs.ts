/** Programs without an interpreter lock: threads that show what they share, that compute side by side, that outlive their creator or do not. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';

const MS = 1_000_000;

async function print(sys: Sys, text: string): Promise<void> {
  await sys.write(1, encodeUtf8(`${text}\n`));
}

/** `compute COUNT MS [threads|processes]`: so many at once, each computes for so long. */
export const compute: ProgramModule = {
  async main(sys, [, count, ms]) {
    const tids: number[] = [];
    for (let i = 0; i < Number(count); i++)
      tids.push(await sys.thread_create('burn', [Number(ms)], { name: `worker ${i + 1}` }));
    for (const tid of tids) await sys.thread_join(tid);
    return 0;
  },
  async burn(sys: Sys, ms: number) {
    await sys.cpu(ms * MS);
  },
};

/**
 * `share threads|processes|static`: two workers, one after the other, count in a variable of their own and in one of the heap; each tells both, the program
 * tells the heap's. With `static` the variable is no local one but stands in the heap as well, as a C function's static variable does.
 */
export const share: ProgramModule = {
  async main(sys, [, kind]) {
    const heap = await sys.cell_create(0);
    const own = kind === 'static' ? await sys.cell_create(0) : -1;
    for (const name of ['first', 'second']) {
      if (kind === 'processes') await sys.waitpid(await sys.fork('forked', [heap, own, name]));
      else await sys.thread_join(await sys.thread_create('count', [heap, own, name]));
    }
    await print(sys, `heap ${await sys.cell_load(heap)}`);
    return 0;
  },
  async count(sys: Sys, heap: number, own: number, name: string) {
    await count(sys, heap, own, name);
  },
  async forked(sys: Sys, heap: number, own: number, name: string) {
    await count(sys, heap, own, name);
    return 0;
  },
};

async function count(sys: Sys, heap: number, own: number, name: string): Promise<void> {
  let local = 0;
  for (let i = 0; i < 3; i++) {
    if (own >= 0) local = (await sys.cell_add(own, 1)) + 1;
    else local++;
    await sys.cell_add(heap, 1);
  }
  await print(sys, `${name} stack ${local} heap ${await sys.cell_load(heap)}`);
}

/** `leave returns|exits`: main returns, which is exit(3), or ends its own thread alone, while another prints on. */
export const leave: ProgramModule = {
  async main(sys, [, how]) {
    await sys.thread_create('ticker');
    await sys.nanosleep(25 * MS);
    if (how === 'exits') await sys.thread_exit();
    return 0;
  },
  async ticker(sys: Sys) {
    for (let i = 1; i <= 5; i++) {
      await sys.nanosleep(10 * MS);
      await print(sys, `tick ${i}`);
    }
  },
};

/** `sweep WORK_MS COUNT...`: the same work divided among 1, 2, ... threads; prints `count ms` for each. */
export const sweep: ProgramModule = {
  async main(sys, [, workMs, ...counts]) {
    for (const count of counts.map(Number)) {
      const from = await sys.clock_gettime('monotonic');
      const tids: number[] = [];
      for (let i = 0; i < count; i++)
        tids.push(await sys.thread_create('part', [Math.floor((Number(workMs) * MS) / count)]));
      for (const tid of tids) await sys.thread_join(tid);
      const ns = (await sys.clock_gettime('monotonic')) - from;
      await print(sys, `${count} ${ns}`);
    }
    return 0;
  },
  async part(sys: Sys, ns: number) {
    await sys.cpu(ns);
  },
};
