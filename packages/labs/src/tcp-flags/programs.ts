/** A program for each flag of TCP, and the server that they call. */
import { SysError } from '@netarium/core/base/errno.ts';
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { connectTo, listenAt, sendAll } from '../lib/tcp.ts';

const MS = 1_000_000;
/** Long enough for everything on its way to be answered. */
const PAUSE_NS = 200 * MS;

/** `patient PORT`: takes one caller after the other, waits for the end, hangs up 300 ms later. */
export const patient: Program = async (sys, argv) => {
  const listening = await listenAt(sys, Number(argv[1]));
  for (;;) {
    const { fd } = await sys.accept(listening);
    try {
      while ((await sys.recv(fd, 4096)).length > 0);
      await sys.nanosleep(300 * MS);
    } catch (error) {
      // The caller that resets.
      if (!(error instanceof SysError) || error.code !== 'ECONNRESET') throw error;
    }
    await sys.close(fd);
  }
};

/** `raise FLAG ADDRESS PORT`: does what makes TCP set that flag. */
export const raise: Program = async (sys, argv) => {
  const [flag = '', address = '', port] = argv.slice(1);
  if (flag === 'none') return 0;
  // SYN asks for a connection, ACK answers the server's SYN (RFC 9293 section 3.5): connect makes both.
  const fd = await connectTo(sys, address, Number(port));
  await sys.nanosleep(PAUSE_NS);
  if (flag === 'psh') await sendAll(sys, fd, encodeUtf8('deliver this\n'));
  // RFC 9293 section 3.8.5: the urgent pointer, send(2)'s MSG_OOB.
  if (flag === 'urg') await sys.send(fd, encodeUtf8('!'), { oob: true });
  // socket(7): SO_LINGER of zero seconds makes close reset.
  if (flag === 'rst') await sys.setsockopt(fd, 'socket', 'SO_LINGER', { onoff: 1, linger: 0 });
  if (flag === 'fin') await sys.shutdown(fd, 'write');
  await sys.nanosleep(PAUSE_NS);
  await sys.close(fd);
  return 0;
};
