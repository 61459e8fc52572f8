/** Signal-driven I/O: O_ASYNC, F_SETOWN, F_SETSIG; the signal says that there is data, recv fetches it. */
import type { SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { O, SIGNALS, type Signal } from '@netarium/core/syscall/sys.ts';
import type { Pair } from '../pair.ts';

const MS = 1_000_000;
/** Python's numbers: the kernel, and POLL_IN. */
const CODES = new Map([
  ['SI_KERNEL', 128],
  ['POLL_IN', 1],
]);

export default {
  order: 'total',
  main: (trace) => async (sys) => {
    const server = await sys.socket('inet', 'stream');
    await sys.bind(server, { family: 'inet', address: '127.0.0.1', port: 0 });
    await sys.listen(server, 128);
    const fd = await sys.socket('inet', 'stream');
    await sys.connect(fd, await sys.getsockname(server));
    const { fd: accepted } = await sys.accept(server);
    const wait = (signals: readonly Signal[], ms: number) =>
      sys.sigtimedwait(signals, ms * MS).catch((error: SysError) => error);
    const receive = async (): Promise<void> => trace.at(`recv b'${decodeUtf8(await sys.recv(fd, 100))}'`);
    const send = (text: string): Promise<number> => sys.send(accepted, encodeUtf8(text));
    const none = (answer: unknown): string => (answer instanceof Error ? 'None' : 'a signal');
    const flags = await sys.fcntl(fd, 'F_GETFL');
    trace.at(`flags ${flags} owner ${await sys.fcntl(fd, 'F_GETOWN')}`);
    await sys.sigprocmask('block', ['SIGIO', 'SIGRTMIN']);
    await sys.fcntl(fd, 'F_SETFL', flags | O.ASYNC | O.NONBLOCK);
    await send('one');
    trace.at(`without an owner ${none(await wait(['SIGIO'], 100))}`);
    await receive();
    await sys.fcntl(fd, 'F_SETOWN', await sys.getpid());
    trace.at(`owner is me ${(await sys.fcntl(fd, 'F_GETOWN')) === (await sys.getpid()) ? 'True' : 'False'}`);
    await sys.recv(fd, 100).catch((error) => trace.raised(error));
    await send('two');
    const plain = await sys.sigtimedwait(['SIGIO'], 1_000 * MS);
    trace.at(`signal ${SIGNALS[plain.signal]} code ${CODES.get(plain.code)}`);
    await receive();
    await sys.fcntl(fd, 'F_SETSIG', SIGNALS.SIGRTMIN);
    await send('three');
    const chosen = await sys.sigtimedwait(['SIGRTMIN'], 1_000 * MS);
    trace.at(`signal ${SIGNALS[chosen.signal]} code ${CODES.get(chosen.code)} band ${(chosen.band ?? 0) & 1}`);
    await receive();
    await sys.fcntl(fd, 'F_SETFL', flags);
    await send('four');
    trace.at(`switched off ${none(await wait(['SIGRTMIN', 'SIGIO'], 100))}`);
    trace.at(`flags ${await sys.fcntl(fd, 'F_GETFL')}`);
    await sys.fcntl(fd, 'F_SETOWN', 4194303).catch((error) => trace.raised(error));
    for (const open of [fd, accepted, server]) await sys.close(open);
    return 0;
  },
} satisfies Pair;
