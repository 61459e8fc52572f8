/** Children: exit codes, signals, stops and continuations, groups, zombies, and what SIGCHLD changes. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import { SIGNALS, type Sys, type WaitResult } from '@netarium/core/syscall/sys.ts';
import type { Pair } from '../pair.ts';

const MS = 1_000_000;
const CODES = new Map([
  ['CLD_EXITED', 1],
  ['CLD_KILLED', 2],
]);

function told(news: WaitResult | undefined): string {
  if (news === undefined) return 'nothing';
  if (news.code !== undefined) return `exit ${news.code}`;
  if (news.signal !== undefined) return `signal ${SIGNALS[news.signal]}`;
  return news.stopped === undefined ? 'continued' : `stopped ${SIGNALS[news.stopped]}`;
}

async function state(sys: Sys, pid: number): Promise<string> {
  try {
    const fd = await sys.open(`/proc/${pid}/stat`, { read: true });
    const text = decodeUtf8(await sys.read(fd, 4096));
    await sys.close(fd);
    return text.slice(text.lastIndexOf(')') + 2)[0]!;
  } catch {
    return 'gone';
  }
}

export default {
  order: 'total',
  programs: () => ({
    child: async (sys, argv) => {
      await sys.nanosleep(Number(argv[1]) * MS);
      return Number(argv[2]);
    },
  }),
  main: (trace) => async (sys) => {
    const child = (ms: number, code = 0): Promise<number> =>
      sys.spawn('/usr/local/bin/child', ['child', String(ms), String(code)]);
    const attempt = async (call: Promise<WaitResult | undefined>): Promise<void> => {
      try {
        trace.at(told(await call));
      } catch (error) {
        trace.raised(error);
      }
    };
    const stateIs = async (of: number): Promise<void> => trace.at(`state ${await state(sys, of)}`);
    let pid = await child(50, 7);
    await attempt(sys.waitpid(pid, { nohang: true }));
    await sys.nanosleep(200 * MS);
    await stateIs(pid);
    await attempt(sys.waitpid(pid));
    await stateIs(pid);
    await attempt(sys.waitpid(pid));

    pid = await child(10_000);
    await sys.kill(pid, 'SIGSTOP');
    await attempt(sys.waitpid(pid, { untraced: true }));
    await stateIs(pid);
    await attempt(sys.waitpid(pid, { untraced: true, nohang: true }));
    await sys.kill(pid, 'SIGCONT');
    await attempt(sys.waitpid(pid, { continued: true }));
    for (const signal of ['SIGTERM', 'SIGSEGV', 'SIGKILL'] as const) {
      await sys.kill(pid, signal);
      await attempt(sys.waitpid(pid));
      pid = await child(10_000);
    }
    await sys.setpgid(pid, pid);
    await sys.kill(-pid, 'SIGTERM');
    await attempt(sys.waitpid(-pid));

    await sys.sigprocmask('block', ['SIGCHLD']);
    pid = await child(10, 3);
    const exited = await sys.sigtimedwait(['SIGCHLD'], -1);
    trace.at(`SIGCHLD ${CODES.get(exited.code)} ${exited.status} ${exited.pid === pid ? 'True' : 'False'}`);
    await sys.waitpid(pid);
    pid = await child(10_000);
    await sys.kill(pid, 'SIGKILL');
    const killed = await sys.sigtimedwait(['SIGCHLD'], -1);
    trace.at(`SIGCHLD ${CODES.get(killed.code)} ${killed.status}`);
    await sys.waitpid(pid);
    await sys.sigaction('SIGCHLD', 'ignore');
    pid = await child(10);
    await attempt(sys.waitpid(pid));
    await stateIs(pid);
    return 0;
  },
} satisfies Pair;
