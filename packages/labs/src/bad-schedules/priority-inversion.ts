/**
 * Priority inversion: an urgent thread waits for a lock that an unimportant one holds, and a middling one, which wants no lock at all, keeps the
 * unimportant one from its core. With inheritance the holder runs as urgently as whoever waits for it.
 */
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';

export const priorityInversion: ProgramModule = {
  async main(sys, [, how]) {
    const lock = await sys.mutex_create({ protocol: how === 'cured' ? 'inherit' : 'none' });
    const urgentGo = await sys.sem_create(0);
    const middlingGo = await sys.sem_create(0);
    const urgentWaits = await sys.cell_create(0);
    const inverted = await sys.cell_create(0);
    const urgent = await sys.thread_create('urgent', [lock, urgentGo, urgentWaits]);
    const middling = await sys.thread_create('middling', [middlingGo, urgentWaits, inverted]);
    await sys.sched_setscheduler(urgent, { policy: 'fifo', priority: 30 });
    await sys.sched_setscheduler(middling, { policy: 'fifo', priority: 20 });
    const holder = await sys.thread_create('holder', [lock]);
    const starters = [await sys.thread_create('start', [urgentGo]), await sys.thread_create('start', [middlingGo])];
    for (const tid of [urgent, middling, holder, ...starters]) await sys.thread_join(tid);
    return (await sys.cell_load(inverted)) === 0 ? 0 : 1;
  },
  /** At an instant that nobody knows. */
  async start(sys: Sys, go: number) {
    await sys.sem_post(go);
  },
  async holder(sys: Sys, lock: number) {
    await sys.mutex_lock(lock);
    await sys.getpid();
    await sys.mutex_unlock(lock);
  },
  async urgent(sys: Sys, lock: number, go: number, waits: number) {
    await sys.sem_wait(go);
    await sys.cell_store(waits, 1);
    await sys.mutex_lock(lock);
    await sys.cell_store(waits, 0);
    await sys.mutex_unlock(lock);
  },
  /** Its work, in the course of which it sees whether somebody more urgent stands still. */
  async middling(sys: Sys, go: number, waits: number, inverted: number) {
    await sys.sem_wait(go);
    if ((await sys.cell_load(waits)) === 1) await sys.cell_store(inverted, 1);
  },
};
