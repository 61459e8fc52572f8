/** Runs a program of a lab and tells its output line by line, at the instants at which it appears. */
import type { Text } from '@netarium/core/check/lab.ts';
import type { Finished, HostControl, LabTools, Running, RunOptions } from '@netarium/core/check/lab-context.ts';

/** `about` is told first; lines of the output as they are, in both languages. */
export async function narrate(
  tools: LabTools,
  host: HostControl,
  command: string,
  about: Text,
  options: RunOptions = {},
): Promise<Finished> {
  const { running, tell } = begin(tools, host, command, about, options);
  const finished = await running.wait();
  tell();
  return finished;
}

/** The same for a program that may hang: it is killed where it still runs after `limit`. */
export async function narrateUntil(
  tools: LabTools,
  host: HostControl,
  command: string,
  about: Text,
  limit: string,
): Promise<{ readonly finished: Finished; readonly hung: boolean }> {
  const { running, tell } = begin(tools, host, command, about, {});
  const hung = !(await tools.until(() => running.finished, limit));
  if (hung) {
    tools.say({ en: `${host.name}: it hangs, and is killed`, zh: `${host.name}：程序挂起，被杀死` });
    running.kill('SIGKILL');
  }
  const finished = await running.wait();
  tell();
  return { finished, hung };
}

function begin(
  { on, say }: LabTools,
  host: HostControl,
  command: string,
  about: Text,
  options: RunOptions,
): { readonly running: Running; readonly tell: () => void } {
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
  return { running, tell };
}
