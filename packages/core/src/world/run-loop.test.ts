import { describe, expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import { NO_COSTS } from '../os/costs.ts';
import { bench } from '../syscall/kernel.test-util.ts';
import type { Program, Sys } from '../syscall/sys.ts';
import { MS, SECOND } from '../time/instant.ts';

const sleeper: Program = async (sys) => {
  await sys.nanosleep(5 * MS);
  return 7;
};

describe('the wake rule', () => {
  test('a program sleeps in virtual time and its exit code arrives', async () => {
    const b = bench();
    const { process } = b.start(sleeper);
    await b.run();
    expect(process.exitStatus).toEqual({ code: 7, signal: '' });
    // The switch to the thread and 500 ns of system call, then the sleep.
    expect(b.queue.now).toBe(5 * MS + 2_500);
  });

  test('two calls at once in one thread end the run, naming both', async () => {
    const b = bench();
    b.start(async (sys) => {
      await Promise.all([sys.nanosleep(MS), sys.read(0, 1)]);
      return 0;
    });
    await expect(b.run()).rejects.toThrow(/entered read\(0, 1\) while nanosleep\(1000000\) is still in progress/);
  });

  test('Promise.all over immediate calls is no bug', async () => {
    const b = bench();
    const { process } = b.start(async (sys) => {
      const [a, c] = await Promise.all([sys.getpid(), sys.getppid()]);
      return a! - c!;
    });
    await b.run();
    expect(process.exitStatus?.code).toBe(1);
  });

  test('a foreign promise is reported with the program, its last call and the time', async () => {
    const b = bench();
    b.start(async (sys) => {
      await sys.nanosleep(3 * MS);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return 0;
    });
    await expect(b.run()).rejects.toThrow(
      /at 0\.003002500 s test\[2\] on h, last call nanosleep waits for something outside/,
    );
  });

  test('a thrown error ends the process, not the world', async () => {
    const b = bench();
    const { process } = b.start(async () => {
      throw new TypeError('oh');
    });
    const other = b.start(sleeper);
    await b.run();
    expect(process.exitStatus?.code).toBe(1);
    expect(other.process.exitStatus?.code).toBe(7);
    expect(b.crashes).toHaveLength(1);
  });

  test('exit ends the process in the middle of a promise', async () => {
    const b = bench();
    let after = false;
    const { process } = b.start(async (sys) => {
      await sys.exit(3);
      after = true;
      return 0;
    });
    await b.run();
    expect(process.exitStatus?.code).toBe(3);
    expect(after).toBe(false);
  });

  test('a busy loop of calls moves the clock, 500 ns each', async () => {
    const b = bench({}, { costs: { ...NO_COSTS, syscallNs: 500, portionNs: 10_000 } });
    b.start(async (sys) => {
      for (let i = 0; i < 1000; i++) await sys.getpid();
      return 0;
    });
    await b.run();
    expect(b.queue.now).toBe(500_000);
  });

  test('strict mode gives the same digest', async () => {
    const once = async (strict: boolean): Promise<string> => {
      const b = bench({}, { strict });
      const chat =
        (ms: number): Program =>
        async (sys) => {
          for (let i = 0; i < 20; i++) {
            await sys.nanosleep(ms * MS);
            await sys.write(1, encodeUtf8(`${ms}`));
          }
          return 0;
        };
      for (const ms of [3, 5, 3]) b.start(chat(ms));
      await b.run();
      return `${b.recorder.run}`;
    };
    expect(await once(true)).toBe(await once(false));
  });
});

describe('processes', () => {
  const echo: Program = async (sys, argv) => {
    await sys.write(1, encodeUtf8(argv.slice(1).join(' ')));
    return 0;
  };

  test('spawn, pipe and wait', async () => {
    const b = bench({ echo });
    let text = '';
    b.start(async (sys) => {
      const [reader, writer] = await sys.pipe();
      const pid = await sys.spawn('/bin/echo', ['echo', 'hello', 'world'], { fds: { 1: writer } });
      await sys.close(writer);
      for (;;) {
        const part = await sys.read(reader, 100);
        if (part.length === 0) break;
        text += decodeUtf8(part);
      }
      expect(await sys.waitpid(pid)).toEqual({ pid, code: 0 });
      return 0;
    });
    await b.run();
    expect(b.crashes).toEqual([]);
    expect(text).toBe('hello world');
  });

  test('a handler interrupts a sleep, which ends with EINTR', async () => {
    const b = bench();
    const log: string[] = [];
    const { process } = b.start(async (sys: Sys) => {
      await sys.sigaction('SIGUSR1', { handler: async (inner) => void log.push(`handler ${await inner.getpid()}`) });
      await sys.nanosleep(10 * SECOND).catch((error: { code: string }) => log.push(error.code));
      return 0;
    });
    b.start(async (sys) => {
      await sys.nanosleep(MS);
      await sys.kill(2, 'SIGUSR1');
      return 0;
    });
    await b.run();
    expect(log).toEqual(['handler 2', 'EINTR']);
    expect(process.exitStatus?.code).toBe(0);
    expect(b.queue.now).toBeLessThan(2 * MS);
  });

  test('SA_RESTART lets a read go on', async () => {
    const b = bench();
    const log: string[] = [];
    b.start(async (sys) => {
      const [reader, writer] = await sys.pipe();
      await sys.sigaction('SIGALRM', {
        restart: true,
        handler: async (inner) => void (await inner.write(writer, encodeUtf8('late'))),
      });
      await sys.alarm(MS);
      log.push(decodeUtf8(await sys.read(reader, 10)));
      return 0;
    });
    await b.run();
    expect(log).toEqual(['late']);
  });

  test('SIGTERM ends a process; its parent sees the signal', async () => {
    const long: Program = async (sys) => {
      await sys.nanosleep(100 * SECOND);
      return 0;
    };
    const b = bench({ sleeper: long });
    b.start(async (sys) => {
      const pid = await sys.spawn('/bin/sleeper', ['sleeper']);
      await sys.nanosleep(MS);
      await sys.kill(pid, 'SIGTERM');
      expect(await sys.waitpid(pid)).toEqual({ pid, signal: 'SIGTERM' });
      await expect(sys.waitpid(-1)).rejects.toMatchObject({ code: 'ECHILD' });
      return 0;
    });
    await b.run();
    expect(b.crashes).toEqual([]);
  });

  test('files: create, append, read back, rename, unlink', async () => {
    const b = bench();
    b.start(async (sys) => {
      await sys.mkdir('/d');
      const fd = await sys.open('/d/a', { write: true, create: true });
      await sys.write(fd, encodeUtf8('one'));
      await sys.close(fd);
      const again = await sys.open('/d/a', { write: true, append: true });
      await sys.write(again, encodeUtf8('two'));
      await sys.close(again);
      await sys.rename('/d/a', '/d/b');
      const read = await sys.open('/d/b', {});
      expect(decodeUtf8(await sys.read(read, 100))).toBe('onetwo');
      expect((await sys.readdir('/d')).map(({ name }) => name)).toEqual(['b']);
      await expect(sys.open('/d/a', {})).rejects.toMatchObject({ code: 'ENOENT' });
      await expect(sys.rmdir('/d')).rejects.toMatchObject({ code: 'ENOTEMPTY' });
      await sys.unlink('/d/b');
      await sys.rmdir('/d');
      expect((await sys.stat('/dev/null')).type).toBe('chardev');
      return 0;
    });
    await b.run();
    expect(b.crashes).toEqual([]);
  });

  test('a write to a pipe without a reader is SIGPIPE, or EPIPE where that is ignored', async () => {
    const b = bench();
    const end = b.start(async (sys) => {
      const [reader, writer] = await sys.pipe();
      await sys.close(reader);
      await sys.write(writer, encodeUtf8('x'));
      return 0;
    });
    await b.run();
    expect(end.process.exitStatus).toEqual({ code: 0, signal: 'SIGPIPE' });
    b.start(async (sys) => {
      const [reader, writer] = await sys.pipe();
      await sys.sigaction('SIGPIPE', 'ignore');
      await sys.close(reader);
      await expect(sys.write(writer, encodeUtf8('x'))).rejects.toMatchObject({ code: 'EPIPE' });
      return 0;
    });
    await b.run(120 * SECOND);
    expect(b.crashes).toEqual([]);
  });
});
