/** Filters for what a person points at: a packet's ends, its conversation, its protocol; a machine; and the packet that an event is about. */
import type { Dissection } from '@netarium/core/wire/tree.ts';
import type { MachineState } from '../machine/machine-state.ts';
import type { Values } from '../recording/event-values.ts';
import type { Recording } from '../recording/recording.ts';
import { nodeNamed } from './answers.ts';
import { conversationFilter } from './filters.ts';
import type { PacketClass } from './packet-class.ts';

export interface PacketFilters {
  /** Each undefined where the packet has none. */
  readonly conversation: string | undefined;
  readonly source: string | undefined;
  readonly destination: string | undefined;
  readonly protocol: string | undefined;
}

export function packetFilters(dissection: Dissection): PacketFilters {
  const { nodes } = dissection;
  const end = (side: 'src' | 'dst'): string | undefined => {
    for (const [name, any] of [
      [`ip.${side}`, 'ip.addr'],
      [`arp.${side}.proto_ipv4`, undefined],
      [`eth.${side}`, 'eth.addr'],
    ] as const) {
      const show = nodeNamed(nodes, name)?.show;
      if (show !== undefined && show !== '') return `${any ?? name} == ${show}`;
    }
    return undefined;
  };
  // The innermost protocol; bytes that nobody took apart are none.
  const protocol = nodes.findLast(({ name }) => name !== 'data' && name !== 'frame' && !name.startsWith('_'))?.name;
  return { conversation: conversationFilter(dissection), source: end('src'), destination: end('dst'), protocol };
}

/** Everything from or for a machine, by the addresses that it has at an instant and those of its cards; undefined for a switch, which has none. */
export function machineFilter({ cards }: Recording, name: string, { addresses }: MachineState): string | undefined {
  const own = [
    // What stays on the machine is on no cable.
    ...[...addresses.values()]
      .filter(({ address }) => !address.startsWith('127.'))
      .map(({ address }) => `ip.addr == ${address.replace(/\/.*$/, '')}`),
    ...cards.filter(({ host }) => host === name).map(({ mac }) => `eth.addr == ${mac}`),
  ];
  return own.length === 0 ? undefined : [...new Set(own)].join(' || ');
}

/** 0 where the event is about none. */
export function packetOfEvent(values: Values): number {
  return typeof values.packet === 'number' ? values.packet : 0;
}

/** What the legend's classes are as filters. */
export const CLASS_FILTERS: Readonly<Record<PacketClass, string>> = {
  link: 'arp || dhcp',
  icmp: 'icmp',
  udp: 'udp && !dhcp',
  tcp: 'tcp.len == 0 && tcp.flags.reset == 0',
  application: 'tcp.len > 0 && tcp.flags.reset == 0',
  error: 'tcp.flags.reset == 1',
  other: '!arp && !icmp && !udp && !tcp',
};
