import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { SockAddr } from '@netarium/core/syscall/sys.ts';
import { ForkingTCPServer, ThreadingTCPServer } from '@netarium/userland/runtimes/socketserver/mixins.ts';
import { TCPServer } from '@netarium/userland/runtimes/socketserver/server.ts';
import { Stream } from '@netarium/userland/runtimes/socketserver/stream.ts';
import { type Python, text } from '@netarium/userland/runtimes/threading/python.ts';
import { activeCount, Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import { type Pair, ValueError } from '../pair.ts';
import { type Marks, pyMain } from '../python-pair.ts';

const ANY = { family: 'inet', address: '127.0.0.1', port: 0 } as const;
const KINDS = ['TCPServer', 'ThreadingTCPServer', 'ForkingTCPServer'] as const;

function made(py: Python, kind: (typeof KINDS)[number]): Promise<TCPServer> {
  const options = { handler: 'handle' };
  if (kind === 'ThreadingTCPServer') return ThreadingTCPServer.create(py, ANY, options);
  return (kind === 'ForkingTCPServer' ? ForkingTCPServer : TCPServer).create(py, ANY, options);
}

async function call(py: Python, address: SockAddr, ...words: readonly string[]): Promise<string[]> {
  const client = await Stream.connect(py, address);
  const answers: string[] = [];
  for (const word of words) {
    await client.sendall(encodeUtf8(word));
    answers.push(decodeUtf8(await client.recv(1024)));
  }
  await client.shutdownWrite();
  await client.close();
  return answers;
}

async function served(py: Python, marks: Marks, kind: (typeof KINDS)[number]): Promise<void> {
  const server = await made(py, kind);
  const loop = await Thread.create(py, { target: 'serve', args: [server], name: 'loop' });
  await loop.start();
  const address = await server.serverAddress();
  marks.at(py, `${kind} begins`);
  const clients: Thread[] = [];
  for (let i = 0; i < 3; i++) {
    clients.push(await Thread.create(py, { target: 'greet', args: [{ ...address }], name: `C${i}` }));
    await clients[i]!.start();
    await py.sleep(0.03);
  }
  for (const client of clients) await client.join();
  marks.at(py, `${kind} served`);
  marks.at(py, `${text(await call(py, address, 'one', 'bad'))} ${text(await call(py, address, 'two'))}`);
  await py.sleep(0.2);
  marks.at(py, `children ${server instanceof ForkingTCPServer ? (await server.activeChildren()).length : 0}`);
  await server.shutdown();
  await loop.join();
  await server.serverClose();
  await marks.raises(py, () => Stream.connect(py, address));
  marks.at(py, `threads ${await activeCount(py)}`);
}

export default {
  order: 'per thread',
  before: [
    ['ThreadingTCPServer begins', 'ThreadingTCPServer served'],
    ['TCPServer served', 'ThreadingTCPServer begins'],
  ],
  ratios: KINDS.map((kind) => ({
    name: `three clients of 0.3 s by ${kind}`,
    of: [`${kind} begins`, `${kind} served`] as const,
    to: ['rested', 'end'] as const,
  })),
  main: pyMain(
    (marks) => ({
      async main(py) {
        for (const kind of KINDS) await served(py, marks, kind);
        await py.sleep(0.3);
        marks.at(py, 'rested');
        await py.sleep(0.3);
        marks.at(py, 'end');
      },
      async serve(_py, server: TCPServer) {
        await server.serveForever(0.05);
      },
      async greet(py, address: SockAddr) {
        marks.at(py, `answers ${text(await call(py, address, 'wait', 'hello'))}`);
      },
    }),
    () => ({
      async handle(py, request: Stream) {
        for (;;) {
          const word = decodeUtf8(await request.recv(1024));
          if (word === '') return;
          if (word === 'bad') throw new ValueError('bad word');
          if (word === 'wait') await py.sleep(0.3);
          await request.sendall(encodeUtf8(word.toUpperCase()));
        }
      },
    }),
  ),
} satisfies Pair;
