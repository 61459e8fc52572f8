/** Unix sockets: unix(7). */
import type { SockAddrUnix, Sys } from '@netarium/core/syscall/sys.ts';
import { bytes, type Cases, contract, put, refused, same, text } from '../suite.ts';

const at = (path: string): SockAddrUnix => ({ family: 'unix', path });
const QUIET = { nosignal: true } as const;

async function listening(sys: Sys, path: string): Promise<number> {
  const fd = await sys.socket('unix', 'stream');
  await sys.bind(fd, at(path));
  await sys.listen(fd, 4);
  return fd;
}

export const cases: Cases = {
  async 'a stream by a name in the file system'(sys, dir) {
    const listener = await listening(sys, `${dir}/s`);
    same((await sys.stat('s')).type, 'socket', 'the name');
    const client = await sys.socket('unix', 'stream');
    await sys.connect(client, at(`${dir}/s`));
    const { fd: server } = await sys.accept(listener);
    await sys.send(client, bytes('hello'));
    same(text(await sys.recv(server, 5, { waitall: true })), 'hello', 'to the server');
    await sys.send(server, bytes('back'));
    same(text(await sys.recv(client, 4, { waitall: true })), 'back', 'to the client');
    same(await sys.getsockname(server), at(`${dir}/s`), 'the server’s name');
    await sys.shutdown(client, 'write');
    same((await sys.recv(server, 1)).length, 0, 'half-closed');
    await sys.send(server, bytes('still'));
    same(text(await sys.recv(client, 5, { waitall: true })), 'still', 'the other way');
    await sys.close(server);
    same((await sys.recv(client, 1)).length, 0, 'the end');
  },

  async 'names are refused with reasons'(sys, dir) {
    const client = await sys.socket('unix', 'stream');
    await refused(sys.connect(client, at(`${dir}/none`)), 'ENOENT', 'a missing name');
    await put(sys, 'file', '');
    await refused(sys.connect(client, at(`${dir}/file`)), 'ECONNREFUSED', 'a file');
    const first = await listening(sys, `${dir}/s`);
    const second = await sys.socket('unix', 'stream');
    await refused(sys.bind(second, at(`${dir}/s`)), 'EADDRINUSE', 'a name that is taken');
    await sys.close(first);
    await refused(sys.connect(client, at(`${dir}/s`)), 'ECONNREFUSED', 'a name without a listener');
    await refused(sys.bind(second, at(`${dir}/s`)), 'EADDRINUSE', 'close leaves the name');
    await sys.unlink('s');
    await sys.bind(second, at(`${dir}/s`));
    await refused(sys.bind(await sys.socket('unix', 'stream'), at(`${dir}/d/s`)), 'ENOENT', 'a missing directory');
  },

  async 'a pair of streams without names'(sys) {
    await sys.sigaction('SIGPIPE', 'ignore');
    const [a, b] = await sys.socketpair('stream');
    await sys.send(a, bytes('one'));
    await sys.write(a, bytes('two'));
    same(text(await sys.recv(b, 6, { waitall: true })), 'onetwo', 'no boundaries');
    await sys.send(b, bytes('back'));
    same(text(await sys.read(a, 10)), 'back', 'both ways');
    await refused(sys.recv(a, 1, { dontwait: true }), 'EAGAIN', 'nothing more');
    await sys.close(b);
    same((await sys.recv(a, 1)).length, 0, 'the end');
    await refused(sys.send(a, bytes('x'), QUIET), 'EPIPE', 'send to nobody');
    await refused(sys.write(a, bytes('x')), 'EPIPE', 'write to nobody');
  },

  async 'a pair of datagram sockets keeps boundaries'(sys) {
    const [a, b] = await sys.socketpair('dgram');
    await sys.send(a, bytes('one'));
    await sys.send(a, bytes('three'));
    same(text(await sys.recv(b, 100)), 'one', 'the first');
    same(text(await sys.recv(b, 2)), 'th', 'cut off');
    await refused(sys.recv(b, 100, { dontwait: true }), 'EAGAIN', 'the rest is lost');
  },

  async 'a listener that closes resets who waits'(sys, dir) {
    const listener = await listening(sys, `${dir}/s`);
    const client = await sys.socket('unix', 'stream');
    await sys.connect(client, at(`${dir}/s`));
    await sys.close(listener);
    await refused(sys.recv(client, 1), 'ECONNRESET', 'recv');
  },

  async 'close with unread bytes resets, after what was on its way'(sys) {
    const [a, b] = await sys.socketpair('stream');
    await sys.send(a, bytes('never read'));
    await sys.send(b, bytes('last words'));
    await sys.close(b);
    same(text(await sys.recv(a, 100)), 'last words', 'what it had sent');
    await refused(sys.recv(a, 1), 'ECONNRESET', 'then the reset');
    same((await sys.recv(a, 1)).length, 0, 'once');
  },
};

export const main = contract(cases);
