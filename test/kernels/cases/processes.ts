/** Processes by spawn: posix_spawn(3), waitpid(2), exit(2). The programs are those that every system has: sh, cat, true, false. */
import { decodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { SpawnOptions, Sys } from '@netarium/core/syscall/sys.ts';
import { bytes, type Cases, contract, MS, put, refused, same, text } from '../suite.ts';

/** Runs a shell line to its end; what it printed and how it ended. */
async function shell(sys: Sys, line: string, options: SpawnOptions = {}): Promise<readonly [string, unknown]> {
  const [reader, writer] = await sys.pipe();
  const pid = await sys.spawn('/bin/sh', ['sh', '-c', line], { fds: { 1: writer, ...options.fds }, ...options });
  await sys.close(writer);
  const parts: string[] = [];
  for (;;) {
    const part = await sys.read(reader, 4096);
    if (part.length === 0) break;
    parts.push(decodeUtf8(part));
  }
  await sys.close(reader);
  const { pid: waited, ...end } = (await sys.waitpid(pid))!;
  same(waited, pid, 'the child that was waited for');
  return [parts.join(''), end];
}

export const cases: Cases = {
  async 'exit codes come back'(sys) {
    for (const [path, argv, code] of [
      ['/bin/true', ['true'], 0],
      ['/bin/false', ['false'], 1],
      ['/bin/sh', ['sh', '-c', 'exit 42'], 42],
    ] as const) {
      const pid = await sys.spawn(path, argv);
      same(await sys.waitpid(pid), { pid, code }, argv.join(' '));
    }
    await refused(sys.waitpid(-1), 'ECHILD', 'no more children');
    await refused(sys.waitpid(await sys.getpid()), 'ECHILD', 'oneself is no child');
  },

  async 'a signal that ended it is told'(sys) {
    const pid = await sys.spawn('/bin/cat', ['cat'], { fds: { 0: (await sys.pipe())[0] } });
    same(await sys.waitpid(pid, { nohang: true }), undefined, 'WNOHANG: it still runs');
    await sys.kill(pid, 'SIGTERM');
    same(await sys.waitpid(pid), { pid, signal: 'SIGTERM' }, 'SIGTERM');
    await refused(sys.kill(pid, 0), 'ESRCH', 'it has gone');
  },

  async 'what cannot start says why'(sys) {
    await refused(sys.spawn('/none/such', ['such']), 'ENOENT', 'a missing file');
    await put(sys, 'plain', 'no program');
    await refused(sys.spawn('./plain', ['plain']), 'EACCES', 'a file that is not executable');
    await refused(sys.spawn('/bin', ['bin']), 'EACCES', 'a directory');
    await refused(sys.spawn('/bin/true', ['true'], { fds: { 0: 77 } }), 'EBADF', 'a closed descriptor');
  },

  async 'a child has the descriptors that it is given, and no others'(sys) {
    const [reader, writer] = await sys.pipe();
    const out = await sys.open('out', { write: true, create: true });
    const pid = await sys.spawn('/bin/cat', ['cat'], { fds: { 0: reader, 1: out } });
    await sys.close(reader);
    await sys.write(writer, bytes('through the child'));
    await sys.close(writer);
    same(await sys.waitpid(pid), { pid, code: 0 }, 'cat saw the end, so it has no copy of the write end');
    const fd = await sys.open('out', { read: true });
    same(text(await sys.read(fd, 100)), 'through the child', 'its output');
  },

  async 'output, environment and directory'(sys, dir) {
    await sys.mkdir('d');
    same(await shell(sys, 'echo one; echo two; exit 3'), ['one\ntwo\n', { code: 3 }], 'output and code');
    const env = { PATH: '/usr/bin:/bin', GREETING: 'hello there' };
    same(await shell(sys, 'echo "$GREETING"', { env }), ['hello there\n', { code: 0 }], 'environment');
    same(await shell(sys, 'pwd', { cwd: `${dir}/d` }), [`${dir}/d\n`, { code: 0 }], 'directory');
    same(await shell(sys, 'kill -KILL $$'), ['', { signal: 'SIGKILL' }], 'by its own hand');
  },

  async 'SIGPIPE ends who writes to nobody'(sys) {
    const [reader, writer] = await sys.pipe();
    const pid = await sys.spawn('/bin/sh', ['sh', '-c', 'while true; do echo more; done'], { fds: { 1: writer } });
    await sys.close(writer);
    await sys.read(reader, 10);
    await sys.close(reader);
    same(await sys.waitpid(pid), { pid, signal: 'SIGPIPE' }, 'its end');
  },

  async 'any child may be waited for, each once'(sys) {
    const pids = new Set<number>();
    for (let code = 1; code <= 3; code++) pids.add(await sys.spawn('/bin/sh', ['sh', '-c', `exit ${code}`]));
    let sum = 0;
    for (let i = 0; i < 3; i++) {
      const { pid, code } = (await sys.waitpid(-1))!;
      same(pids.delete(pid), true, 'a child of ours');
      sum += code!;
    }
    same(sum, 6, 'codes');
    await refused(sys.waitpid(-1, { nohang: true }), 'ECHILD', 'none is left');
  },

  async 'SIGCHLD tells that a child has ended'(sys) {
    await sys.sigprocmask('block', ['SIGCHLD']);
    const pid = await sys.spawn('/bin/true', ['true']);
    same((await sys.sigtimedwait(['SIGCHLD'], 5000 * MS)).signal, 'SIGCHLD', 'the signal');
    same(await sys.waitpid(pid, { nohang: true }), { pid, code: 0 }, 'and it is there to be waited for');
  },
};

export const main = contract(cases);
