/** A client and a server that make the calls of the book in their order, and a program that makes them in a wrong one. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';

const say = (sys: Sys, line: string): Promise<number> => sys.write(1, encodeUtf8(`${line}\n`));

/** Runs one call and says what came of it: its name and `ok`, or the errno. */
async function step(sys: Sys, name: string, call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    await say(sys, `${name} ok`);
    return true;
  } catch (error) {
    await say(sys, `${name} ${(error as { code?: string }).code ?? String(error)}`);
    return false;
  }
}

/** book-server PORT: socket, bind, listen, accept, recv, send, close. */
export const server: Program = async (sys, argv) => {
  let fd = -1;
  let client = -1;
  await step(sys, 'socket', async () => (fd = await sys.socket('inet', 'stream')));
  await step(sys, 'bind', () => sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: Number(argv[1]) }));
  await step(sys, 'listen', () => sys.listen(fd, 5));
  await step(sys, 'accept', async () => ({ fd: client } = await sys.accept(fd)));
  let data: Uint8Array = new Uint8Array(0);
  await step(sys, 'recv', async () => (data = await sys.recv(client, 1024)));
  await step(sys, 'send', () => sys.send(client, encodeUtf8(decodeUtf8(data).toUpperCase())));
  await step(sys, 'close', () => sys.close(client));
  await sys.close(fd);
  return 0;
};

/** book-client ADDRESS PORT: socket, connect, send, recv, close. */
export const client: Program = async (sys, argv) => {
  let fd = -1;
  await step(sys, 'socket', async () => (fd = await sys.socket('inet', 'stream')));
  const connected = await step(sys, 'connect', () =>
    sys.connect(fd, { family: 'inet', address: argv[1]!, port: Number(argv[2]) }),
  );
  if (connected) {
    await step(sys, 'send', () => sys.send(fd, encodeUtf8('hello')));
    await step(sys, 'recv', () => sys.recv(fd, 1024));
  }
  await step(sys, 'close', () => sys.close(fd));
  return 0;
};

/** wrong-order yes|no: accept before listen, recv before connect, the same port twice, a second connect; in the right order with `no`. */
export const wrongOrder: Program = async (sys, argv) => {
  const wrong = argv[1] === 'yes';
  const at = (port: number) => ({ family: 'inet', address: '127.0.0.1', port }) as const;
  const listener = await sys.socket('inet', 'stream', 'tcp', { nonblock: true });
  await sys.bind(listener, at(5001));
  if (!wrong) await sys.listen(listener, 1);
  await step(sys, 'accept', () => sys.accept(listener));
  if (wrong) await sys.listen(listener, 1);
  const fd = await sys.socket('inet', 'stream');
  if (!wrong) await sys.connect(fd, at(5001));
  await step(sys, 'getpeername', () => sys.getpeername(fd));
  await step(sys, 'recv', () => sys.recv(fd, 10, { dontwait: true }));
  const second = await sys.socket('inet', 'stream');
  await step(sys, 'bind', () => sys.bind(second, at(wrong ? 5001 : 5002)));
  if (wrong) await sys.connect(fd, at(5001));
  const third = wrong ? fd : await sys.socket('inet', 'stream');
  await step(sys, 'connect', () => sys.connect(third, at(5001)));
  await step(sys, 'send', () => sys.send(999, encodeUtf8('x')));
  return 0;
};
