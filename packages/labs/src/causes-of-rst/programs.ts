/** A server and a client that end their connection in the ways that make a RST, and say what each of their calls came to. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { listenAt, outcome, received } from '../lib/tcp.ts';

const MS = 1_000_000;
const LINE = encodeUtf8('hello\n');

async function tell(sys: Sys, call: string, result: string): Promise<string> {
  await print(sys, `${call} ${result}\n`);
  return result;
}

/** Reads until the stream ends or breaks, and says how. */
async function readOut(sys: Sys, fd: number): Promise<void> {
  for (;;) {
    const result = await received(sys.recv(fd, 4096));
    if (result.endsWith(' bytes')) continue;
    await tell(sys, 'recv', result);
    return;
  }
}

async function abort(sys: Sys, fd: number): Promise<void> {
  await sys.setsockopt(fd, 'socket', 'SO_LINGER', { onoff: 1, linger: 0 });
}

/** Three lines after the peer has ended its direction. */
async function talk(sys: Sys, fd: number): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await tell(sys, 'send', await outcome(sys.send(fd, LINE, { nosignal: true })));
    await sys.nanosleep(100 * MS);
  }
}

/**
 * `serve PORT MODE`: takes one connection and closes it 100 ms later: `unread` never reads, `read` reads the first line, `linger0` reads it and sets
 * SO_LINGER 0, `talk` reads to the end and goes on sending, `hold` reads to the end.
 */
export const serve: Program = async (sys, argv) => {
  const mode = argv[2];
  const listening = await listenAt(sys, Number(argv[1]));
  const { fd } = await sys.accept(listening);
  if (mode === 'talk' || mode === 'hold') await readOut(sys, fd);
  else if (mode !== 'unread') await sys.recv(fd, 4096);
  await sys.nanosleep(100 * MS);
  if (mode === 'talk') await talk(sys, fd);
  if (mode === 'linger0') await abort(sys, fd);
  await sys.close(fd);
  return 0;
};

/**
 * `visit ADDRESS PORT MODE`: connects and sends a line. `wait` reads to the end, `leave` closes at once, `half` ends only its own direction and
 * reads on, `again` sends another line 5 s later and reads to the end.
 */
export const visit: Program = async (sys, argv) => {
  const [address = '', port, mode] = argv.slice(1);
  const fd = await sys.socket('inet', 'stream');
  const connected = await outcome(sys.connect(fd, { family: 'inet', address, port: Number(port) }));
  if ((await tell(sys, 'connect', connected)) !== 'ok') return 1;
  await sys.send(fd, LINE);
  if (mode === 'again') {
    await sys.nanosleep(5000 * MS);
    await tell(sys, 'send', await outcome(sys.send(fd, LINE, { nosignal: true })));
  }
  if (mode === 'half') await sys.shutdown(fd, 'write');
  if (mode !== 'leave') await readOut(sys, fd);
  await sys.close(fd);
  return 0;
};
