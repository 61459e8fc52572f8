/** TCP on the loopback interface: tcp(7), socket(7). */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { POLL } from '@netarium/core/syscall/sys.ts';
import { asInet, bound, connected, inet, listening, nobody } from '../sockets.ts';
import { bytes, type Cases, contract, holds, MS, refused, same, text, tookNs } from '../suite.ts';

const QUIET = { nosignal: true } as const;
const ECONNREFUSED = 111;

async function receives(sys: Sys, fd: number, expected: string, what: string): Promise<void> {
  const data = expected === '' ? await sys.recv(fd, 10) : await sys.recv(fd, expected.length, { waitall: true });
  same(text(data), expected, what);
}

/** Waits until one of these events is there, at most five seconds. */
async function awaits(sys: Sys, fd: number, events: number, what: string): Promise<number> {
  const [found] = await sys.poll([{ fd, events }], 5000 * MS);
  holds(found !== undefined, `${what}: no event within five seconds`);
  return found!.revents;
}

export const cases: Cases = {
  async 'both ends know both names'(sys) {
    const { fd: listener, at } = await listening(sys);
    holds(at.port >= 1024 && at.port < 65536, `a free port: ${at.port}`);
    const client = await sys.socket('inet', 'stream');
    await refused(sys.getpeername(client), 'ENOTCONN', 'getpeername before');
    await sys.connect(client, at);
    const { fd: server, peer } = await sys.accept(listener);
    same(await sys.getpeername(client), at, 'the client’s peer');
    same(await sys.getsockname(server), at, 'the server’s name');
    same(peer, await sys.getsockname(client), 'the accepted peer');
    same(await sys.getpeername(server), peer, 'the server’s peer');
  },

  async 'bytes flow both ways, in order, without boundaries'(sys) {
    const { client, server } = await connected(sys);
    same(await sys.send(client, bytes('one')), 3, 'sent');
    await sys.write(client, bytes('two'));
    await receives(sys, server, 'onetwo', 'received');
    await sys.send(server, bytes('back'));
    same(text(await sys.read(client, 100)), 'back', 'a read takes what is there');
    await sys.close(client);
    await receives(sys, server, '', 'the end of the stream');
    await receives(sys, server, '', 'again');
  },

  async 'a half-closed connection still carries the other way'(sys) {
    const { client, server } = await connected(sys);
    await sys.send(client, bytes('question'));
    await sys.shutdown(client, 'write');
    await receives(sys, server, 'question', 'what was sent before');
    await receives(sys, server, '', 'the end');
    await sys.send(server, bytes('answer'));
    await receives(sys, client, 'answer', 'the other way');
    await refused(sys.send(client, bytes('x'), QUIET), 'EPIPE', 'send after shutdown');
    await sys.close(server);
    await receives(sys, client, '', 'the end of the answer');
  },

  async 'shutdown for reading answers the end'(sys) {
    const { client, server } = await connected(sys);
    await sys.shutdown(client, 'read');
    await receives(sys, client, '', 'recv');
    await sys.send(client, bytes('still'));
    await receives(sys, server, 'still', 'sending goes on');
  },

  async 'nobody there is ECONNREFUSED'(sys) {
    const client = await sys.socket('inet', 'stream');
    await refused(sys.connect(client, await nobody(sys, 'stream')), 'ECONNREFUSED', 'connect');
  },

  async 'a port has one listener'(sys) {
    const { at } = await listening(sys);
    for (const reuse of [0, 1]) {
      const second = await sys.socket('inet', 'stream');
      if (reuse === 1) await sys.setsockopt(second, 'socket', 'SO_REUSEADDR', 1);
      await refused(sys.bind(second, at), 'EADDRINUSE', `bind, SO_REUSEADDR ${reuse}`);
      await refused(sys.bind(second, inet(at.port, '0.0.0.0')), 'EADDRINUSE', `bind of all, SO_REUSEADDR ${reuse}`);
      await sys.close(second);
    }
    const stranger = await sys.socket('inet', 'stream');
    await refused(sys.bind(stranger, inet(0, '192.0.2.1')), 'EADDRNOTAVAIL', 'bind to another host’s address');
    const { fd } = await bound(sys, 'stream');
    await refused(sys.bind(fd, inet(0)), 'EINVAL', 'bind twice');
  },

  async 'a port is free again when its listener has gone'(sys) {
    const { fd, at } = await listening(sys);
    await sys.close(fd);
    const again = await sys.socket('inet', 'stream');
    await sys.setsockopt(again, 'socket', 'SO_REUSEADDR', 1);
    await sys.bind(again, at);
    await sys.listen(again, 1);
    const client = await sys.socket('inet', 'stream');
    await sys.connect(client, at);
  },

  async 'the second connect tells that the non-blocking first one was refused'(sys) {
    const client = await sys.socket('inet', 'stream', 'tcp', { nonblock: true });
    const place = await nobody(sys, 'stream');
    await refused(sys.connect(client, place), 'EINPROGRESS', 'connect');
    await awaits(sys, client, POLL.OUT, 'refused');
    await refused(sys.connect(client, place), 'ECONNREFUSED', 'connect again');
  },

  async 'a non-blocking connect is in progress, then there'(sys) {
    const { fd: listener, at } = await listening(sys);
    const client = await sys.socket('inet', 'stream', 'tcp', { nonblock: true });
    await refused(sys.connect(client, at), 'EINPROGRESS', 'connect');
    const events = await awaits(sys, client, POLL.OUT, 'connected');
    same(events & (POLL.OUT | POLL.ERR | POLL.HUP), POLL.OUT, 'writable and no error');
    same(await sys.getsockopt(client, 'socket', 'SO_ERROR'), 0, 'SO_ERROR');
    await sys.connect(client, at);
    await refused(sys.connect(client, at), 'EISCONN', 'connect tells once that it is done');
    const { fd: server } = await sys.accept(listener);
    await refused(sys.recv(client, 1), 'EAGAIN', 'recv of nothing');
    await sys.send(client, bytes('hello'));
    await receives(sys, server, 'hello', 'received');
  },

  async 'a refused non-blocking connect tells by SO_ERROR, once'(sys) {
    const client = await sys.socket('inet', 'stream', 'tcp', { nonblock: true });
    await refused(sys.connect(client, await nobody(sys, 'stream')), 'EINPROGRESS', 'connect');
    const events = await awaits(sys, client, POLL.OUT, 'refused');
    same(events & (POLL.OUT | POLL.ERR | POLL.HUP), POLL.OUT | POLL.ERR | POLL.HUP, 'writable, error, hung up');
    same(await sys.getsockopt(client, 'socket', 'SO_ERROR'), ECONNREFUSED, 'SO_ERROR');
    same(await sys.getsockopt(client, 'socket', 'SO_ERROR'), 0, 'SO_ERROR again');
  },

  async 'accept of nothing is EAGAIN, and the listener tells who comes'(sys) {
    const { fd: listener, at } = await listening(sys);
    await sys.setNonblock(listener, true);
    await refused(sys.accept(listener), 'EAGAIN', 'accept');
    const client = await sys.socket('inet', 'stream');
    await sys.connect(client, at);
    await awaits(sys, listener, POLL.IN, 'a connection');
    const { fd: server } = await sys.accept(listener);
    same((await sys.fcntl(server, 'F_GETFL')) & 0o4000, 0, 'O_NONBLOCK is not inherited');
    await refused(sys.accept(listener), 'EAGAIN', 'accept of no more');
  },

  async 'MSG_PEEK leaves the bytes, MSG_WAITALL waits for all'(sys) {
    const { client, server } = await connected(sys);
    await sys.send(client, bytes('abcdef'));
    await awaits(sys, server, POLL.IN, 'data');
    same(text(await sys.recv(server, 3, { peek: true })), 'abc', 'peeked');
    same(text(await sys.recv(server, 3, { peek: true })), 'abc', 'peeked again');
    await receives(sys, server, 'abcdef', 'received');
    await sys.send(client, bytes('short'));
    await sys.shutdown(client, 'write');
    same(text(await sys.recv(server, 100, { waitall: true })), 'short', 'the end of the stream ends waiting');
  },

  async 'SO_RCVTIMEO ends waiting with EAGAIN'(sys) {
    const { client, server } = await connected(sys);
    await sys.setsockopt(server, 'socket', 'SO_RCVTIMEO', { sec: 0, usec: 50_000 });
    const took = await tookNs(sys, () => refused(sys.recv(server, 1), 'EAGAIN', 'recv'));
    holds(took >= 49 * MS && took < 5000 * MS, `50 ms took ${took} ns`);
    await sys.send(client, bytes('x'));
    await receives(sys, server, 'x', 'data in time');
    await refused(sys.recv(client, 1, { dontwait: true }), 'EAGAIN', 'MSG_DONTWAIT');
  },

  async 'connections wait in the backlog with their bytes'(sys) {
    const { fd: listener, at } = await listening(sys, 8);
    const clients: number[] = [];
    for (let i = 0; i < 5; i++) {
      const client = await sys.socket('inet', 'stream');
      await sys.connect(client, at);
      await sys.send(client, bytes(`number ${i}`));
      clients.push(client);
    }
    for (const [i, client] of clients.entries()) {
      const { fd: server, peer } = await sys.accept(listener);
      same(peer, await sys.getsockname(client), `first come, first accepted: ${i}`);
      await receives(sys, server, `number ${i}`, 'sent before accept');
    }
  },

  async 'a listener that closes resets who waits in its backlog'(sys) {
    const { fd: listener, at } = await listening(sys);
    const client = await sys.socket('inet', 'stream');
    await sys.connect(client, at);
    await sys.close(listener);
    await refused(sys.recv(client, 1), 'ECONNRESET', 'recv');
    const late = await sys.socket('inet', 'stream');
    await refused(sys.connect(late, at), 'ECONNREFUSED', 'a later connect');
  },

  async 'close with unread bytes resets'(sys) {
    const { client, server } = await connected(sys);
    await sys.send(client, bytes('never read'));
    await awaits(sys, server, POLL.IN, 'data');
    await sys.close(server);
    const events = await awaits(sys, client, POLL.IN, 'the reset');
    same(events & (POLL.ERR | POLL.HUP), POLL.ERR | POLL.HUP, 'error and hang-up');
    await refused(sys.recv(client, 1), 'ECONNRESET', 'recv');
    same((await sys.recv(client, 1)).length, 0, 'told once, then the end');
    await refused(sys.send(client, bytes('x'), QUIET), 'EPIPE', 'send');
  },

  async 'SO_LINGER of zero resets'(sys) {
    const { client, server } = await connected(sys);
    await sys.setsockopt(server, 'socket', 'SO_LINGER', { onoff: 1, linger: 0 });
    await sys.close(server);
    await refused(sys.recv(client, 1), 'ECONNRESET', 'recv');
  },

  async 'calls at the wrong time are refused'(sys) {
    const fresh = await sys.socket('inet', 'stream');
    await refused(sys.recv(fresh, 1), 'ENOTCONN', 'recv without a connection');
    await refused(sys.send(fresh, bytes('x'), QUIET), 'EPIPE', 'send without a connection');
    await refused(sys.accept(fresh), 'EINVAL', 'accept without listen');
    await refused(sys.shutdown(fresh, 'write'), 'ENOTCONN', 'shutdown without a connection');
    const { fd: listener, at } = await listening(sys);
    await refused(sys.recv(listener, 1), 'ENOTCONN', 'recv of a listener');
    const client = await sys.socket('inet', 'stream');
    await sys.connect(client, at);
    await refused(sys.connect(client, at), 'EISCONN', 'connect twice');
    await refused(sys.listen(client, 1), 'EINVAL', 'listen on a connection');
    const file = await sys.open('f', { write: true, create: true });
    await refused(sys.listen(file, 1), 'ENOTSOCK', 'listen on a file');
    await refused(sys.connect(99, at), 'EBADF', 'connect of nothing');
  },

  async 'options are kept, unknown ones ENOPROTOOPT'(sys) {
    const fd = await sys.socket('inet', 'stream');
    same(await sys.getsockopt(fd, 'socket', 'SO_TYPE'), 1, 'SO_TYPE');
    for (const [level, name] of [
      ['socket', 'SO_REUSEADDR'],
      ['socket', 'SO_KEEPALIVE'],
      ['tcp', 'TCP_NODELAY'],
    ] as const) {
      same(await sys.getsockopt(fd, level, name), 0, `${name} at first`);
      await sys.setsockopt(fd, level, name, 1);
      same(await sys.getsockopt(fd, level, name), 1, `${name} afterwards`);
    }
    same(await sys.getsockopt(fd, 'socket', 'SO_ACCEPTCONN'), 0, 'SO_ACCEPTCONN');
    const { fd: listener } = await listening(sys);
    same(await sys.getsockopt(listener, 'socket', 'SO_ACCEPTCONN'), 1, 'SO_ACCEPTCONN of a listener');
    await refused(sys.setsockopt(fd, 'tcp', 'TCP_NO_SUCH', 1), 'ENOPROTOOPT', 'an unknown option');
  },

  async 'a full connection is EAGAIN, and what was taken arrives'(sys) {
    const { client, server } = await connected(sys);
    await sys.setNonblock(client, true);
    let sent = 0;
    for (let room = true; room; ) {
      const piece = new Uint8Array(50_000).map((_, at) => (sent + at) % 251);
      const taken = await sys.send(client, piece).catch(() => 0);
      sent += taken;
      room = taken > 0;
      holds(sent < 100_000_000, 'a connection that nobody reads takes without end');
    }
    await refused(sys.send(client, bytes('x')), 'EAGAIN', 'one byte more');
    same((await sys.poll([{ fd: client, events: POLL.OUT }], 0)).length, 0, 'not writable');
    await sys.shutdown(client, 'write');
    let [got, wrong] = [0, 0];
    for (;;) {
      const part = await sys.recv(server, 65_536);
      if (part.length === 0) break;
      for (const byte of part) if (byte !== got++ % 251) wrong++;
    }
    same([got, wrong], [sent, 0], 'received, wrong');
  },

  async 'a peer that has gone is told by HUP, and by RDHUP half way'(sys) {
    const { client, server } = await connected(sys);
    await sys.shutdown(client, 'write');
    const half = await awaits(sys, server, POLL.IN | POLL.RDHUP, 'half-closed');
    same(half & (POLL.IN | POLL.RDHUP | POLL.HUP), POLL.IN | POLL.RDHUP, 'half-closed');
    await sys.shutdown(server, 'write');
    const whole = await awaits(sys, server, POLL.IN | POLL.RDHUP | POLL.HUP, 'closed');
    same(whole & POLL.HUP, POLL.HUP, 'closed on both sides');
  },

  async 'duplicates are one connection until the last is closed'(sys) {
    const { client, server } = await connected(sys);
    const twin = await sys.dup(client);
    await sys.close(client);
    await sys.send(twin, bytes('still open'));
    await receives(sys, server, 'still open', 'through the duplicate');
    await refused(sys.recv(server, 1, { dontwait: true }), 'EAGAIN', 'no end yet');
    await sys.close(twin);
    await receives(sys, server, '', 'the end');
  },

  async 'a listener on all addresses says so, its connections say where'(sys) {
    const listener = await sys.socket('inet', 'stream');
    await sys.bind(listener, inet(0, '0.0.0.0'));
    await sys.listen(listener, 1);
    const { address, port } = asInet(await sys.getsockname(listener));
    same(address, '0.0.0.0', 'the listener');
    const client = await sys.socket('inet', 'stream');
    await sys.bind(client, inet(0, '127.0.0.2'));
    await sys.connect(client, inet(port));
    const { fd: server, peer } = await sys.accept(listener);
    same(asInet(await sys.getsockname(server)).address, '127.0.0.1', 'the connection');
    same(asInet(peer).address, '127.0.0.2', 'the client bound itself to another loopback address');
  },
};

export const main = contract(cases);
