/** An SNMP agent and who asks it; a service that is not HTTP; a relay that carries the bytes of connections and reads none. */
import { SysError } from '@netarium/core/base/errno.ts';
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import {
  encodeSnmp,
  SNMP_PDU,
  SNMP_PORT,
  SNMP_VERSION,
  type SnmpValue,
  type SnmpVariable,
} from '@netarium/core/wire/snmp.ts';
import { decodeSnmp } from '@netarium/core/wire/snmp-decoder.ts';
import { print } from '@netarium/userland/lib/stdio.ts';
import { connectTo, listenAt } from '../lib/tcp.ts';

const LENGTH = 65_536;

/** RFC 3418 section 2: what the device is. */
const SYS_DESCR = '1.3.6.1.2.1.1.1.0';
const DESCRIPTION: SnmpValue = { kind: 'octets', bytes: encodeUtf8('edge switch') };
const NO_SUCH_NAME = 2;

/** `agent`: answers GetRequests for what it is, others with noSuchName (RFC 1157 section 4.1.2); other datagrams are dropped. */
export async function agent(sys: Sys): Promise<number> {
  const fd = await sys.socket('inet', 'dgram');
  await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: SNMP_PORT });
  for (;;) {
    const { data, from } = await sys.recvfrom(fd, LENGTH);
    const message = decodeSnmp(data)?.message;
    if (from === undefined || message?.pdu.type !== SNMP_PDU.GET) continue;
    const { variables } = message.pdu;
    const errorIndex = variables.findIndex(({ name }) => name !== SYS_DESCR) + 1;
    const known = errorIndex === 0;
    const told = known ? variables.map(({ name }) => ({ name, value: DESCRIPTION })) : variables;
    const errorStatus = known ? 0 : NO_SUCH_NAME;
    const pdu = { ...message.pdu, type: SNMP_PDU.RESPONSE, errorStatus, errorIndex, variables: told };
    await sys.sendto(fd, encodeSnmp({ ...message, pdu }), from);
  }
}

/** `snmp-get ADDRESS`: prints what the agent calls itself, or the error. */
export async function snmpGet(sys: Sys, [, address = '']: readonly string[]): Promise<number> {
  const fd = await sys.socket('inet', 'dgram');
  const variables: readonly SnmpVariable[] = [{ name: SYS_DESCR, value: { kind: 'null' } }];
  const pdu = { type: SNMP_PDU.GET, requestId: 1, errorStatus: 0, errorIndex: 0, variables };
  try {
    await sys.connect(fd, { family: 'inet', address, port: SNMP_PORT });
    await sys.send(fd, encodeSnmp({ version: SNMP_VERSION.V1, community: 'public', pdu }));
    const answer = decodeSnmp(await sys.recv(fd, LENGTH))?.message?.pdu.variables[0]?.value;
    await print(sys, `${answer?.kind === 'octets' ? decodeUtf8(answer.bytes) : 'no text'}\n`);
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
