/**
 * `forking STYLE`: socketserver with a process for each connection (`processes`), with threads (`threads`), or with processes that nobody waits for
 * (`forgetful`). Each answer names its process; the word `crash` makes whoever serves it fall over a bad pointer.
 */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { ForkingTCPServer, ThreadingTCPServer } from '@netarium/userland/runtimes/socketserver/mixins.ts';
import type { ServerOptions, TCPServer } from '@netarium/userland/runtimes/socketserver/server.ts';
import type { Stream } from '@netarium/userland/runtimes/socketserver/stream.ts';
import { python } from '@netarium/userland/runtimes/threading/program.ts';
import type { Python } from '@netarium/userland/runtimes/threading/python.ts';
import { PORT } from '../lib/talk.ts';

export const STYLES = ['processes', 'threads', 'forgetful'] as const;

/** The children that end stay zombies. */
class ForgetfulServer extends ForkingTCPServer {
  protected override async collectChildren(): Promise<void> {}
}

async function answer(py: Python, request: Stream): Promise<void> {
  const pid = await py.sys.getpid();
  for (;;) {
    const word = decodeUtf8(await request.recv(1024));
    if (word === '') return;
    if (word === 'crash') await py.sys.kill(pid, 'SIGSEGV');
    await request.sendall(encodeUtf8(`${word.toUpperCase()} from ${pid}`));
  }
}

function made(py: Python, style: string): Promise<TCPServer> {
  const address = { family: 'inet', address: '0.0.0.0', port: PORT } as const;
  const options: ServerOptions = { handler: 'answer', allowReuseAddress: true };
  if (style === 'threads') return ThreadingTCPServer.create(py, address, options);
  return (style === 'forgetful' ? ForgetfulServer : ForkingTCPServer).create(py, address, options);
}

export const forking = python('3.11', {
  async main(py, [, style = 'processes']) {
    await (await made(py, style)).serveForever();
  },
  answer,
});
