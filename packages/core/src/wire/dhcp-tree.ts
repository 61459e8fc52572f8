/** The part of the packet tree for DHCP: the fixed fields, and the options that the stack's own client and server use. */
import { latin1 } from '../base/utf8.ts';
import { get16, get32, get48 } from './buffer.ts';
import { decodeDhcp } from './dhcp-decoder.ts';
import { DHCP_OPTION, DHCP_TYPE, type DhcpOption, OPTION_SHAPES } from './dhcp-options.ts';
import { add, type Dissector } from './dissector.ts';
import { type Field, row } from './field.ts';
import type { TreeNode } from './tree-node.ts';

const DHCP = row('dhcp', 'none', 'Dynamic Host Configuration Protocol', '动态主机配置协议 DHCP');
const TYPE = row('dhcp.type', 'uint', 'Message type', '报文种类 Message type');
const HW_TYPE = row('dhcp.hw.type', 'uint', 'Hardware type', '硬件类型 Hardware type', { hexDigits: 2 });
const HW_LENGTH = row('dhcp.hw.len', 'uint', 'Hardware address length', '硬件地址长度');
const HOPS = row('dhcp.hops', 'uint', 'Hops', '跳数 Hops');
const ID = row('dhcp.id', 'uint', 'Transaction ID', '事务标识 Transaction ID', { hexDigits: 8 });
const SECONDS = row('dhcp.secs', 'uint', 'Seconds elapsed', '已用秒数');
const FLAGS = row('dhcp.flags', 'uint', 'Bootp flags', '标志 Flags', { hexDigits: 4 });
const BROADCAST = row('dhcp.flags.bc', 'bool', 'Broadcast flag', '广播标志 Broadcast');
const RESERVED = row('dhcp.flags.reserved', 'uint', 'Reserved flags', '保留标志', { hexDigits: 4 });
const CLIENT = row('dhcp.ip.client', 'ipv4', 'Client IP address', '客户端地址 ciaddr');
const YOUR = row('dhcp.ip.your', 'ipv4', 'Your (client) IP address', '分配的地址 yiaddr');
const SERVER = row('dhcp.ip.server', 'ipv4', 'Next server IP address', '下一服务器 siaddr');
const RELAY = row('dhcp.ip.relay', 'ipv4', 'Relay agent IP address', '中继地址 giaddr');
const MAC = row('dhcp.hw.mac_addr', 'mac', 'Client MAC address', '客户端 MAC 地址');
const MAC_PADDING = row('dhcp.hw.addr_padding', 'bytes', 'Client hardware address padding', '硬件地址填充');
const SERVER_NAME = row('dhcp.server', 'string', 'Server host name', '服务器主机名 sname');
const FILE = row('dhcp.file', 'string', 'Boot file name', '启动文件名 file');
const COOKIE = row('dhcp.cookie', 'ipv4', 'Magic cookie', '魔数 Magic cookie');
const OPTION_TYPE = row('dhcp.option.type', 'uint', 'Option', '选项 Option');
const OPTION_LENGTH = row('dhcp.option.length', 'uint', 'Length', '选项长度');
const OPTION_VALUE = row('dhcp.option.value', 'bytes', 'Value', '选项内容');
const OPTION_END = row('dhcp.option.end', 'uint', 'Option End', '选项结束');
const MESSAGE_TYPE = row('dhcp.option.dhcp', 'uint', 'DHCP', 'DHCP 报文类型');
const SUBNET_MASK = row('dhcp.option.subnet_mask', 'ipv4', 'Subnet Mask', '子网掩码');
const ROUTER = row('dhcp.option.router', 'ipv4', 'Router', '网关 Router');
const NAME_SERVER = row('dhcp.option.domain_name_server', 'ipv4', 'Domain Name Server', '域名服务器');
const DOMAIN = row('dhcp.option.domain_name', 'string', 'Domain Name', '域名');
const HOST_NAME = row('dhcp.option.hostname', 'string', 'Host Name', '主机名');
const REQUESTED = row('dhcp.option.requested_ip_address', 'ipv4', 'Requested IP Address', '请求的地址');
const LEASE = row('dhcp.option.ip_address_lease_time', 'uint', 'IP Address Lease Time', '租期 Lease Time');
const SERVER_ID = row('dhcp.option.dhcp_server_id', 'ipv4', 'DHCP Server Identifier', 'DHCP 服务器标识');
const RENEWAL = row('dhcp.option.renewal_time_value', 'uint', 'Renewal Time Value', '续租时间 T1');
const REBINDING = row('dhcp.option.rebinding_time_value', 'uint', 'Rebinding Time Value', '重新绑定时间 T2');

const BY_CODE = new Map<number, Field>([
  [DHCP_OPTION.MESSAGE_TYPE, MESSAGE_TYPE],
  [DHCP_OPTION.SUBNET_MASK, SUBNET_MASK],
  [DHCP_OPTION.ROUTERS, ROUTER],
  [DHCP_OPTION.NAME_SERVERS, NAME_SERVER],
  [DHCP_OPTION.DOMAIN_NAME, DOMAIN],
  [DHCP_OPTION.HOST_NAME, HOST_NAME],
  [DHCP_OPTION.REQUESTED_ADDRESS, REQUESTED],
  [DHCP_OPTION.LEASE_TIME, LEASE],
  [DHCP_OPTION.SERVER_ID, SERVER_ID],
  [DHCP_OPTION.RENEWAL_TIME, RENEWAL],
  [DHCP_OPTION.REBINDING_TIME, REBINDING],
]);

/** Every field of this file, for the filter language. */
export const DHCP_FIELDS: readonly Field[] = [
  DHCP,
  TYPE,
  HW_TYPE,
  HW_LENGTH,
  HOPS,
  ID,
  SECONDS,
  FLAGS,
  BROADCAST,
  RESERVED,
  CLIENT,
  YOUR,
  SERVER,
  RELAY,
  MAC,
  MAC_PADDING,
  SERVER_NAME,
  FILE,
  COOKIE,
  OPTION_TYPE,
  OPTION_LENGTH,
  OPTION_VALUE,
  OPTION_END,
  ...BY_CODE.values(),
];

const TITLES = new Map<number, string>([
  [DHCP_TYPE.DISCOVER, 'Discover'],
  [DHCP_TYPE.OFFER, 'Offer'],
  [DHCP_TYPE.REQUEST, 'Request'],
  [DHCP_TYPE.DECLINE, 'Decline'],
  [DHCP_TYPE.ACK, 'ACK'],
  [DHCP_TYPE.NAK, 'NAK'],
  [DHCP_TYPE.RELEASE, 'Release'],
  [DHCP_TYPE.INFORM, 'Inform'],
]);

const FIXED_LENGTH = 240;
/** Ends the options; has neither length nor value. */
const END = 255;

export function dhcpTree(d: Dissector, start: number, end: number): boolean {
  const { bytes } = d;
  if (end - start < FIXED_LENGTH) return false;
  const decoded = decodeDhcp(bytes.subarray(start, end));
  const node = d.open(DHCP, start, end);
  const u8 = (field: Field, at: number): TreeNode => add(node, field, bytes[start + at]!, start + at, start + at + 1);
  const u32 = (field: Field, at: number): TreeNode =>
    add(node, field, get32(bytes, start + at), start + at, start + at + 4);
  u8(TYPE, 0);
  u8(HW_TYPE, 1);
  u8(HW_LENGTH, 2);
  u8(HOPS, 3);
  u32(ID, 4);
  add(node, SECONDS, get16(bytes, start + 8), start + 8, start + 10);
  const flags = add(node, FLAGS, get16(bytes, start + 10), start + 10, start + 12);
  add(flags, BROADCAST, bytes[start + 10]! >> 7, start + 10, start + 12);
  add(flags, RESERVED, get16(bytes, start + 10) & 0x7fff, start + 10, start + 12);
  u32(CLIENT, 12);
  u32(YOUR, 16);
  u32(SERVER, 20);
  u32(RELAY, 24);
  if (bytes[start + 1] === 1 && bytes[start + 2] === 6) {
    add(node, MAC, get48(bytes, start + 28), start + 28, start + 34);
    add(node, MAC_PADDING, bytes.subarray(start + 34, start + 44), start + 34, start + 44);
  }
  add(node, SERVER_NAME, textIn(bytes, start + 44, start + 108), start + 44, start + 108);
  add(node, FILE, textIn(bytes, start + 108, start + 236), start + 108, start + 236);
  u32(COOKIE, 236);
  const type = options(node, bytes, start, decoded);
  const title = TITLES.get(type);
  d.column(
    'DHCP',
    title === undefined
      ? 'DHCP'
      : `DHCP ${title.padEnd(8)} - Transaction ID 0x${get32(bytes, start + 4)
          .toString(16)
          .padStart(8, '0')}`,
  );
  if (decoded.problem !== undefined) d.malformed(node, start + decoded.problem.at, decoded.problem.text);
  return true;
}

/** A text that ends at the first zero byte. */
function textIn(bytes: Uint8Array, start: number, end: number): string {
  const zero = bytes.indexOf(0, start);
  return latin1(bytes, start, zero < 0 || zero > end ? end : zero);
}

/** Answers the message type, 0 where there is none. */
function options(node: TreeNode, bytes: Uint8Array, start: number, decoded: ReturnType<typeof decodeDhcp>): number {
  let type = 0;
  const values = new Map<number, DhcpOption>(decoded.message.options.map((option) => [option.code, option]));
  for (const { code, start: from, end: to } of decoded.layout.options) {
    if (code === DHCP_OPTION.PAD) continue;
    if (code === END) {
      add(add(node, OPTION_TYPE, 0, start + from, start + to), OPTION_END, END, start + from, start + to);
      continue;
    }
    const option = add(node, OPTION_TYPE, code, start + from, start + to);
    if (to - from >= 2) add(option, OPTION_LENGTH, to - from - 2, start + from + 1, start + from + 2);
    if (to - from > 2)
      add(option, OPTION_VALUE, bytes.subarray(start + from + 2, start + to), start + from + 2, start + to);
    const field = BY_CODE.get(code);
    const value = values.get(code);
    if (field === undefined || value === undefined) continue;
    for (const [item, at, end] of itemsOf(value, bytes, start + from + 2, start + to))
      add(option, field, item, at, end);
    if (code === DHCP_OPTION.MESSAGE_TYPE && value.kind === 'number') type = value.value;
  }
  return type;
}

type Item = readonly [value: number | string, start: number, end: number];

/** What stands in these bytes, which are one of the pieces where the option comes several times (RFC 3396). */
function itemsOf(option: DhcpOption, bytes: Uint8Array, start: number, end: number): Item[] {
  switch (option.kind) {
    case 'address':
    case 'addresses': {
      const items: Item[] = [];
      for (let at = start; at + 4 <= end; at += 4) items.push([get32(bytes, at), at, at + 4]);
      return items;
    }
    case 'number':
      return end - start === OPTION_SHAPES.get(option.code)?.size ? [[option.value, start, end]] : [];
    case 'text':
      return [[latin1(bytes, start, end), start, end]];
    default:
      return [];
  }
}
