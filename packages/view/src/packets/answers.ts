/**
 * Which packet answers which: a DNS response its query (same identifier and question side), an HTTP response the request before it on the same connection,
 * an echo reply and an ARP reply theirs. Looked for when somebody asks, among the packets around. Left out: pipelined HTTP requests, of which the last one
 * before the response is taken.
 */
import type { TreeNode } from '@netarium/core/wire/tree-node.ts';
import type { PacketList } from './packet-list.ts';

export interface Answer {
  /** The packet that was asked about is this; the other one the other. */
  readonly role: 'request' | 'response';
  readonly row: number;
}

/** Packets on each side among which the other one is looked for. */
const NEAR = 5000;

interface Message {
  readonly response: boolean;
  /** The same for a request and its response. */
  readonly key: string;
}

export function answerOf(list: PacketList, row: number): Answer | undefined {
  const own = messageOf(list, row);
  if (own === undefined) return undefined;
  const step = own.response ? -1 : 1;
  const end = own.response ? Math.max(-1, row - NEAR) : Math.min(list.length, row + NEAR);
  const protocol = list.dissection(row).protocol;
  for (let other = row + step; other !== end; other += step) {
    if (!mayBe(list, other, protocol)) continue;
    const message = messageOf(list, other);
    if (message?.key !== own.key) continue;
    // A second request with the same key: the first one had no answer.
    if (message.response === own.response) return undefined;
    return { role: own.response ? 'response' : 'request', row: other };
  }
  return undefined;
}

const IP_PROTOCOL_AT = 23;
const ICMP = 1;
const TCP = 6;
const UDP = 17;

/** Read off the bytes, so that only packets of the same kind are dissected. */
function mayBe(list: PacketList, row: number, protocol: string): boolean {
  const bytes = list.bytes(row);
  const arp = bytes[12] === 0x08 && bytes[13] === 0x06;
  if (protocol === 'ARP' || arp) return protocol === 'ARP' && arp;
  const transport = bytes[IP_PROTOCOL_AT];
  return transport === (protocol === 'ICMP' ? ICMP : protocol === 'DNS' ? UDP : TCP);
}

function messageOf(list: PacketList, row: number): Message | undefined {
  const { nodes, source, destination } = list.dissection(row);
  const show = (name: string): string | undefined => nodeNamed(nodes, name)?.show;
  const ends = (response: boolean, ...more: (string | undefined)[]): Message => ({
    response,
    key: [...(response ? [destination, source] : [source, destination]), ...more].join(' '),
  });
  const ports = (transport: 'tcp' | 'udp', response: boolean): string[] => {
    const both = [show(`${transport}.srcport`) ?? '', show(`${transport}.dstport`) ?? ''];
    return response ? both.reverse() : both;
  };
  const id = show('dns.id');
  if (id !== undefined) {
    const response = nodeNamed(nodes, 'dns.flags.response')?.value === 1;
    return ends(response, ...ports('udp', response), id);
  }
  const asks = nodeNamed(nodes, 'http.request') !== undefined;
  if (asks || nodeNamed(nodes, 'http.response') !== undefined) return ends(!asks, ...ports('tcp', !asks));
  const echo = show('icmp.type');
  if (echo === '0' || echo === '8') return ends(echo === '0', show('icmp.ident'), show('icmp.seq'));
  const operation = show('arp.opcode');
  if (operation === undefined) return undefined;
  const [asker, asked] = [show('arp.src.proto_ipv4'), show('arp.dst.proto_ipv4')];
  return operation === '1'
    ? { response: false, key: `arp ${asker} ${asked}` }
    : { response: true, key: `arp ${asked} ${asker}` };
}

/** The first node of that name, outermost first. */
export function nodeNamed(nodes: readonly TreeNode[], name: string): TreeNode | undefined {
  for (const node of nodes) {
    const found = node.name === name ? node : nodeNamed(node.children, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
