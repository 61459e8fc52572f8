import { expect, it } from 'vitest';
import type { SysError } from '../base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import { bench } from './kernel.test-util.ts';
import type { Program } from './sys.ts';

const say = (text: string): Uint8Array => encodeUtf8(`${text}\n`);

it('exec replaces the program: pid, directory and descriptors stay, handlers and close-on-exec descriptors do not', async () => {
  const second: Program = async (sys, argv) => {
    await sys.write(
      3,
      say(`${argv.join(' ')} pid ${await sys.getpid()} in ${await sys.getcwd()} ${JSON.stringify(await sys.getenv())}`),
    );
    const closed = await sys.write(4, say('never')).catch((error: SysError) => error.code);
    await sys.write(1, say(String(closed)));
    await sys.kill(await sys.getpid(), 'SIGUSR1');
    return 0;
  };
  const first: Program = async (sys) => {
    await sys.chdir('/tmp');
    await sys.dup2(1, 3);
    await sys.open('/dev/null', { write: true, cloexec: true });
    await sys.sigaction('SIGUSR1', { handler: () => undefined });
    const failed = await sys.exec('/bin/nothing', []).catch((error: SysError) => error.code);
    await sys.write(1, say(String(failed)));
    return sys.exec('/bin/second', ['second', 'x'], { env: { A: '1' } });
  };
  const { start, run, crashes, kernel } = bench({ second });
  const { process, out } = start(first);
  await run();
  expect(crashes).toEqual([]);
  expect(decodeUtf8(out.bytes)).toBe(`ENOENT\nsecond x pid ${process.pid} in /tmp {"A":"1"}\nEBADF\n`);
  expect(process.exitStatus).toEqual({ code: 0, signal: 'SIGUSR1' });
  expect([...kernel.processes.all()]).toHaveLength(1);
});
