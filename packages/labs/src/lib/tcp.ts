/** What the labs' TCP programs begin with: a listening socket, a connection, and whole transfers over short sends and receives. */
import { concatBytes } from '@netarium/core/base/bytes.ts';
import { SysError } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';

/** A socket that listens at a port of all addresses. */
export async function listenAt(sys: Sys, port: number, backlog = 128): Promise<number> {
  const fd = await sys.socket('inet', 'stream');
  await sys.setsockopt(fd, 'socket', 'SO_REUSEADDR', 1);
  await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port });
  await sys.listen(fd, backlog);
  return fd;
}

/** A connected socket. */
export async function connectTo(sys: Sys, address: string, port: number): Promise<number> {
  const fd = await sys.socket('inet', 'stream');
  await sys.connect(fd, { family: 'inet', address, port });
  return fd;
}

/** How a call ends: its errno, or what `done` makes of its value (`ok` by default). */
export async function outcome<T>(call: Promise<T>, done: (value: T) => string = () => 'ok'): Promise<string> {
  try {
    return done(await call);
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    return error.code;
  }
}

/** What `recv` brings: so many bytes, the end of the stream, or an errno. */
export function received(call: Promise<Uint8Array>): Promise<string> {
  return outcome(call, ({ length }) => (length === 0 ? 'end of stream' : `${length} bytes`));
}

/** Sends all of `data`, however much each send takes. */
export async function sendAll(sys: Sys, fd: number, data: Uint8Array): Promise<void> {
  for (let at = 0; at < data.length; ) at += await sys.send(fd, at === 0 ? data : data.subarray(at));
}

/** Receives exactly so many bytes; undefined where the stream ends before. */
export async function receiveExactly(sys: Sys, fd: number, length: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = [];
  for (let missing = length; missing > 0; ) {
    const part = await sys.recv(fd, missing);
    if (part.length === 0) return undefined;
    parts.push(part);
    missing -= part.length;
  }
  return concatBytes(parts);
}

/** Receives to the end of the stream. */
export async function receiveToEnd(sys: Sys, fd: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (;;) {
    const part = await sys.recv(fd, 65536);
    if (part.length === 0) return concatBytes(parts);
    parts.push(part);
  }
}
