/** Limits: descriptors run out, a file is too large, a hard limit is not raised by an ordinary user, ports below 1024. */
import { SIGNALS } from '@netarium/core/syscall/sys.ts';
import { type Pair, ValueError } from '../pair.ts';

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const attempt = async (label: string, call: Promise<unknown>): Promise<void> => {
      try {
        const answer = await call;
        trace.at(`${label} ${typeof answer === 'number' ? answer : 'ok'}`);
      } catch (error) {
        trace.raised(error);
      }
    };
    trace.at(`core ${(await sys.getrlimit('RLIMIT_CORE')).soft}`);
    await sys.setrlimit('RLIMIT_FSIZE', { soft: 10, hard: -1 });
    const fd = await sys.open('/tmp/f', { write: true, create: true });
    const signals: number[] = [];
    await sys.sigaction('SIGXFSZ', { restart: true, handler: (_, signal) => void signals.push(SIGNALS[signal]) });
    await attempt('write', sys.write(fd, new Uint8Array(8)));
    await attempt('write', sys.write(fd, new Uint8Array(8)));
    await attempt('write', sys.write(fd, new Uint8Array(1)));
    await attempt('truncate', sys.ftruncate(fd, 11));
    trace.at(`signals [${signals.join(', ')}]`);
    await sys.close(fd);
    await sys.setrlimit('RLIMIT_NOFILE', { soft: 6, hard: 20 });
    const held: number[] = [];
    for (let full = false; !full; ) {
      try {
        held.push(await sys.dup(0));
      } catch (error) {
        trace.raised(error);
        full = true;
      }
    }
    trace.at(`highest ${Math.max(...held)}`);
    await attempt('dup2', sys.dup2(0, 6));
    for (const number of held) await sys.close(number);
    await sys.setuid(1000);
    // Python says "not allowed to raise maximum limit" where the kernel says EPERM.
    const raising = sys.setrlimit('RLIMIT_NOFILE', { soft: 6, hard: 21 });
    await attempt(
      'raise the hard limit',
      raising.catch(() => Promise.reject(new ValueError('not allowed to raise maximum limit'))),
    );
    await attempt('lower it', sys.setrlimit('RLIMIT_NOFILE', { soft: 6, hard: 19 }));
    await attempt('soft up to hard', sys.setrlimit('RLIMIT_NOFILE', { soft: 19, hard: 19 }));
    const socket = await sys.socket('inet', 'stream');
    await attempt('port 80', sys.bind(socket, { family: 'inet', address: '127.0.0.1', port: 80 }));
    await attempt('port 8080', sys.bind(socket, { family: 'inet', address: '127.0.0.1', port: 8080 }));
    await attempt('kill init', sys.kill(1, 0));
    await attempt('become root', sys.setuid(0));
    return 0;
  },
} satisfies Pair;
