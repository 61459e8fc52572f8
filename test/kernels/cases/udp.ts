/** UDP on the loopback interface: udp(7). */
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { POLL } from '@netarium/core/syscall/sys.ts';
import { asInet, bound, inet, nobody } from '../sockets.ts';
import { bytes, type Cases, contract, holds, MS, refused, same, text, tookNs } from '../suite.ts';

async function silent(sys: Sys, fd: number, what: string): Promise<void> {
  same((await sys.poll([{ fd, events: POLL.IN }], 50 * MS)).length, 0, what);
}

export const cases: Cases = {
  async 'a datagram is one message, and says from whom'(sys) {
    const [a, b] = [await bound(sys, 'dgram'), await bound(sys, 'dgram')];
    same(await sys.sendto(a.fd, bytes('one'), b.at), 3, 'sent');
    await sys.sendto(a.fd, bytes('three'), b.at);
    const first = await sys.recvfrom(b.fd, 100);
    same([text(first.data), first.from, first.length], ['one', a.at, 3], 'the first');
    same(first.truncated, false, 'whole');
    same(text((await sys.recvfrom(b.fd, 100)).data), 'three', 'the second');
    await sys.setNonblock(b.fd, true);
    await refused(sys.recvfrom(b.fd, 100), 'EAGAIN', 'no third');
  },

  async 'what does not fit is cut off, and told'(sys) {
    const [a, b] = [await bound(sys, 'dgram'), await bound(sys, 'dgram')];
    await sys.sendto(a.fd, bytes('a long message'), b.at);
    await sys.sendto(a.fd, bytes('next'), b.at);
    const peeked = await sys.recvfrom(b.fd, 100, { peek: true });
    same([text(peeked.data), peeked.truncated], ['a long message', false], 'peeked');
    const cut = await sys.recvfrom(b.fd, 6);
    same([text(cut.data), cut.truncated], ['a long', true], 'cut');
    same(text(await sys.recv(b.fd, 100)), 'next', 'the rest is lost');
  },

  async 'a datagram may be empty'(sys) {
    const [a, b] = [await bound(sys, 'dgram'), await bound(sys, 'dgram')];
    same(await sys.sendto(a.fd, bytes(''), b.at), 0, 'sent');
    await sys.sendto(a.fd, bytes('x'), b.at);
    const empty = await sys.recvfrom(b.fd, 10);
    same([empty.data.length, empty.from], [0, a.at], 'nothing, from somebody');
    same(text((await sys.recvfrom(b.fd, 10)).data), 'x', 'it is not the end of anything');
  },

  async 'a connected socket hears its peer only'(sys) {
    const [a, b, c] = [await bound(sys, 'dgram'), await bound(sys, 'dgram'), await bound(sys, 'dgram')];
    await sys.connect(b.fd, a.at);
    same(await sys.getpeername(b.fd), a.at, 'getpeername');
    await sys.sendto(c.fd, bytes('stranger'), b.at);
    await silent(sys, b.fd, 'a stranger is not heard');
    await sys.sendto(a.fd, bytes('friend'), b.at);
    same(text(await sys.recv(b.fd, 100)), 'friend', 'its peer is');
    await sys.send(b.fd, bytes('back'));
    const { data, from } = await sys.recvfrom(a.fd, 100);
    same([text(data), from], ['back', b.at], 'send goes to the peer');
    await refused(sys.getpeername(a.fd), 'ENOTCONN', 'getpeername without a peer');
    await refused(sys.send(a.fd, bytes('x')), 'EDESTADDRREQ', 'send without a peer');
  },

  async 'a closed port is ECONNREFUSED for who is connected to it'(sys) {
    const at = await nobody(sys, 'dgram');
    const fd = await sys.socket('inet', 'dgram');
    await sys.connect(fd, at);
    await sys.send(fd, bytes('anybody?'));
    const [told] = await sys.poll([{ fd, events: POLL.IN }], 5000 * MS);
    same((told?.revents ?? 0) & POLL.ERR, POLL.ERR, 'POLLERR');
    await refused(sys.recv(fd, 10), 'ECONNREFUSED', 'recv');
    await refused(sys.recv(fd, 10, { dontwait: true }), 'EAGAIN', 'told once');
    const loose = await bound(sys, 'dgram');
    await sys.sendto(loose.fd, bytes('anybody?'), at);
    await silent(sys, loose.fd, 'who is not connected hears nothing');
  },

  async 'a port has one socket, and 0 is a free one'(sys) {
    const { at } = await bound(sys, 'dgram');
    const second = await sys.socket('inet', 'dgram');
    await refused(sys.bind(second, at), 'EADDRINUSE', 'bind');
    await refused(sys.bind(second, inet(at.port, '0.0.0.0')), 'EADDRINUSE', 'bind of all');
    await sys.bind(second, inet(at.port, '127.0.0.2'));
    await sys.close(second);
    const fresh = await sys.socket('inet', 'dgram');
    same(asInet(await sys.getsockname(fresh)).port, 0, 'without a name');
    await sys.sendto(fresh, bytes('x'), at);
    holds(asInet(await sys.getsockname(fresh)).port > 0, 'sending gives it a port');
  },

  async 'streams have ports of their own'(sys) {
    // A program of the machine may have one of them for its streams; not all five.
    for (let left = 4; ; left--) {
      const { at } = await bound(sys, 'dgram');
      const stream = await sys.socket('inet', 'stream');
      try {
        await sys.bind(stream, at);
        return;
      } catch (error) {
        if (left === 0) throw error;
      }
    }
  },

  async 'a datagram has at most 65,507 bytes'(sys) {
    const [a, b] = [await bound(sys, 'dgram'), await bound(sys, 'dgram')];
    await refused(sys.sendto(a.fd, new Uint8Array(65_508), b.at), 'EMSGSIZE', 'one more');
    const all = new Uint8Array(65_507).map((_, at) => at % 251);
    same(await sys.sendto(a.fd, all, b.at), 65_507, 'the largest');
    const { data } = await sys.recvfrom(b.fd, 70_000);
    holds(data.length === 65_507 && data.every((byte, at) => byte === at % 251), 'it arrives whole');
  },

  async 'SO_RCVTIMEO and MSG_DONTWAIT end waiting with EAGAIN'(sys) {
    const { fd } = await bound(sys, 'dgram');
    await refused(sys.recvfrom(fd, 1, { dontwait: true }), 'EAGAIN', 'MSG_DONTWAIT');
    await sys.setsockopt(fd, 'socket', 'SO_RCVTIMEO', { sec: 0, usec: 50_000 });
    const took = await tookNs(sys, () => refused(sys.recvfrom(fd, 1), 'EAGAIN', 'recvfrom'));
    holds(took >= 49 * MS && took < 5000 * MS, `50 ms took ${took} ns`);
  },

  async 'a hundred datagrams are a hundred messages in order'(sys) {
    const [a, b] = [await bound(sys, 'dgram'), await bound(sys, 'dgram')];
    await sys.connect(a.fd, b.at);
    for (let i = 0; i < 100; i++) await sys.send(a.fd, bytes(`message ${i}`));
    for (let i = 0; i < 100; i++) same(text(await sys.recv(b.fd, 100)), `message ${i}`, 'in order');
  },

  async 'calls of streams are EOPNOTSUPP'(sys) {
    const { fd } = await bound(sys, 'dgram');
    await refused(sys.listen(fd, 1), 'EOPNOTSUPP', 'listen');
    await refused(sys.accept(fd), 'EOPNOTSUPP', 'accept');
    same(await sys.getsockopt(fd, 'socket', 'SO_TYPE'), 2, 'SO_TYPE');
  },
};

export const main = contract(cases);
