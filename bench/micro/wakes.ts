/**
 * Wakes of programs per CPU second: 100 programs that sleep 1 us in turn, one or five promise hops deep (G8 of the goals), on a host with a core for
 * each; then the same on 4 cores, where they queue for them.
 */
import { bench } from '../../packages/core/src/syscall/kernel.test-util.ts';
import type { Sys } from '../../packages/core/src/syscall/sys.ts';

const PROGRAMS = 100;
const SLEEPS = 10_000;

async function deep(sys: Sys, hops: number): Promise<void> {
  if (hops <= 1) await sys.nanosleep(1000);
  else await deep(sys, hops - 1);
}

for (const { hops, cores } of [
  { hops: 1, cores: 128 },
  { hops: 5, cores: 128 },
  { hops: 1, cores: 4 },
]) {
  const world = bench({}, { cpu: { cores, scheduler: { scheduler: 'eevdf' } } });
  for (let i = 0; i < PROGRAMS; i++) {
    world.start(async (sys) => {
      for (let k = 0; k < SLEEPS; k++) await deep(sys, hops);
      return 0;
    });
  }
  const before = process.cpuUsage();
  await world.run();
  const used = process.cpuUsage(before);
  const seconds = (used.user + used.system) / 1e6;
  console.log(
    JSON.stringify({
      name: 'wakes',
      hops,
      cores,
      wakes: world.loop.wakes,
      perCpuSecond: Math.round(world.loop.wakes / seconds),
    }),
  );
}
