/** Blocked signals: pending once or, real-time ones, as often as sent; who takes them, and in which order. */
import type { SysError } from '@netarium/core/base/errno.ts';
import { SIGNALS, type Signal } from '@netarium/core/syscall/sys.ts';
import type { Pair } from '../pair.ts';

const RT = 'SIGRTMIN+1';
const MS = 1_000_000;
/** Python numbers the codes; 128 is the kernel. */
const CODES = new Map([['SI_USER', 0]]);

const numbers = (signals: readonly Signal[]): string =>
  signals
    .map((signal) => SIGNALS[signal])
    .sort((a, b) => a - b)
    .join(',');
const list = (names: readonly string[]): string => `[${names.map((name) => `'${name}'`).join(', ')}]`;

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const me = await sys.getpid();
    const seen: string[] = [];
    const note = { restart: true, handler: (_: unknown, name: Signal) => void seen.push(name === RT ? 'RT1' : name) };
    for (const signal of ['SIGUSR1', 'SIGUSR2', RT] as const) await sys.sigaction(signal, note);
    trace.at(`blocked before: ${numbers(await sys.sigprocmask('block', ['SIGUSR1', 'SIGUSR2', RT, 'SIGKILL']))}`);
    trace.at(`blocked now: ${numbers(await sys.sigprocmask('block', []))}`);
    for (let i = 0; i < 3; i++) {
      await sys.kill(me, 'SIGUSR1');
      await sys.kill(me, RT);
    }
    trace.at(`pending ${numbers(await sys.sigpending())}, seen ${list(seen)}`);
    await sys.sigprocmask('unblock', ['SIGUSR1']);
    trace.at(`seen ${list(seen)}`);
    for (let i = 0; i < 4; i++) {
      const info = await sys.sigtimedwait([RT, 'SIGUSR2'], 10 * MS).catch((error: SysError) => error.code);
      if (typeof info === 'string') trace.at('nothing');
      else
        trace.at(
          `took ${SIGNALS[info.signal]} code ${CODES.get(info.code)} from me ${info.pid === me ? 'True' : 'False'}`,
        );
    }
    await sys.kill(me, 'SIGUSR2');
    await sys.kill(me, RT);
    trace.at(`first ${SIGNALS[(await sys.sigtimedwait([RT, 'SIGUSR2'], -1)).signal]}`);
    trace.at(`second ${SIGNALS[(await sys.sigtimedwait([RT, 'SIGUSR2'], -1)).signal]}`);
    await sys.kill(me, 'SIGUSR2');
    await sys.sigaction('SIGUSR2', 'ignore');
    trace.at(`ignored, pending ${numbers(await sys.sigpending())}`);
    await sys.sigaction('SIGCONT', note);
    await sys.sigprocmask('block', ['SIGCONT']);
    await sys.kill(me, 'SIGCONT');
    trace.at(`pending ${numbers(await sys.sigpending())}`);
    for (const signal of ['SIGKILL', 'SIGSTOP'] as const)
      await sys.sigaction(signal, note).catch((error) => trace.raised(error));
    await sys.kill(4194303, 0).catch((error) => trace.raised(error));
    await sys.setitimer('real', { valueNs: 20 * MS, intervalNs: 0 });
    await sys.sigprocmask('block', ['SIGALRM']);
    const info = await sys.sigtimedwait(['SIGALRM'], -1);
    trace.at(`alarm ${SIGNALS[info.signal]} code ${info.code === 'SI_KERNEL' ? 'True' : 'False'}`);
    return 0;
  },
} satisfies Pair;
