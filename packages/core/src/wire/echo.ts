/** The part of the packet tree for the echo service (RFC 862): the port says which side speaks, and everything is data. */
import { add, addGenerated, type Dissector } from './dissector.ts';
import { type Field, row } from './field.ts';

export const ECHO_PORT = 7;

const ECHO = row('echo', 'none', 'Echo', '回显服务 Echo');
const REQUEST = row('echo.request', 'bool', 'Echo request', '回显请求');
const RESPONSE = row('echo.response', 'bool', 'Echo response', '回显应答');
const DATA = row('echo.data', 'bytes', 'Echo data', '回显数据');

export const ECHO_FIELDS: readonly Field[] = [ECHO, REQUEST, RESPONSE, DATA];

export function echoTree(d: Dissector, dstPort: number, start: number, end: number): boolean {
  const request = dstPort === ECHO_PORT;
  const node = d.open(ECHO, start, end);
  addGenerated(node, request ? REQUEST : RESPONSE, 1, start);
  add(node, DATA, d.bytes.subarray(start, end), start, end);
  d.column('ECHO', request ? 'Request' : 'Response');
  return true;
}
