/** Runs a program of a lab and tells its output line by line, at the instants at which it appears. */
import type { Text } from '@netarium/core/check/lab.ts';
import type { Finished, HostControl, LabTools, RunOptions } from '@netarium/core/check/lab-context.ts';

/** `about` is told first; lines of the output as they are, in both languages. */
export async function narrate(
  { on, say }: LabTools,
  host: HostControl,
  command: string,
  about: Text,
  options: RunOptions = {},
): Promise<Finished> {
  say(about);
  const running = host.start(command, options);
  let told = 0;
  const tell = () => {
    const end = running.stdout.lastIndexOf('\n') + 1;
    for (const line of running.stdout.slice(told, end).split('\n')) {
      if (line !== '') say({ en: `${host.name}: ${line}`, zh: `${host.name}：${line}` });
    }
    told = Math.max(told, end);
  };
  on('syscall', ({ host: where, values }) => {
    if (where === host.name && values.name === 'write') tell();
  });
  const finished = await running.wait();
  tell();
  return finished;
}
