/** `--help` of every program: it is told on standard output, and the exit code is 0. */
import { host, lab } from '@netarium/core/check/lab.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { turn } from '@netarium/core/syscall/kernel.test-util.ts';
import { expect, it } from 'vitest';
import { systemImage } from './image.ts';
import { programs } from './programs.ts';

/** What is built into the shell, as dash has it; what takes any word; and ip(8), which says `ip help`. */
const OTHERWISE: ReadonlySet<string> = new Set([
  '[',
  'echo',
  'false',
  'ip',
  'kill',
  'printf',
  'pwd',
  'sh',
  'test',
  'true',
]);

it('is answered by every program', async () => {
  const names = [...programs.keys()]
    .map((path) => path.slice(path.lastIndexOf('/') + 1))
    .filter((name) => !OTHERWISE.has(name));
  const silent: string[] = [];
  const definition = lab({
    id: 'help',
    machines: { h: host() },
    async script({ h, sleep }) {
      for (const name of names) {
        const running = h.start(`${name} --help`);
        await sleep('20ms');
        running.kill('SIGKILL');
        const { status, stdout } = await running.wait();
        if (status !== 0 || !/usage/i.test(stdout)) silent.push(`${name}: ${status} ${stdout.slice(0, 80)}`);
      }
    },
  });
  await runLab(definition, { image: systemImage(), turn });
  expect(silent).toEqual([]);
  expect(names.length).toBeGreaterThan(60);
});
