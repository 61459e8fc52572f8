import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { expect, test } from 'vitest';
import { onNetwork } from '../program.test-util.ts';
import { gather } from './gather.ts';
import type { EventLoop } from './loop.ts';
import { run } from './run.ts';
import { openConnection, startServer } from './streams.ts';
import { sleep } from './task.ts';

const MS = 1_000_000;
const at = { address: '127.0.0.1', port: 7000 };

const inLoop = (main: (loop: EventLoop, note: (line: string) => void) => Promise<void>) =>
  onNetwork((sys, note) => run(sys, (loop) => main(loop, note)));

test('500 clients of one server in one thread', async () => {
  const lines = await inLoop(async (loop, note) => {
    const server = await startServer(
      loop,
      async (reader, writer) => {
        for (let line = await reader.readLine(); line.length > 0; line = await reader.readLine())
          await writer.write(line);
        await writer.close();
      },
      at,
    );
    const client = (i: number) => async () => {
      const [reader, writer] = await openConnection(loop, at.address, at.port);
      await writer.write(encodeUtf8(`hello ${i}\n`));
      await sleep(loop, 10 * MS);
      const line = decodeUtf8(await reader.readLine());
      await writer.close();
      await writer.waitClosed();
      return line === `hello ${i}\n`;
    };
    const answers = await gather(
      loop,
      Array.from({ length: 500 }, (_, i) => client(i)),
    ).wait();
    note(String(answers.filter(Boolean).length));
    await server.close();
  });
  expect(lines).toEqual(['500']);
});

test('exact, until, end and incomplete reads; a refused connection is its errno', async () => {
  const lines = await inLoop(async (loop, note) => {
    const server = await startServer(
      loop,
      async (_, writer) => {
        await writer.write(encodeUtf8('abcdef|gh'));
        await writer.writeEof();
        await expect(writer.write(encodeUtf8('x'))).rejects.toThrow('after write_eof');
        await writer.close();
      },
      at,
    );
    const [reader, writer] = await openConnection(loop, at.address, at.port);
    note(decodeUtf8(await reader.readExactly(3)));
    note(decodeUtf8(await reader.readUntil('|'.charCodeAt(0))));
    await reader.readExactly(5).catch((error: Error) => note(`${error.name}: ${error.message}`));
    note(`${reader.atEof} ${(await reader.read(10)).length} ${(await reader.readLine()).length}`);
    await writer.close();
    await server.close();
    await sleep(loop, MS);
    await openConnection(loop, at.address, 9).catch((error: { code: string }) => note(error.code));
  });
  expect(lines).toEqual([
    'abc',
    'def|',
    'IncompleteReadError: 2 bytes read on a total of 5 expected bytes',
    'true 0 0',
    'ECONNREFUSED',
  ]);
});

test('a slow reader holds the writer back in drain, and every byte arrives in order', async () => {
  const total = 12_000_000;
  const chunk = Uint8Array.from({ length: 100_000 }, (_, i) => i % 250);
  const lines = await inLoop(async (loop, note) => {
    let drained = false;
    const server = await startServer(
      loop,
      async (_, writer) => {
        for (let sent = 0; sent < total; sent += chunk.length) {
          await writer.write(chunk);
          await writer.drain();
        }
        drained = true;
        await writer.close();
      },
      at,
    );
    const [reader, writer] = await openConnection(loop, at.address, at.port);
    await sleep(loop, 500 * MS);
    note(`held back: ${!drained}`);
    const all = await reader.read();
    note(`${all.length} ${all.every((byte, i) => byte === i % 250)}`);
    await writer.close();
    await server.close();
  });
  expect(lines).toEqual(['held back: true', `${total} true`]);
});

test('a reset is raised by the reader; a line beyond the limit is refused', async () => {
  const lines = await inLoop(async (loop, note) => {
    const server = await startServer(
      loop,
      async (reader, writer) => {
        await reader.read(1);
        // Unread data at close makes a reset (RFC 2525, 2.17).
        await sleep(loop, MS);
        await writer.close();
      },
      at,
    );
    const [reader, writer] = await openConnection(loop, at.address, at.port, 100);
    await writer.write(new Uint8Array(70_000));
    await writer.write(new Uint8Array(400_000));
    await sleep(loop, 50 * MS);
    await reader.read(1).then(
      (data) => note(`read ${data.length}`),
      (error: { code: string }) => note(error.code),
    );
    await writer.close();
    await server.close();
    const lineServer = await startServer(loop, async (_, out) => out.write(new Uint8Array(300)), { ...at, port: 7001 });
    const [long] = await openConnection(loop, at.address, 7001, 100);
    await long.readLine().catch((error: Error) => note(error.name));
    await lineServer.close();
  });
  expect(lines).toEqual(['ECONNRESET', 'LimitOverrunError']);
});
