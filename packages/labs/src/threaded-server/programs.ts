/**
 * `upper VERSION HOW`: the notes' server, a thread for each connection, which answers in capitals. Version `printed` never leaves its loop: at the end of the
 * stream recv comes back empty at once, again and again, and nobody closes. Version `cured` stops at the empty answer and closes. `HOW` is `threads`, or
 * `one by one` for a server that serves in its main thread.
 */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { Stream } from '@netarium/userland/runtimes/socketserver/stream.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { Thread } from '@netarium/userland/runtimes/threading/thread.ts';
import { PORT } from '../lib/talk.ts';

export const VERSIONS = ['printed', 'cured'] as const;

async function printed(py: Python, connection: Stream): Promise<void> {
  for (;;) {
    const data = decodeUtf8(await connection.recv(1024));
    await py.print(`b'${data}'`);
    await connection.send(encodeUtf8(data.toUpperCase()));
  }
}

async function cured(py: Python, connection: Stream): Promise<void> {
  for (;;) {
    const data = decodeUtf8(await connection.recv(1024));
    if (data === '') break;
    await py.print(`b'${data}'`);
    await connection.send(encodeUtf8(data.toUpperCase()));
  }
  await connection.close();
}

export const upper = python('3.11', {
  async main(py, [, version = 'printed', how = 'threads']) {
    const { sys } = py;
    const listening = await sys.socket('inet', 'stream');
    await sys.setsockopt(listening, 'socket', 'SO_REUSEADDR', 1);
    await sys.bind(listening, { family: 'inet', address: '0.0.0.0', port: PORT });
    await sys.listen(listening, 5);
    for (;;) {
      const { fd } = await sys.accept(listening);
      const connection = new Stream(py, fd);
      if (how === 'threads') await (await Thread.create(py, { target: version, args: [connection] })).start();
      else await (version === 'printed' ? printed : cured)(py, connection);
    }
  },
  printed,
  cured,
});
