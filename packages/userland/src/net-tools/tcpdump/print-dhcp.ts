/** DHCP messages: one line without -v, every field that is set and every option with it. */
import { hex } from '@netarium/core/base/bytes.ts';
import { decodeDhcp } from '@netarium/core/wire/dhcp-decoder.ts';
import { DHCP_OPTION, type DhcpOption } from '@netarium/core/wire/dhcp-options.ts';
import { hex4, macText, type PrintContext, u32 } from './context.ts';

/** tcpdump's names of options. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [DHCP_OPTION.SUBNET_MASK, 'Subnet-Mask'],
  [2, 'Time-Zone'],
  [DHCP_OPTION.ROUTERS, 'Default-Gateway'],
  [DHCP_OPTION.NAME_SERVERS, 'Domain-Name-Server'],
  [DHCP_OPTION.HOST_NAME, 'Hostname'],
  [DHCP_OPTION.DOMAIN_NAME, 'Domain-Name'],
  [DHCP_OPTION.INTERFACE_MTU, 'MTU'],
  [DHCP_OPTION.BROADCAST, 'BR'],
  [33, 'Static-Route'],
  [42, 'NTP'],
  [DHCP_OPTION.REQUESTED_ADDRESS, 'Requested-IP'],
  [DHCP_OPTION.LEASE_TIME, 'Lease-Time'],
  [DHCP_OPTION.MESSAGE_TYPE, 'DHCP-Message'],
  [DHCP_OPTION.SERVER_ID, 'Server-ID'],
  [DHCP_OPTION.PARAMETER_LIST, 'Parameter-Request'],
  [DHCP_OPTION.MESSAGE, 'MSG'],
  [DHCP_OPTION.MAX_SIZE, 'MSZ'],
  [DHCP_OPTION.RENEWAL_TIME, 'RN'],
  [DHCP_OPTION.REBINDING_TIME, 'RB'],
  [DHCP_OPTION.VENDOR_CLASS, 'Vendor-Class'],
  [DHCP_OPTION.CLIENT_ID, 'Client-ID'],
]);
const MESSAGES = ['Discover', 'Offer', 'Request', 'Decline', 'ACK', 'NACK', 'Release', 'Inform'] as const;

function optionLength(option: DhcpOption): number {
  switch (option.kind) {
    case 'address':
      return 4;
    case 'addresses':
      return option.addresses.length * 4;
    case 'text':
      return option.text.length;
    case 'codes':
      return option.codes.length;
    case 'raw':
      return option.bytes.length;
    case 'number':
      return option.code === DHCP_OPTION.MESSAGE_TYPE || option.code === DHCP_OPTION.OVERLOAD
        ? 1
        : option.code === DHCP_OPTION.INTERFACE_MTU || option.code === DHCP_OPTION.MAX_SIZE
          ? 2
          : 4;
  }
}

function optionText(option: DhcpOption): string {
  if (option.code === DHCP_OPTION.MESSAGE_TYPE && option.kind === 'number')
    return MESSAGES[option.value - 1] ?? `Unknown (${option.value})`;
  if (
    option.code === DHCP_OPTION.CLIENT_ID &&
    option.kind === 'raw' &&
    option.bytes[0] === 1 &&
    option.bytes.length === 7
  )
    return `ether ${macText(option.bytes, 1)}`;
  switch (option.kind) {
    case 'address':
      return option.address;
    case 'addresses':
      return option.addresses.join(',');
    case 'number':
      return String(option.value);
    case 'text':
      return `"${option.text}"`;
    case 'raw':
      return hex(option.bytes, ':');
    case 'codes': {
      const names = option.codes.map((code) => ` ${NAMES.get(code) ?? 'Unknown'} (${code})`);
      const lines: string[] = [];
      for (let i = 0; i < names.length; i += 4) lines.push(`\n\t     ${names.slice(i, i + 4).join(',')}`);
      return lines.join('');
    }
  }
}

export function dhcpText(context: PrintContext, bytes: Uint8Array, length: number): string {
  if (bytes.length < 236) return 'BOOTP/DHCP, [|bootp]';
  const kind =
    bytes[0] === 1
      ? 'Request'
      : bytes[0] === 2
        ? 'Reply'
        : `unknown (0x${(bytes[0] ?? 0).toString(16).padStart(2, '0')})`;
  const from = bytes[0] === 1 && bytes[1] === 1 && bytes[2] === 6 ? ` from ${macText(bytes, 28)}` : '';
  const head = `BOOTP/DHCP, ${kind}${from}, length ${length}`;
  if (context.verbose === 0) return head;
  const { message, layout } = decodeDhcp(bytes);
  let text = head;
  if (message.hops > 0) text += `, hops ${message.hops}`;
  text += `, xid 0x${u32(bytes, 4).toString(16)}`;
  if (message.secs > 0) text += `, secs ${message.secs}`;
  const word = context.verbose > 1 ? ` (0x${hex4(message.flags)})` : '';
  text += `, Flags [${message.flags & 0x8000 ? 'Broadcast' : 'none'}]${word}`;
  const addresses = [
    ['Client-IP', message.ciaddr],
    ['Your-IP', message.yiaddr],
    ['Server-IP', message.siaddr],
    ['Gateway-IP', message.giaddr],
  ] as const;
  for (const [name, address] of addresses) if (address !== '0.0.0.0') text += `\n\t  ${name} ${address}`;
  text += `\n\t  Client-Ethernet-Address ${macText(bytes, 28)}`;
  if (message.sname !== '') text += `\n\t  sname "${message.sname}"`;
  if (message.file !== '') text += `\n\t  file "${message.file}"`;
  text += '\n\t  Vendor-rfc1048 Extensions\n\t    Magic Cookie 0x63825363';
  for (const option of message.options)
    text += `\n\t    ${NAMES.get(option.code) ?? 'Unknown'} (${option.code}), length ${optionLength(option)}: ${optionText(option)}`;
  const end = layout.options.findLast(({ area }) => area === 'options');
  if (context.verbose > 2 && end?.code === DHCP_OPTION.END) text += paddingText(bytes.subarray(end.end));
  return text;
}

/** The end mark and the padding behind it, which only -vvv shows. */
function paddingText(rest: Uint8Array): string {
  const other = rest.findIndex((byte) => byte !== DHCP_OPTION.PAD);
  const pads = other < 0 ? rest.length : other;
  const padding = `\n\t    PAD (0), length 0${pads > 1 ? `, occurs ${pads}` : ''}`;
  return `\n\t    END (255), length 0${pads > 0 ? padding : ''}`;
}
