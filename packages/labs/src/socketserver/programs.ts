/** `serve STYLE`: the servers of socketserver with one handler, which answers each word in capitals and says which process answers. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { ForkingTCPServer, ThreadingTCPServer } from '@netarium/userland/runtimes/socketserver/mixins.ts';
import { type ServerOptions, TCPServer } from '@netarium/userland/runtimes/socketserver/server.ts';
import type { Stream } from '@netarium/userland/runtimes/socketserver/stream.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { PORT } from '../lib/talk.ts';

export const STYLES = ['threads', 'processes', 'one by one'] as const;
export type Style = (typeof STYLES)[number];

/** Ten may come in the same instant. */
const OPTIONS: ServerOptions = { handler: 'upper', requestQueueSize: 16, allowReuseAddress: true };
const ADDRESS = { family: 'inet', address: '0.0.0.0', port: PORT } as const;

export async function upper(py: Python, request: Stream): Promise<void> {
  for (;;) {
    const data = await request.recv(1024);
    if (data.length === 0) return;
    await request.sendall(encodeUtf8(`${decodeUtf8(data).toUpperCase()} from ${await py.sys.getpid()}`));
  }
}

function made(py: Python, style: string): Promise<TCPServer> {
  if (style === 'threads') return ThreadingTCPServer.create(py, ADDRESS, OPTIONS);
  if (style === 'processes') return ForkingTCPServer.create(py, ADDRESS, OPTIONS);
  return TCPServer.create(py, ADDRESS, OPTIONS);
}

export const serve = python('3.11', {
  async main(py, [, style = '']) {
    await (await made(py, style)).serveForever();
  },
  upper,
});
