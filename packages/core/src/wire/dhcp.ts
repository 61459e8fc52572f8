/**
 * DHCP messages and their bytes (RFC 2131 section 2, options of RFC 2132, long options of RFC 3396); `dhcp-decoder.ts` reads them.
 * Left out: writing options into `file` and `sname` (option 52); they are read there, so a value that came from such a message
 * holds all its options and encodes into the options field alone.
 */
import { parseIpv4 } from '../base/address.ts';
import { assert } from '../base/assert.ts';
import { ByteWriter, concatBytes } from '../base/bytes.ts';
import { DHCP_OPTION, type DhcpOption, OPTION_SHAPES } from './dhcp-options.ts';

export const DHCP_SERVER_PORT = 67;
export const DHCP_CLIENT_PORT = 68;
export const BOOTREQUEST = 1;
export const BOOTREPLY = 2;

export const DHCP_MAGIC = 0x6382_5363;
/** BOOTP messages have at least 300 bytes (RFC 1542 section 2.1); every real client and server still pads to that. */
const MIN_LENGTH = 300;

export interface DhcpMessage {
  readonly op: number;
  readonly htype: number;
  readonly hops: number;
  readonly xid: number;
  readonly secs: number;
  /** The first bit is BROADCAST (RFC 2131 figure 2). */
  readonly flags: number;
  readonly ciaddr: string;
  readonly yiaddr: string;
  readonly siaddr: string;
  readonly giaddr: string;
  /** The hardware address, as long as `hlen` says. */
  readonly chaddr: Uint8Array;
  readonly sname: string;
  readonly file: string;
  readonly options: readonly DhcpOption[];
}

export const DHCP_BROADCAST_FLAG = 0x8000;

export function encodeDhcp(message: DhcpMessage): Uint8Array {
  const out = new ByteWriter(MIN_LENGTH);
  assert(message.chaddr.length <= 16, 'chaddr longer than 16 bytes');
  out.u8(message.op).u8(message.htype).u8(message.chaddr.length).u8(message.hops);
  out.u32(message.xid).u16(message.secs).u16(message.flags);
  for (const address of [message.ciaddr, message.yiaddr, message.siaddr, message.giaddr])
    out.put(addressBytes(address));
  out.put(message.chaddr).zeros(16 - message.chaddr.length);
  putText(out, message.sname, 64);
  putText(out, message.file, 128);
  out.u32(DHCP_MAGIC);
  for (const option of message.options) if (option.code !== DHCP_OPTION.OVERLOAD) putOption(out, option);
  out.u8(DHCP_OPTION.END);
  if (out.length < MIN_LENGTH) out.zeros(MIN_LENGTH - out.length);
  return out.bytes();
}

function addressBytes(text: string): Uint8Array {
  const address = parseIpv4(text);
  assert(address, `${text} is not an IPv4 address`);
  return address.bytes();
}

function latinBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

function putText(out: ByteWriter, text: string, size: number): void {
  assert(text.length < size, `text of ${text.length} bytes in a field of ${size}`);
  out.put(latinBytes(text)).zeros(size - text.length);
}

function putOption(out: ByteWriter, option: DhcpOption): void {
  const content = optionBytes(option);
  // RFC 3396 section 5: what is longer than 255 bytes goes into several options of the same code.
  for (let at = 0; at === 0 || at < content.length; at += 255) {
    const part = content.subarray(at, at + 255);
    out.u8(option.code).u8(part.length).put(part);
  }
}

function optionBytes(option: DhcpOption): Uint8Array {
  switch (option.kind) {
    case 'address':
      return addressBytes(option.address);
    case 'addresses':
      return concatBytes(option.addresses.map(addressBytes));
    case 'text':
      return latinBytes(option.text);
    case 'codes':
      return Uint8Array.from(option.codes);
    case 'raw':
      return option.bytes;
    case 'number': {
      const size = OPTION_SHAPES.get(option.code)?.size;
      assert(size !== undefined, `option ${option.code} is not a number`);
      const out = new ByteWriter(4);
      if (size === 1) out.u8(option.value);
      else if (size === 2) out.u16(option.value);
      else out.u32(option.value);
      return out.bytes();
    }
  }
}

export function optionAddress(message: DhcpMessage, code: number): string | undefined {
  const option = message.options.find((one) => one.code === code);
  return option?.kind === 'address' ? option.address : undefined;
}

export function optionAddresses(message: DhcpMessage, code: number): readonly string[] {
  const option = message.options.find((one) => one.code === code);
  return option?.kind === 'addresses' ? option.addresses : [];
}

export function optionNumber(message: DhcpMessage, code: number): number | undefined {
  const option = message.options.find((one) => one.code === code);
  return option?.kind === 'number' ? option.value : undefined;
}

/** A text option; a trailing NUL is dropped (RFC 2132 section 2). */
export function optionText(message: DhcpMessage, code: number): string | undefined {
  const option = message.options.find((one) => one.code === code);
  return option?.kind === 'text' ? option.text.replace(/\0+$/, '') : undefined;
}
