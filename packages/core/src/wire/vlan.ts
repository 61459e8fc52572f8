/** IEEE 802.1Q: priority (3 bits), drop eligible (1), VLAN id (12), and the type of what follows. */
import { get16, put16 } from './buffer.ts';
import type { VlanTagged } from './packet.ts';

export const VLAN_TAG_LENGTH = 4;

const AT = { control: 0, etherType: 2 } as const;
const PRIORITY_SHIFT = 13;
const DROP_ELIGIBLE = 0x1000;
const ID_MASK = 0x0fff;

// -- encode

export function putVlan(bytes: Uint8Array, at: number, tag: VlanTagged): void {
  const control = (tag.priority << PRIORITY_SHIFT) | (tag.dropEligible ? DROP_ELIGIBLE : 0) | tag.vlanId;
  put16(bytes, at + AT.control, control);
  put16(bytes, at + AT.etherType, tag.etherType);
}

// -- decode

export interface VlanHeader {
  readonly vlanId: number;
  readonly priority: number;
  readonly dropEligible: boolean;
  readonly etherType: number;
}

/** The caller has checked that four bytes are there. */
export function getVlan(bytes: Uint8Array, at: number): VlanHeader {
  const control = get16(bytes, at + AT.control);
  return {
    vlanId: control & ID_MASK,
    priority: control >> PRIORITY_SHIFT,
    dropEligible: (control & DROP_ELIGIBLE) !== 0,
    etherType: get16(bytes, at + AT.etherType),
  };
}
