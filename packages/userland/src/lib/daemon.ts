/**
 * Daemons without `fork`: the command that a person typed starts itself again in a process group of its own, waits until that one says
 * how its start went, and ends with that code; the other lives on without standard streams (daemon(3), and the notification descriptor of
 * s6 and systemd).
 */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { unless } from './failure.ts';

const NOTIFY = 'NOTIFY_FD';
const NOTIFY_FD = 3;

export interface Daemon {
  /** Tells the waiting command to end with this code, and lets go of the standard streams; once is enough. */
  started(sys: Sys, code?: number): Promise<void>;
}

/** In the process that is to live on: itself. In the one that a person typed: the exit code, when the other has started. */
export async function daemonize(sys: Sys, path: string, argv: readonly string[]): Promise<Daemon | number> {
  const env = await sys.getenv();
  if (env[NOTIFY] !== undefined) return backgrounded();
  // On the real kernel a daemon lives no longer than the command that a person watches.
  if (env.NETARIUM_KERNEL === 'real') return FOREGROUND;
  const [readEnd, writeEnd] = await sys.pipe();
  const fds = { 0: 0, 1: 1, 2: 2, [NOTIFY_FD]: writeEnd };
  const pid = await sys.spawn(path, argv, { fds, env: { ...env, [NOTIFY]: String(NOTIFY_FD) }, pgid: 0 });
  await sys.close(writeEnd);
  const code = await sys.read(readEnd, 1);
  await sys.close(readEnd);
  if (code.length > 0) return code[0]!;
  // It ended before it had started: its own code says why.
  const ended = await unless(sys.waitpid(pid), 'ECHILD');
  return ended?.code ?? 1;
}

/** For a program that stays in the foreground. */
export const FOREGROUND: Daemon = { started: async () => {} };

function backgrounded(): Daemon {
  let done = false;
  return {
    started: async (sys, code = 0) => {
      if (done) return;
      done = true;
      await sys.write(NOTIFY_FD, Uint8Array.of(code));
      await sys.close(NOTIFY_FD);
      const sink = await sys.open('/dev/null', { read: true, write: true });
      for (const fd of [0, 1, 2]) await sys.dup2(sink, fd);
      if (sink > 2) await sys.close(sink);
    },
  };
}
