/** Ethernet II (IEEE 802.3 section 3, EtherType form): two addresses and a type. Preamble and frame check sequence are not kept. */
import { MacAddress } from '../base/address.ts';
import { get16, get48, put16, put48 } from './buffer.ts';
import type { Frame } from './packet.ts';

const AT = { dst: 0, src: 6, etherType: 12 } as const;

// -- encode

export function putEthernet(bytes: Uint8Array, frame: Frame): void {
  put48(bytes, AT.dst, frame.dst.key);
  put48(bytes, AT.src, frame.src.key);
  put16(bytes, AT.etherType, frame.etherType);
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
