/** An SNMP agent and who asks it; a service that is not HTTP; a relay that carries the bytes of connections and reads none. */
import { SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { connectTo, listenAt } from '../lib/tcp.ts';
import { decodeSnmp, encodeSnmp } from './snmp.ts';

const LENGTH = 65_536;

/** `agent PORT`: answers GetRequests with what it is; other datagrams are dropped. */
export async function agent(sys: Sys, [, port = '']: readonly string[]): Promise<number> {
  const fd = await sys.socket('inet', 'dgram');
  await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: Number(port) });
  for (;;) {
    const { data, from } = await sys.recvfrom(fd, LENGTH);
    const message = decodeSnmp(data);
    if (from !== undefined && message?.request === true)
      await sys.sendto(fd, encodeSnmp({ ...message, request: false, value: 'edge switch' }), from);
  }
}

/** `snmp-get ADDRESS PORT`: prints what the agent calls itself, or the error. */
export async function snmpGet(sys: Sys, [, address = '', port = '']: readonly string[]): Promise<number> {
  const fd = await sys.socket('inet', 'dgram');
  try {
    await sys.connect(fd, { family: 'inet', address, port: Number(port) });
    await sys.send(fd, encodeSnmp({ community: 'public', request: true, id: 1, value: '' }));
    const answer = decodeSnmp(await sys.recv(fd, LENGTH));
    await print(sys, `${answer?.value ?? 'no SNMP'}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof SysError)) throw error;
    await print(sys, `${error.code}\n`);
    return 1;
  } finally {
    await sys.close(fd);
  }
}

/** `shout PORT`: a protocol of its own: one line in, the same in capitals out, and the end. */
export async function shout(sys: Sys, [, port = '']: readonly string[]): Promise<number> {
  const listener = await listenAt(sys, Number(port));
  for (;;) {
    const { fd } = await sys.accept(listener);
    const line = decodeUtf8(await sys.recv(fd, LENGTH));
    await sys.send(fd, encodeUtf8(line.toUpperCase()));
    await sys.close(fd);
  }
}

/** `relay PORT ADDRESS PORT`: for one connection after the other: what the client says first goes on, then all that the other side says comes back. */
export async function relay(sys: Sys, [, port = '', address = '', to = '']: readonly string[]): Promise<number> {
  const listener = await listenAt(sys, Number(port));
  for (;;) {
    const { fd } = await sys.accept(listener);
    const onward = await connectTo(sys, address, Number(to));
    await sys.send(onward, await sys.recv(fd, LENGTH));
    for (let data = await sys.recv(onward, LENGTH); data.length > 0; data = await sys.recv(onward, LENGTH))
      await sys.send(fd, data);
    await sys.close(onward);
    await sys.close(fd);
  }
}

/** `say-to ADDRESS PORT WORD`: sends the word as a line and prints the first line of the answer. */
export async function sayTo(sys: Sys, [, address = '', port = '', word = '']: readonly string[]): Promise<number> {
  const fd = await connectTo(sys, address, Number(port));
  await sys.send(fd, encodeUtf8(`${word}\r\n\r\n`));
  const answer = decodeUtf8(await sys.recv(fd, LENGTH));
  await print(sys, `${answer.split('\r\n')[0]}\n`);
  await sys.close(fd);
  return 0;
}
