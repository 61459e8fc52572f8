/**
 * SNMP messages of version 1 (RFC 1157), as many as asking for one text takes: GetRequest and GetResponse with one variable, in BER (X.690, definite
 * lengths of one byte). What is longer or other is no message.
 */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';

const TAG = {
  integer: 0x02,
  octets: 0x04,
  nothing: 0x05,
  name: 0x06,
  sequence: 0x30,
  get: 0xa0,
  response: 0xa2,
} as const;

/** sysDescr.0, 1.3.6.1.2.1.1.1.0 (RFC 1213), as BER has it: the first two numbers in one byte. */
const SYS_DESCR = [0x2b, 6, 1, 2, 1, 1, 1, 0];
const LENGTH_MAX = 127;

export interface SnmpMessage {
  readonly community: string;
  readonly request: boolean;
  readonly id: number;
  /** What a response tells; empty in a request. */
  readonly value: string;
}

function element(tag: number, content: readonly number[]): number[] {
  return [tag, content.length, ...content];
}

export function encodeSnmp({ community, request, id, value }: SnmpMessage): Uint8Array {
  const told = request ? element(TAG.nothing, []) : element(TAG.octets, [...encodeUtf8(value)]);
  const variable = element(TAG.sequence, [...element(TAG.name, SYS_DESCR), ...told]);
  const number = (n: number): number[] => element(TAG.integer, [n]);
  const pdu = [...number(id), ...number(0), ...number(0), ...element(TAG.sequence, variable)];
  const message = [
    ...number(0),
    ...element(TAG.octets, [...encodeUtf8(community)]),
    ...element(request ? TAG.get : TAG.response, pdu),
  ];
  return Uint8Array.from(element(TAG.sequence, message));
}

/** The contents of the elements that fill `bytes`, with their tags; undefined where they do not. */
function elements(bytes: Uint8Array): { readonly tag: number; readonly content: Uint8Array }[] | undefined {
  const found: { tag: number; content: Uint8Array }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag, length] = [bytes[at]!, bytes[at + 1]];
    if (length === undefined || length > LENGTH_MAX || at + 2 + length > bytes.length) return undefined;
    found.push({ tag, content: bytes.subarray(at + 2, at + 2 + length) });
    at += 2 + length;
  }
  return found;
}

export function decodeSnmp(bytes: Uint8Array): SnmpMessage | undefined {
  const [message] = elements(bytes) ?? [];
  if (message?.tag !== TAG.sequence) return undefined;
  const [version, community, pdu] = elements(message.content) ?? [];
  if (version?.tag !== TAG.integer || community?.tag !== TAG.octets || pdu === undefined) return undefined;
  if (pdu.tag !== TAG.get && pdu.tag !== TAG.response) return undefined;
  const [id, , , list] = elements(pdu.content) ?? [];
  const [variable] = list === undefined ? [] : (elements(list.content) ?? []);
  const [, value] = variable === undefined ? [] : (elements(variable.content) ?? []);
  if (id?.content.length !== 1 || value === undefined) return undefined;
  return {
    community: decodeUtf8(community.content),
    request: pdu.tag === TAG.get,
    id: id.content[0]!,
    value: decodeUtf8(value.content),
  };
}
