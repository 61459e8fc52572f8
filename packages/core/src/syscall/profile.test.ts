import { expect, it } from 'vitest';
import type { SysError } from '../base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import { bench } from './kernel.test-util.ts';
import { POLL, type Program, type TraceRecord } from './sys.ts';

const code = (error: unknown): string => (error as SysError).code;

it('a Windows host has no epoll, no fork, no signal-driven I/O, select for sockets only, few signals', async () => {
  const answers: string[] = [];
  const main: Program = async (sys) => {
    const [reader] = await sys.pipe();
    const note = async (call: Promise<unknown>): Promise<void> => void answers.push(await call.then(() => 'ok', code));
    await note(sys.epoll_create());
    await note(sys.fork('main'));
    await note(sys.fcntl(reader, 'F_SETOWN', 1));
    await note(sys.io_uring_setup(4));
    await note(sys.select({ read: [reader] }, 0));
    answers.push(String((await sys.poll([{ fd: reader, events: POLL.IN }], 0))[0]?.revents === POLL.NVAL));
    await note(sys.sigaction('SIGUSR1', 'ignore'));
    await note(sys.sigaction('SIGINT', 'ignore'));
    answers.push((await sys.uname()).sysname);
    return 0;
  };
  const { start, run, crashes } = bench({}, { profile: 'windows' });
  start(main);
  await run();
  expect(crashes).toEqual([]);
  expect(answers).toEqual(['ENOSYS', 'ENOSYS', 'ENOSYS', 'ENOSYS', 'ENOTSOCK', 'true', 'EINVAL', 'ok', 'Windows_NT']);
});

it('a trace tells what its tracee asked, in order, its forked children with it where it follows', async () => {
  const records: TraceRecord[] = [];
  const tracee = {
    async main(sys: Parameters<Program>[0]) {
      await sys.write(1, encodeUtf8('to nobody'));
      await sys.open('/none', { read: true }).catch(code);
      const child = await sys.fork('child');
      await sys.waitpid(child);
      await sys.kill(await sys.getpid(), 'SIGKILL');
      return 0;
    },
    async child(sys: Parameters<Program>[0]) {
      await sys.getppid();
      return 5;
    },
  };
  const main: Program = async (sys) => {
    const trace = await sys.trace_create({ follow: true });
    await sys.spawn('/bin/tracee', ['tracee'], { tracer: trace });
    for (;;) {
      const data = await sys.read(trace, 65_536);
      if (data.length === 0) break;
      for (const line of decodeUtf8(data).trim().split('\n')) records.push(JSON.parse(line) as TraceRecord);
    }
    expect(await sys.trace_attach(trace, 4_194_303).catch(code)).toBe('ESRCH');
    return 0;
  };
  const { start, run, crashes } = bench({ tracee: tracee as never });
  start(main);
  await run();
  expect(crashes).toEqual([]);
  const text = records.map((record) => {
    if (record.kind === 'call') return `${record.name} ${record.errno ?? JSON.stringify(record.result)}`;
    return record.kind === 'exit' ? `exit ${record.signal || record.code}` : record.kind;
  });
  expect(text).toEqual([
    'exec',
    'write 9',
    'open ENOENT',
    'fork 4',
    'getppid 3',
    'exit 5',
    'signal',
    'waitpid {"pid":4,"code":5}',
    'getpid 3',
    'unfinished',
    'exit SIGKILL',
  ]);
});

it('threads and forked children count for RLIMIT_NPROC', async () => {
  const answers: string[] = [];
  const program = {
    async main(sys: Parameters<Program>[0]) {
      await sys.setrlimit('RLIMIT_NPROC', { soft: 2, hard: 2 });
      await sys.setuid(1000);
      const tid = await sys.thread_create('other');
      for (const call of [() => sys.thread_create('other'), () => sys.fork('other')])
        answers.push(await call().then(String, code));
      await sys.thread_join(tid);
      const child = await sys.fork('other');
      answers.push(String((await sys.waitpid(child))?.code));
      return 0;
    },
    async other(sys: Parameters<Program>[0]) {
      await sys.nanosleep(1_000_000);
      return 9;
    },
  };
  const { start, run, crashes } = bench();
  start(program as never);
  await run();
  expect(crashes).toEqual([]);
  expect(answers).toEqual(['EAGAIN', 'EAGAIN', '9']);
});
