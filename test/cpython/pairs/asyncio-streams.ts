/** Streams: lines to and fro, half-close, exact reads, an incomplete one, writing after write_eof, a refused connection. */
import { SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { IncompleteReadError } from '@netarium/userland/runtimes/asyncio/errors.ts';
import type { EventLoop } from '@netarium/userland/runtimes/asyncio/loop.ts';
import type { StreamReader } from '@netarium/userland/runtimes/asyncio/stream-reader.ts';
import type { StreamWriter } from '@netarium/userland/runtimes/asyncio/stream-writer.ts';
import { openConnection, startServer } from '@netarium/userland/runtimes/asyncio/streams.ts';
import { sleep } from '@netarium/userland/runtimes/asyncio/task.ts';
import { osErrorOf } from '@netarium/userland/runtimes/os-error.ts';
import { inAsyncio, MS } from '../asyncio-pair.ts';
import type { Pair, Trace } from '../pair.ts';

const LOCAL = '127.0.0.1';
/** Bytes as Python's `repr` shows them. */
const show = (bytes: Uint8Array) => `b'${decodeUtf8(bytes).replaceAll('\n', '\\n')}'`;

async function serve(trace: Trace, reader: StreamReader, writer: StreamWriter): Promise<void> {
  trace.at('a client', 'server');
  for (let line = await reader.readLine(); line.length > 0; line = await reader.readLine()) {
    trace.at(`got ${show(line)}`, 'server');
    await writer.write(encodeUtf8(decodeUtf8(line).toUpperCase()));
    await writer.drain();
  }
  trace.at('end of the client', 'server');
  await writer.close();
}

async function short(trace: Trace, reader: StreamReader, writer: StreamWriter): Promise<void> {
  await writer.write(encodeUtf8('abcdef|gh'));
  await writer.writeEof();
  try {
    await writer.write(encodeUtf8('more'));
  } catch (error) {
    trace.raised(error, 'short server');
  }
  await writer.drain();
  await reader.read();
  await writer.close();
}

async function client(loop: EventLoop, trace: Trace, port: number): Promise<void> {
  const [reader, writer] = await openConnection(loop, LOCAL, port);
  for (const lines of [['one'], ['two', 'three']]) {
    await writer.write(encodeUtf8(lines.map((line) => `${line}\n`).join('')));
    for (const _ of lines) trace.at(`answer ${show(await reader.readLine())}`, 'client');
  }
  await writer.writeEof();
  trace.at(`rest ${show(await reader.read())}, at the end ${reader.atEof ? 'True' : 'False'}`, 'client');
  await writer.close();
  await writer.waitClosed();
}

async function reads(loop: EventLoop, trace: Trace, port: number): Promise<void> {
  const [reader, writer] = await openConnection(loop, LOCAL, port);
  trace.at(`exactly ${show(await reader.readExactly(3))}`, 'client');
  trace.at(`until ${show(await reader.readUntil(124))}`, 'client');
  try {
    await reader.readExactly(10);
  } catch (error) {
    trace.raised(error, 'client');
    if (error instanceof IncompleteReadError) trace.at(`partial ${show(error.partial)}`, 'client');
  }
  trace.at(`after the end ${show(await reader.readLine())}`, 'client');
  await writer.close();
  await writer.waitClosed();
}

export default {
  // Client and server share one thread, but data comes when the kernel brings it.
  order: 'per thread',
  main: inAsyncio(async (loop, trace) => {
    const at = { address: LOCAL, port: 0 };
    const echo = await startServer(loop, (reader, writer) => serve(trace, reader, writer), at);
    await client(loop, trace, echo.address.port);
    await echo.close();
    const server = await startServer(loop, (reader, writer) => short(trace, reader, writer), at);
    await reads(loop, trace, server.address.port);
    await server.close();
    await sleep(loop, 10 * MS);
    try {
      await openConnection(loop, LOCAL, server.address.port);
    } catch (error) {
      // asyncio adds the address to the text, so class and number are compared.
      if (error instanceof SysError) trace.at(`raised ${osErrorOf(error)?.name} ${error.errno}`);
    }
  }),
} satisfies Pair;
