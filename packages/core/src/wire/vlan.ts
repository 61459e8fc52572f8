/** IEEE 802.1Q: priority (3 bits), drop eligible (1), VLAN id (12), and the type of what follows. */
import { get16, put16 } from './buffer.ts';
import type { Dissector } from './dissector.ts';
import { ETHER_TYPE_NAMES } from './ethernet.ts';
import { type HeaderTable, hexUint, names, row, uint } from './field.ts';
import type { VlanTagged } from './packet.ts';

export const VLAN_TAG_LENGTH = 4;

const AT = { control: 0, etherType: 2 } as const;
const PRIORITY_SHIFT = 13;
const DROP_ELIGIBLE = 0x1000;
const ID_MASK = 0x0fff;

// -- fields

/** IEEE 802.1Q-2018 table I-2, in the words that Wireshark uses. */
const PRIORITIES = names({
  'Best Effort (default)': 0,
  Background: 1,
  'Excellent Effort': 2,
  'Critical Applications': 3,
  'Video, < 100ms latency and jitter': 4,
  'Voice, < 10ms latency and jitter': 5,
  'Internetwork Control': 6,
  'Network Control': 7,
});

export const VLAN: HeaderTable = {
  protocol: row('vlan', 'none', '802.1Q Virtual LAN', '虚拟局域网 802.1Q'),
  rows: [
    uint('vlan.priority', AT.control, 2, 'Priority', '优先级 Priority', { mask: 0xe000, names: PRIORITIES }),
    { ...uint('vlan.dei', AT.control, 2, 'DEI', '可丢弃 DEI', { mask: DROP_ELIGIBLE }), type: 'bool' },
    uint('vlan.id', AT.control, 2, 'ID', 'VLAN 标识 ID', { mask: ID_MASK }),
    hexUint('vlan.etype', AT.etherType, 2, 'Type', '上层协议类型 Type', { names: ETHER_TYPE_NAMES }),
  ],
};

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

// -- tree

/** Adds the tag's node; returns the inner EtherType, or undefined where the tag is cut. */
export function vlanTree(d: Dissector, at: number, end: number): number | undefined {
  const node = d.header(VLAN, at, at + VLAN_TAG_LENGTH, end);
  if (end - at < VLAN_TAG_LENGTH) {
    d.malformed(node, end, 'short header');
    return undefined;
  }
  const { vlanId, priority, dropEligible, etherType } = getVlan(d.bytes, at);
  d.column('VLAN', `PRI: ${priority} DEI: ${dropEligible ? 1 : 0} ID: ${vlanId}`);
  return etherType;
}
