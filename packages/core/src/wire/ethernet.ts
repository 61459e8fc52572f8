/** Ethernet II (IEEE 802.3 section 3, EtherType form): two addresses and a type. Preamble and frame check sequence are not kept. */
import { MacAddress } from '../base/address.ts';
import { get16, get48, put16, putMac } from './buffer.ts';
import { type Dissector, findChild } from './dissector.ts';
import { flag, type HeaderTable, hexUint, macField, names, row } from './field.ts';
import type { Frame } from './packet.ts';

const AT = { dst: 0, src: 6, etherType: 12 } as const;

// -- fields

export const ETHER_TYPE_NAMES = names({ IPv4: 0x0800, ARP: 0x0806, '802.1Q Virtual LAN': 0x8100, IPv6: 0x86dd });

const LG = 0x02_0000;
const IG = 0x01_0000;

export const ETHERNET: HeaderTable = {
  protocol: row('eth', 'none', 'Ethernet II', '以太网 Ethernet II'),
  rows: [
    macField('eth.dst', AT.dst, 'Destination', '目的 MAC 地址 Destination', { also: ['eth.addr'] }),
    flag('eth.dst.lg', AT.dst, 3, LG, 'LG bit (locally administered)', '本地管理位 LG bit', 'eth.dst'),
    flag('eth.dst.ig', AT.dst, 3, IG, 'IG bit (group address)', '组地址位 IG bit', 'eth.dst'),
    macField('eth.src', AT.src, 'Source', '源 MAC 地址 Source', { also: ['eth.addr'] }),
    flag('eth.src.lg', AT.src, 3, LG, 'LG bit (locally administered)', '本地管理位 LG bit', 'eth.src'),
    flag('eth.src.ig', AT.src, 3, IG, 'IG bit (group address)', '组地址位 IG bit', 'eth.src'),
    hexUint('eth.type', AT.etherType, 2, 'Type', '上层协议类型 Type', { names: ETHER_TYPE_NAMES }),
  ],
};
export const ETHERNET_LENGTH_FIELD = row('eth.len', 'uint', 'Length', '长度 Length');
export const ETHERNET_PADDING = row('eth.padding', 'bytes', 'Padding', '填充 Padding');
export const ETHERNET_TRAILER = row('eth.trailer', 'bytes', 'Trailer', '尾部 Trailer');

// -- encode

export function putEthernet(bytes: Uint8Array, at: number, frame: Frame): void {
  putMac(bytes, at + AT.dst, frame.dst);
  putMac(bytes, at + AT.src, frame.src);
  put16(bytes, at + AT.etherType, frame.etherType);
}

// -- decode

export interface EthernetHeader {
  readonly dst: MacAddress;
  readonly src: MacAddress;
  readonly etherType: number;
}

/** The caller has checked that 14 bytes are there. */
export function getEthernet(bytes: Uint8Array): EthernetHeader {
  return {
    dst: new MacAddress(get48(bytes, AT.dst)),
    src: new MacAddress(get48(bytes, AT.src)),
    etherType: get16(bytes, AT.etherType),
  };
}

// -- tree

/** Adds the header's node; returns the EtherType, or undefined for a runt. */
export function ethernetTree(d: Dissector): number | undefined {
  const { bytes } = d;
  const node = d.header(ETHERNET, 0, 14, bytes.length);
  if (bytes.length < 14) {
    d.malformed(node, bytes.length, 'short header');
    return undefined;
  }
  d.source = findChild(node, 'eth.src')!.show;
  d.destination = findChild(node, 'eth.dst')!.show;
  const etherType = get16(bytes, AT.etherType);
  d.column('Ethernet II', `Ethernet Unknown (0x${etherType.toString(16).padStart(4, '0')})`);
  return etherType;
}
