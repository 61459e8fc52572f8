/** Signals to oneself: handled, blocked and pending once, ignored, waited for, by a timer, restarting a read; and the end by one. */
import type { Signal, SignalAction, Sys } from '@netarium/core/syscall/sys.ts';
import { errnoOf } from '@netarium/userland/lib/failure.ts';
import type { Pair, Trace } from '../pair.ts';

const MS = 1_000_000;
const list = (signals: readonly Signal[]) => `[${signals.map((name) => `'${name}'`).join(', ')}]`;
const bool = (value: boolean) => (value ? 'True' : 'False');

const handling = (trace: Trace): SignalAction => ({
  handler: (_sys, signal) => trace.at(`handler of ${signal}`),
  // CPython begins interrupted calls again by itself (PEP 475).
  restart: true,
});

async function pause(sys: Sys): Promise<void> {
  await sys.pause().catch((error: unknown) => errnoOf(error));
}

async function masks(sys: Sys, trace: Trace, me: number): Promise<void> {
  await sys.sigaction('SIGUSR1', handling(trace));
  await sys.sigaction('SIGUSR2', handling(trace));
  trace.at('sends one');
  await sys.kill(me, 'SIGUSR1');
  trace.at('after it');
  await sys.sigprocmask('block', ['SIGUSR1']);
  for (let i = 0; i < 3; i++) await sys.kill(me, 'SIGUSR1');
  trace.at(`blocked, pending ${list(await sys.sigpending())}`);
  await sys.sigprocmask('unblock', ['SIGUSR1']);
  trace.at(`unblocked, pending ${list(await sys.sigpending())}`);
  await sys.sigaction('SIGUSR2', 'ignore');
  await sys.kill(me, 'SIGUSR2');
  trace.at('ignored');
  await sys.sigprocmask('block', ['SIGUSR1', 'SIGUSR2']);
  await sys.sigaction('SIGUSR2', handling(trace));
  await sys.kill(me, 'SIGUSR2');
  const { signal } = await sys.sigtimedwait(['SIGUSR1', 'SIGUSR2'], 1000 * MS);
  trace.at(`waited for: ${bool(signal === 'SIGUSR2')}`);
  const none = await sys.sigtimedwait(['SIGUSR1'], 10 * MS).catch((error: unknown) => errnoOf(error));
  trace.at(`nothing comes: ${none === 'EAGAIN' ? 'None' : String(none)}`);
  await sys.sigprocmask('setmask', []);
}

async function timers(sys: Sys, trace: Trace): Promise<void> {
  await sys.sigaction('SIGALRM', handling(trace));
  trace.at('one from');
  await sys.setitimer('real', { valueNs: 150 * MS, intervalNs: 0 });
  await pause(sys);
  trace.at('one to');
  await sys.setitimer('real', { valueNs: 150 * MS, intervalNs: 150 * MS });
  for (let i = 0; i < 3; i++) await pause(sys);
  const { intervalNs } = await sys.setitimer('real', { valueNs: 0, intervalNs: 0 });
  trace.at('three to');
  trace.at(`interval was ${intervalNs / 1e9}`);
  await sys.alarm(100_000 * MS);
  // alarm(2) tells whole seconds, rounded.
  trace.at(`left of an alarm of 100 s: ${Math.round((await sys.alarm(0)) / 1e9)}`);
}

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const me = await sys.getpid();
    await masks(sys, trace, me);
    await timers(sys, trace);
    await sys.kill(4_194_303, 'SIGTERM').catch((error: unknown) => trace.raised(error));
    await sys.sigaction('SIGKILL', handling(trace)).catch((error: unknown) => trace.raised(error));
    const [r, w] = await sys.pipe();
    await sys.setitimer('real', { valueNs: 20 * MS, intervalNs: 0 });
    const child = await sys.spawn('/bin/sh', ['sh', '-c', 'sleep 0.05; printf x'], { fds: { 1: w } });
    trace.at(`a read is begun again after the handler: ${(await sys.read(r, 1)).length}`);
    await sys.waitpid(child);
    await sys.kill(me, 'SIGTERM');
    return 0;
  },
  ratios: [{ name: 'three ticks over one', of: ['one to', 'three to'], to: ['one from', 'one to'] }],
} satisfies Pair;
