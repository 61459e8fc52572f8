/** Filters that a page writes for people: completions of what they typed, a field as a filter, the packets of one conversation. */
import { ALL_FIELDS } from '@netarium/core/wire/fields.ts';
import type { Dissection } from '@netarium/core/wire/tree.ts';
import type { TreeNode } from '@netarium/core/wire/tree-node.ts';
import { nodeNamed } from './answers.ts';
import { halfWidth } from './half-width.ts';

/** Where people often begin. */
export const COMMON_FILTERS = [
  'arp',
  'dns',
  'icmp',
  'tcp.flags.syn == 1',
  'tcp.len > 0',
  'tcp.analysis.flags',
  'http',
] as const;

const MOST_COMPLETIONS = 30;

/** Whole filters in which the last word is a field whose name goes on from it. */
export function completionsOf(filter: string): string[] {
  const [, before = '', word = ''] = /^(.*?)([a-z][\w.]*)$/s.exec(halfWidth(filter)) ?? [];
  if (word === '') return [];
  return [...ALL_FIELDS.keys()]
    .filter((name) => name.startsWith(word) && name !== word)
    .slice(0, MOST_COMPLETIONS)
    .map((name) => before + name);
}

/** Packets in which the field says the same. */
export function fieldFilter({ field, name, show }: TreeNode): string {
  if (show === '') return name;
  if (field.type === 'string') return `${name} == ${JSON.stringify(show)}`;
  return `${name} == ${show}`;
}

/** The packets of the same TCP stream, or between the same two UDP ports; undefined for what has no conversation. */
export function conversationFilter({ nodes }: Dissection): string | undefined {
  const show = (name: string): string => nodeNamed(nodes, name)?.show ?? '';
  const stream = show('tcp.stream');
  if (stream !== '') return `tcp.stream == ${stream}`;
  if (show('udp.srcport') === '') return undefined;
  const ends = ['src', 'dst'].flatMap((side) => [
    `ip.addr == ${show(`ip.${side}`)}`,
    `udp.port == ${show(`udp.${side}port`)}`,
  ]);
  return ends.join(' && ');
}
