import { describe, expect, it } from 'vitest';
import type { SysError } from '../base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import { printed } from './kernel.test-util.ts';
import type { Program, Signal, Sys } from './sys.ts';

const MS = 1_000_000;
const code = (error: unknown): string => (error as SysError).code;

const say = (sys: Sys, text: string): Promise<number> => sys.write(1, encodeUtf8(`${text}\n`));

/** Notes each signal that comes. */
async function noteAll(sys: Sys, seen: string[], ...signals: Signal[]): Promise<void> {
  for (const signal of signals) await sys.sigaction(signal, { handler: (_sys, name) => void seen.push(name) });
}

const sleeper: Program = async (sys, argv) => {
  await sys.nanosleep(Number(argv[1] ?? 1_000) * MS);
  return Number(argv[2] ?? 0);
};

describe('masks and pending signals', () => {
  it('a standard signal that is blocked is pending once, a real-time one as often as it was sent', async () => {
    const seen: string[] = [];
    const main: Program = async (sys) => {
      const self = await sys.getpid();
      await noteAll(sys, seen, 'SIGUSR1', 'SIGRTMIN+1');
      await sys.sigprocmask('block', ['SIGUSR1', 'SIGRTMIN+1']);
      for (let i = 0; i < 3; i++) await sys.kill(self, 'SIGUSR1');
      for (let value = 0; value < 3; value++) await sys.sigqueue(self, 'SIGRTMIN+1', value);
      await say(sys, (await sys.sigpending()).join());
      const before = await sys.sigprocmask('setmask', []);
      await say(sys, before.join());
      await say(sys, seen.filter((name) => name === 'SIGUSR1').length.toString());
      await say(sys, seen.filter((name) => name === 'SIGRTMIN+1').length.toString());
      return 0;
    };
    expect(await printed(main)).toBe('SIGUSR1,SIGRTMIN+1\nSIGUSR1,SIGRTMIN+1\n1\n3\n');
  });

  it('SIGKILL and SIGSTOP are neither blocked nor caught', async () => {
    const main: Program = async (sys) => {
      await sys.sigprocmask('block', ['SIGKILL', 'SIGSTOP', 'SIGHUP']);
      await say(sys, (await sys.sigprocmask('block', [])).join());
      await say(sys, await sys.sigaction('SIGKILL', 'ignore').then(() => 'no error', code));
      return 0;
    };
    expect(await printed(main)).toBe('SIGHUP\nEINVAL\n');
  });

  it('an ignored signal is discarded, blocked or not, when the disposition is set', async () => {
    const main: Program = async (sys) => {
      await sys.sigprocmask('block', ['SIGUSR1']);
      await sys.kill(await sys.getpid(), 'SIGUSR1');
      await sys.sigaction('SIGUSR1', 'ignore');
      await say(sys, `[${(await sys.sigpending()).join()}]`);
      return 0;
    };
    expect(await printed(main)).toBe('[]\n');
  });

  it('unblocking a signal whose default action is to end the process ends it', async () => {
    const child: Program = async (sys) => {
      await sys.sigprocmask('block', ['SIGTERM']);
      await sys.kill(await sys.getpid(), 'SIGTERM');
      await say(sys, 'still here');
      await sys.sigprocmask('unblock', ['SIGTERM']);
      await say(sys, 'never');
      return 0;
    };
    const main: Program = async (sys) => {
      const pid = await sys.spawn('/bin/child', ['child']);
      await say(sys, String((await sys.waitpid(pid))?.signal));
      return 0;
    };
    expect(await printed(main, { child })).toBe('still here\nSIGTERM\n');
  });

  it('a handler blocks its own signal and those of its mask while it runs, not with SA_NODEFER', async () => {
    const order: string[] = [];
    const nested =
      (nodefer: boolean): Program =>
      async (sys) => {
        const self = await sys.getpid();
        let count = 0;
        await sys.sigaction('SIGUSR1', {
          nodefer,
          mask: ['SIGUSR2'],
          handler: async (inner) => {
            const mine = ++count;
            if (mine === 1) await inner.kill(self, 'SIGUSR2');
            if (mine < 3) await inner.kill(self, 'SIGUSR1');
            order.push(`${mine}`);
          },
        });
        await sys.sigaction('SIGUSR2', { handler: () => void order.push('usr2') });
        await sys.kill(self, 'SIGUSR1');
        await sys.nanosleep(1).catch(code);
        await sys.nanosleep(1).catch(code);
        return 0;
      };
    await printed(nested(true));
    // Each inner one ends before the outer one goes on; SIGUSR2 waits for the outermost.
    expect(order).toEqual(['3', '2', '1', 'usr2']);
    order.length = 0;
    await printed(nested(false));
    expect(order).toEqual(['1', '2', '3', 'usr2']);
  });

  it('SA_RESETHAND gives the default action back when the handler starts', async () => {
    const child: Program = async (sys) => {
      await sys.sigaction('SIGINT', { once: true, handler: (inner) => say(inner, 'caught').then(() => undefined) });
      await sys.nanosleep(10_000 * MS).catch(() => undefined);
      await sys.nanosleep(10_000 * MS);
      return 0;
    };
    const main: Program = async (sys) => {
      const pid = await sys.spawn('/bin/child', ['child']);
      for (let i = 0; i < 2; i++) {
        await sys.nanosleep(10 * MS);
        await sys.kill(pid, 'SIGINT');
      }
      await say(sys, String((await sys.waitpid(pid))?.signal));
      return 0;
    };
    expect(await printed(main, { child })).toBe('caught\nSIGINT\n');
  });
});

describe('waiting for signals', () => {
  it('sigtimedwait takes a blocked signal with what came with it, in order of number; EAGAIN when the time is over', async () => {
    const main: Program = async (sys) => {
      const self = await sys.getpid();
      const set: Signal[] = ['SIGUSR2', 'SIGUSR1', 'SIGRTMIN'];
      await sys.sigprocmask('block', set);
      await sys.sigqueue(self, 'SIGRTMIN', 7);
      await sys.sigqueue(self, 'SIGRTMIN', 8);
      await sys.kill(self, 'SIGUSR2');
      await sys.kill(self, 'SIGUSR1');
      for (let i = 0; i < 4; i++) {
        const { signal, code: why, value } = await sys.sigtimedwait(set, 0);
        await say(sys, `${signal} ${why} ${value}`);
      }
      await say(sys, await sys.sigtimedwait(set, 5 * MS).then(String, code));
      return 0;
    };
    expect(await printed(main)).toBe(
      'SIGUSR1 SI_USER undefined\nSIGUSR2 SI_USER undefined\nSIGRTMIN SI_QUEUE 7\nSIGRTMIN SI_QUEUE 8\nEAGAIN\n',
    );
  });

  it('sigtimedwait wakes for a signal that comes later, and ends with EINTR for another', async () => {
    const main: Program = async (sys) => {
      await sys.sigprocmask('block', ['SIGALRM']);
      await sys.alarm(20 * MS);
      await say(sys, (await sys.sigtimedwait(['SIGALRM'], -1)).code);
      await say(sys, String((await sys.clock_gettime('monotonic')) >= 20 * MS));
      await sys.sigprocmask('unblock', ['SIGALRM']);
      await sys.sigaction('SIGALRM', { handler: () => undefined });
      await sys.alarm(20 * MS);
      await say(sys, await sys.sigtimedwait(['SIGUSR1'], -1).then(String, code));
      return 0;
    };
    expect(await printed(main)).toBe('SI_KERNEL\ntrue\nEINTR\n');
  });

  it('sigsuspend lets a blocked signal in for as long as it waits', async () => {
    const seen: string[] = [];
    const main: Program = async (sys) => {
      await noteAll(sys, seen, 'SIGALRM');
      await sys.sigprocmask('block', ['SIGALRM']);
      await sys.alarm(10 * MS);
      await sys.nanosleep(20 * MS);
      await say(sys, `${seen.length}`);
      await say(sys, await sys.sigsuspend([]).then(String, code));
      await say(sys, `${seen.length} ${(await sys.sigprocmask('block', [])).join()}`);
      return 0;
    };
    expect(await printed(main)).toBe('0\nEINTR\n1 SIGALRM\n');
  });

  it('an interval timer comes again and again, and tells what is left', async () => {
    let ticks = 0;
    const main: Program = async (sys) => {
      await sys.sigaction('SIGALRM', { restart: true, handler: () => void ticks++ });
      await sys.setitimer('real', { valueNs: 10 * MS, intervalNs: 5 * MS });
      const end = (await sys.clock_gettime('monotonic')) + 31 * MS;
      for (let now = 0; now < end; now = await sys.clock_gettime('monotonic'))
        await sys.nanosleep(end - now).catch(code);
      const left = await sys.setitimer('real', { valueNs: 0, intervalNs: 0 });
      await say(sys, `${ticks} ${left.intervalNs / MS} ${left.valueNs < 5 * MS}`);
      await say(sys, await sys.setitimer('prof', { valueNs: 1, intervalNs: 0 }).then(String, code));
      return 0;
    };
    expect(await printed(main)).toBe('5 5 true\nEOPNOTSUPP\n');
  });
});

describe('interrupted calls', () => {
  const reading =
    (restart: boolean): Program =>
    async (sys) => {
      const [reader, writer] = await sys.pipe();
      await sys.sigaction('SIGALRM', {
        restart,
        handler: async (inner) => {
          await inner.write(writer, encodeUtf8('x'));
        },
      });
      await sys.alarm(10 * MS);
      await say(sys, await sys.read(reader, 10).then(decodeUtf8, code));
      return 0;
    };

  it('a read on a pipe ends with EINTR, or goes on with SA_RESTART', async () => {
    expect(await printed(reading(false))).toBe('EINTR\n');
    expect(await printed(reading(true))).toBe('x\n');
  });

  it('sleep, poll, select and epoll_wait end with EINTR even with SA_RESTART (signal(7))', async () => {
    const main: Program = async (sys) => {
      await sys.sigaction('SIGALRM', { restart: true, handler: () => undefined });
      const [reader] = await sys.pipe();
      const epoll = await sys.epoll_create();
      const calls = [
        () => sys.nanosleep(1_000 * MS),
        () => sys.poll([{ fd: reader, events: 1 }], -1),
        () => sys.select({ read: [reader] }, -1),
        () => sys.epoll_wait(epoll, 1, -1),
        () => sys.pause(),
      ];
      for (const call of calls) {
        await sys.alarm(MS);
        await say(sys, await call().then(String, code));
      }
      return 0;
    };
    expect(await printed(main)).toBe('EINTR\n'.repeat(5));
  });
});

describe('children', () => {
  it('waitpid tells of stops and continuations where it is asked to', async () => {
    const main: Program = async (sys) => {
      const pid = await sys.spawn('/bin/sleeper', ['sleeper', '100', '3']);
      await sys.nanosleep(MS);
      await sys.kill(pid, 'SIGSTOP');
      await say(sys, JSON.stringify(await sys.waitpid(pid, { untraced: true })));
      await say(sys, String(await sys.waitpid(pid, { untraced: true, nohang: true })));
      await sys.kill(pid, 'SIGCONT');
      await say(sys, JSON.stringify(await sys.waitpid(pid, { continued: true })));
      await say(sys, JSON.stringify(await sys.waitpid(-1)));
      await say(sys, await sys.waitpid(-1).then(String, code));
      return 0;
    };
    const pid = 3;
    expect(await printed(main, { sleeper })).toBe(
      `{"pid":${pid},"stopped":"SIGSTOP"}\nundefined\n{"pid":${pid},"continued":true}\n{"pid":${pid},"code":3}\nECHILD\n`,
    );
  });

  it('waitpid chooses by process group', async () => {
    const main: Program = async (sys) => {
      const own = await sys.spawn('/bin/sleeper', ['sleeper', '10', '1']);
      const other = await sys.spawn('/bin/sleeper', ['sleeper', '1', '2'], { pgid: 0 });
      await say(sys, String((await sys.waitpid(0))?.pid === own));
      await say(sys, String((await sys.waitpid(-other))?.pid === other));
      await say(sys, await sys.waitpid(-other).then(String, code));
      return 0;
    };
    expect(await printed(main, { sleeper })).toBe('true\ntrue\nECHILD\n');
  });

  it('SIGCHLD says who and how; ignored, or with SA_NOCLDWAIT, children leave no zombie', async () => {
    const main: Program = async (sys) => {
      await sys.sigprocmask('block', ['SIGCHLD']);
      const pid = await sys.spawn('/bin/sleeper', ['sleeper', '1', '5']);
      const info = await sys.sigtimedwait(['SIGCHLD'], -1);
      await say(sys, `${info.code} ${info.pid === pid} ${info.status}`);
      await sys.waitpid(pid);
      const killed = await sys.spawn('/bin/sleeper', ['sleeper', '1000']);
      await sys.kill(killed, 'SIGABRT');
      const { code: why, status } = await sys.sigtimedwait(['SIGCHLD'], -1);
      await say(sys, `${why} ${status}`);
      await sys.waitpid(killed);
      for (const flags of [{ nocldwait: true }, {}]) {
        await sys.sigaction('SIGCHLD', flags.nocldwait === true ? 'default' : 'ignore', flags);
        await sys.spawn('/bin/sleeper', ['sleeper', '1']);
        await say(sys, await sys.waitpid(-1).then(String, code));
      }
      return 0;
    };
    expect(await printed(main, { sleeper })).toBe('CLD_EXITED true 5\nCLD_DUMPED 6\nECHILD\nECHILD\n');
  });
});

describe('limits', () => {
  it('RLIMIT_NOFILE: EMFILE at the soft limit; only root raises the hard one', async () => {
    const main: Program = async (sys) => {
      await sys.setrlimit('RLIMIT_NOFILE', { soft: 5, hard: 10 });
      await sys.pipe();
      await say(sys, await sys.pipe().then(String, code));
      await sys.setuid(1000);
      await say(sys, await sys.setrlimit('RLIMIT_NOFILE', { soft: 10, hard: 11 }).then(String, code));
      await say(sys, await sys.setrlimit('RLIMIT_NOFILE', { soft: 11, hard: 10 }).then(String, code));
      await sys.setrlimit('RLIMIT_NOFILE', { soft: 10, hard: 10 });
      await say(sys, JSON.stringify(await sys.getrlimit('RLIMIT_NOFILE')));
      return 0;
    };
    expect(await printed(main)).toBe('EMFILE\nEPERM\nEINVAL\n{"soft":10,"hard":10}\n');
  });

  it('RLIMIT_NPROC: EAGAIN for a user with too many, not for root', async () => {
    const main: Program = async (sys) => {
      await sys.setrlimit('RLIMIT_NPROC', { soft: 2, hard: 2 });
      for (let i = 0; i < 3; i++) await sys.spawn('/bin/sleeper', ['sleeper', '1']);
      for (let i = 0; i < 3; i++) await sys.waitpid(-1);
      await sys.setuid(1000);
      await sys.spawn('/bin/sleeper', ['sleeper', '1']);
      await say(sys, await sys.spawn('/bin/sleeper', ['sleeper', '1']).then(String, code));
      await sys.waitpid(-1);
      return 0;
    };
    expect(await printed(main, { sleeper })).toBe('EAGAIN\n');
  });

  it('RLIMIT_FSIZE: a short write up to the limit, then SIGXFSZ and EFBIG', async () => {
    const main: Program = async (sys) => {
      await sys.setrlimit('RLIMIT_FSIZE', { soft: 10, hard: 10 });
      await sys.sigaction('SIGXFSZ', { handler: (inner) => say(inner, 'SIGXFSZ').then(() => undefined) });
      const fd = await sys.open('/tmp/f', { write: true, create: true });
      await say(sys, `${await sys.write(fd, new Uint8Array(8))} ${await sys.write(fd, new Uint8Array(8))}`);
      await say(sys, await sys.write(fd, new Uint8Array(1)).then(String, code));
      await say(sys, await sys.ftruncate(fd, 11).then(String, code));
      return 0;
    };
    expect(await printed(main)).toBe('8 2\nSIGXFSZ\nEFBIG\nSIGXFSZ\nEFBIG\n');
  });

  it('RLIMIT_CPU: SIGXCPU at the soft limit, each second after it, SIGKILL at the hard one', async () => {
    const burner: Program = async (sys) => {
      await sys.setrlimit('RLIMIT_CPU', { soft: 1, hard: 3 });
      await sys.sigaction('SIGXCPU', {
        handler: async (inner) => {
          await say(inner, `SIGXCPU ${Math.round((await inner.clock_gettime('monotonic')) / 100_000_000)}`);
        },
      });
      await sys.nanosleep(2_000 * MS);
      for (;;) await sys.cpu(50 * MS);
    };
    const main: Program = async (sys) => {
      const pid = await sys.spawn('/bin/burner', ['burner']);
      await say(sys, String((await sys.waitpid(pid))?.signal));
      await say(sys, `${Math.round((await sys.clock_gettime('monotonic')) / 100_000_000)}`);
      return 0;
    };
    expect(await printed(main, { burner })).toBe('SIGXCPU 30\nSIGXCPU 40\nSIGKILL\n50\n');
  });

  it('memory is not simulated: a limit on it is refused', async () => {
    const main: Program = async (sys) => {
      await say(sys, await sys.setrlimit('RLIMIT_AS', { soft: 1 << 20, hard: -1 }).then(String, code));
      return 0;
    };
    expect(await printed(main)).toBe('EOPNOTSUPP\n');
  });
});
