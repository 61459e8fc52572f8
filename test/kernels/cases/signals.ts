/** Signals: signal(7), sigaction(2), sigprocmask(2), alarm(2). */
import type { Signal, Sys } from '@netarium/core/syscall/sys.ts';
import { bytes, type Cases, contract, holds, MS, refused, same, text, tookNs } from '../suite.ts';

/** Notes what arrives. */
async function noting(sys: Sys, signals: readonly Signal[], restart = false): Promise<Signal[]> {
  const seen: Signal[] = [];
  for (const signal of signals) {
    await sys.sigaction(signal, {
      handler: (_sys, which) => {
        seen.push(which);
      },
      restart,
    });
  }
  return seen;
}

export const cases: Cases = {
  async 'a handler runs between two calls'(sys) {
    const seen = await noting(sys, ['SIGUSR1', 'SIGUSR2']);
    await sys.kill(await sys.getpid(), 'SIGUSR1');
    await sys.getpid();
    same(seen, ['SIGUSR1'], 'after the next call');
    await sys.kill(await sys.getpid(), 'SIGUSR2');
    await sys.getpid();
    same(seen, ['SIGUSR1', 'SIGUSR2'], 'both');
  },

  async 'a handler makes calls of its own and is told which signal'(sys) {
    const [reader, writer] = await sys.pipe();
    await sys.sigaction('SIGUSR1', {
      async handler(inner, signal) {
        await inner.write(writer, bytes(signal));
      },
    });
    await sys.kill(await sys.getpid(), 'SIGUSR1');
    same(text(await sys.read(reader, 100)), 'SIGUSR1', 'written by the handler');
  },

  async 'a blocked read ends with EINTR'(sys) {
    const seen = await noting(sys, ['SIGALRM']);
    const [reader] = await sys.pipe();
    await sys.alarm(30 * MS);
    const took = await tookNs(sys, () => refused(sys.read(reader, 1), 'EINTR', 'read'));
    same(seen, ['SIGALRM'], 'the handler has run');
    holds(took >= 29 * MS && took < 5000 * MS, `30 ms took ${took} ns`);
  },

  async 'SA_RESTART lets a read go on'(sys) {
    const [reader, writer] = await sys.pipe();
    await sys.sigaction('SIGALRM', {
      async handler(inner) {
        await inner.write(writer, bytes('by the handler'));
      },
      restart: true,
    });
    await sys.alarm(30 * MS);
    same(text(await sys.read(reader, 100)), 'by the handler', 'read');
  },

  async 'sleep and poll end with EINTR in spite of SA_RESTART'(sys) {
    const seen = await noting(sys, ['SIGALRM'], true);
    await sys.alarm(20 * MS);
    const took = await tookNs(sys, () => refused(sys.nanosleep(10_000 * MS), 'EINTR', 'nanosleep'));
    holds(took < 5000 * MS, `20 ms took ${took} ns`);
    const [reader] = await sys.pipe();
    await sys.alarm(20 * MS);
    await refused(sys.poll([{ fd: reader, events: 1 }], -1), 'EINTR', 'poll');
    await sys.alarm(20 * MS);
    await refused(sys.pause(), 'EINTR', 'pause');
    same(seen.length, 3, 'three alarms');
  },

  async 'an alarm is set anew and cancelled'(sys) {
    const seen = await noting(sys, ['SIGALRM']);
    same(await sys.alarm(60_000 * MS), 0, 'none before');
    const left = await sys.alarm(0);
    holds(left > 50_000 * MS && left <= 60_000 * MS, `left: ${left}`);
    await sys.alarm(20 * MS);
    await sys.alarm(0);
    await sys.nanosleep(60 * MS);
    same(seen, [], 'cancelled');
  },

  async 'an interval timer comes again and again'(sys) {
    const seen = await noting(sys, ['SIGALRM']);
    await sys.setitimer('real', { valueNs: 10 * MS, intervalNs: 10 * MS });
    for (let i = 0; i < 3; i++) await refused(sys.pause(), 'EINTR', 'pause');
    const { intervalNs } = await sys.setitimer('real', { valueNs: 0, intervalNs: 0 });
    same([seen.length, intervalNs], [3, 10 * MS], 'expiries and interval');
    same(await sys.getitimer('real'), { valueNs: 0, intervalNs: 0 }, 'off');
  },

  async 'a blocked signal waits, and comes when it is let'(sys) {
    const seen = await noting(sys, ['SIGUSR1', 'SIGUSR2']);
    const pid = await sys.getpid();
    same(await sys.sigprocmask('block', ['SIGUSR1']), [], 'the mask before');
    await sys.kill(pid, 'SIGUSR1');
    await sys.kill(pid, 'SIGUSR1');
    await sys.kill(pid, 'SIGUSR2');
    await sys.getpid();
    same(seen, ['SIGUSR2'], 'the other one comes');
    same(await sys.sigpending(), ['SIGUSR1'], 'pending');
    await sys.sigprocmask('unblock', ['SIGUSR1']);
    await sys.getpid();
    same(seen, ['SIGUSR2', 'SIGUSR1'], 'sent twice, comes once');
    same(await sys.sigpending(), [], 'nothing pending');
  },

  async 'sigtimedwait takes a signal without a handler'(sys) {
    await sys.sigprocmask('block', ['SIGUSR1', 'SIGALRM']);
    await sys.kill(await sys.getpid(), 'SIGUSR1');
    const info = await sys.sigtimedwait(['SIGUSR1'], -1);
    same(info.signal, 'SIGUSR1', 'taken');
    const took = await tookNs(sys, () => refused(sys.sigtimedwait(['SIGUSR1'], 20 * MS), 'EAGAIN', 'no second'));
    holds(took >= 20 * MS && took < 5000 * MS, `20 ms took ${took} ns`);
    await sys.alarm(10 * MS);
    same((await sys.sigtimedwait(['SIGALRM'], 5000 * MS)).signal, 'SIGALRM', 'waited for');
  },

  async 'ignored signals do nothing, a one-time handler comes once'(sys) {
    await sys.sigaction('SIGTERM', 'ignore');
    await sys.kill(await sys.getpid(), 'SIGTERM');
    await sys.nanosleep(5 * MS);
    let count = 0;
    await sys.sigaction('SIGCHLD', { handler: () => void count++, once: true });
    await sys.kill(await sys.getpid(), 'SIGCHLD');
    await sys.getpid();
    await sys.kill(await sys.getpid(), 'SIGCHLD');
    await sys.getpid();
    same(count, 1, 'SA_RESETHAND: then the default again, which ignores SIGCHLD');
  },

  async 'sigaction answers what was done before, and without an action only that'(sys) {
    const handler = (): void => {};
    same(await sys.sigaction('SIGHUP', 'ignore'), 'default', 'at first');
    same(await sys.sigaction('SIGHUP', { handler, restart: true }), 'ignore', 'then');
    for (const read of ['once', 'again']) {
      const action = await sys.sigaction('SIGHUP');
      holds(typeof action === 'object' && action.handler === handler && action.restart === true, read);
      await sys.sigaction('SIGHUP', action);
    }
    same(await sys.sigaction('SIGKILL'), 'default', 'SIGKILL may be asked for');
  },

  async 'kill checks whom and what'(sys) {
    await sys.kill(await sys.getpid(), 0);
    await refused(sys.kill(0x3fffffff, 0), 'ESRCH', 'no such process');
    await refused(sys.kill(await sys.getpid(), 'SIGNONE' as Signal), 'EINVAL', 'no such signal');
    await refused(sys.sigaction('SIGKILL', 'ignore'), 'EINVAL', 'SIGKILL is not ignored');
    await refused(sys.sigaction('SIGSTOP', { handler: () => {} }), 'EINVAL', 'SIGSTOP is not caught');
  },

  async 'SIGPIPE comes with EPIPE, unless MSG_NOSIGNAL'(sys) {
    const seen = await noting(sys, ['SIGPIPE']);
    const [reader, writer] = await sys.pipe();
    await sys.close(reader);
    await refused(sys.write(writer, bytes('x')), 'EPIPE', 'write');
    await sys.getpid();
    same(seen, ['SIGPIPE'], 'the signal');
    const [a, b] = await sys.socketpair('stream');
    await sys.close(b);
    await refused(sys.send(a, bytes('x'), { nosignal: true }), 'EPIPE', 'quietly');
    await sys.getpid();
    same(seen.length, 1, 'no signal');
    await refused(sys.send(a, bytes('x')), 'EPIPE', 'aloud');
    await sys.getpid();
    same(seen.length, 2, 'with one');
  },
};

export const main = contract(cases);
