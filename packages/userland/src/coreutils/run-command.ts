/** Running another program from a tool, as execvp(3) finds it: env, xargs and find -exec. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { SpawnOptions, Sys, WaitResult } from '@netarium/core/syscall/sys.ts';

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The file that a name stands for: itself when it has a slash, else the first in PATH. */
export async function findInPath(sys: Sys, name: string, path: string): Promise<string | undefined> {
  if (name.includes('/')) return name;
  for (const directory of path.split(':')) {
    const candidate = directory === '' ? name : `${directory}/${name}`;
    try {
      if ((await sys.stat(candidate)).type !== 'file') continue;
      await sys.access(candidate, 'execute');
      return candidate;
    } catch (error) {
      if (!(error instanceof SysError)) throw error;
    }
  }
  return undefined;
}

/** Becomes a command (execvp(3)). A SysError says why not. */
export async function execCommand(sys: Sys, argv: readonly string[]): Promise<never> {
  const { PATH } = await sys.getenv();
  const path = await findInPath(sys, argv[0]!, PATH ?? DEFAULT_PATH);
  return sys.exec(path ?? argv[0]!, argv);
}

/** Starts a command and waits for it. A SysError says why it could not be started. */
export async function runCommand(sys: Sys, argv: readonly string[], options: SpawnOptions = {}): Promise<WaitResult> {
  const env = options.env ?? (await sys.getenv());
  const path = await findInPath(sys, argv[0]!, env.PATH ?? DEFAULT_PATH);
  const pid = await sys.spawn(path ?? argv[0]!, argv, options);
  for (;;) {
    try {
      const result = await sys.waitpid(pid);
      if (result !== undefined) return result;
    } catch (error) {
      if (!(error instanceof SysError && error.code === 'EINTR')) throw error;
    }
  }
}
