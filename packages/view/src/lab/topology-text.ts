/**
 * A topology as lines of text: a tree from the first machine along the cables, then the cables that close a circle. Parameters are shown by name,
 * because a lab is shown without a run.
 */
import type { LabDefinition } from '@netarium/core/check/lab.ts';
import type { CableSpec, FaultSpec, HostSpec, MachineSpec } from '@netarium/core/world/topology.ts';
import type { Messages } from '../messages/messages.ts';

interface Link {
  readonly cable: CableSpec;
  readonly near: string;
  readonly far: string;
}

export function topologyText(lab: Pick<LabDefinition, 'machines' | 'cables'>, m: Messages): string[] {
  const { machines, cables = [] } = lab;
  const drawn = new Set<string>();
  const used = new Set<CableSpec>();
  const lines: string[] = [];
  const draw = (name: string, indent: string): void => {
    const links = linksOf(name, cables);
    const next = links.filter(({ cable, far }) => !used.has(cable) && !drawn.has(machineOf(far)));
    const children: Link[] = [];
    for (const link of next) {
      if (drawn.has(machineOf(link.far))) continue;
      drawn.add(machineOf(link.far));
      used.add(link.cable);
      children.push(link);
    }
    children.forEach((link, i) => {
      const last = i === children.length - 1;
      const far = machineOf(link.far);
      lines.push(`${indent}${last ? '└─' : '├─'} ${cableText(link.cable, m)}${machineText(far, machines[far], m)}`);
      draw(far, `${indent}${last ? '   ' : '│  '}`);
    });
  };
  for (const [name, spec] of Object.entries(machines)) {
    if (drawn.has(name)) continue;
    drawn.add(name);
    lines.push(machineText(name, spec, m));
    draw(name, '');
  }
  const rest = cables.filter((cable) => !used.has(cable));
  if (rest.length > 0)
    lines.push(`${m.show.also}:`, ...rest.map((cable) => `  ${cable.from} ── ${cableText(cable, m)}${cable.to}`));
  return lines;
}

function machineOf(end: string): string {
  return end.split('.')[0]!;
}

function linksOf(name: string, cables: readonly CableSpec[]): Link[] {
  return cables.flatMap((cable) => {
    if (machineOf(cable.from) === name) return [{ cable, near: cable.from, far: cable.to }];
    if (machineOf(cable.to) === name) return [{ cable, near: cable.to, far: cable.from }];
    return [];
  });
}

function machineText(name: string, spec: MachineSpec | undefined, m: Messages): string {
  if (spec === undefined) return name;
  const kind = m.show.kinds[spec.kind] ?? spec.kind;
  if (spec.kind === 'switch' || spec.kind === 'hub') return `${name} (${kind})`;
  const cards = Object.entries(spec.interfaces).map(([card, value]) => `${card} ${addressText(value)}`.trim());
  return [`${name} (${kind})`, ...cards].join('  ');
}

function addressText(value: HostSpec['interfaces'][string]): string {
  const address =
    typeof value === 'object' && 'param' in value ? value : typeof value === 'object' ? value.address : value;
  return (Array.isArray(address) ? address : [address]).map(show).join(' ');
}

/** A value, or the name of the parameter that it comes from. */
export function show(value: unknown): string {
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map(show).join(', ');
  return typeof value === 'object' && value !== null && 'param' in value ? `{${String(value.param)}}` : String(value);
}

function cableText(cable: CableSpec, m: Messages): string {
  const words = [show(cable.rate), show(cable.delay), ...faultWords(cable, m)];
  if (cable.forward !== undefined) words.push(`→ ${directionText(cable.forward, m)}`);
  if (cable.backward !== undefined) words.push(`← ${directionText(cable.backward, m)}`);
  if (cable.plugged === false) words.push(m.show.unplugged);
  const known = words.filter((word) => word !== '');
  return known.length === 0 ? '' : `[${known.join(', ')}] `;
}

function directionText(spec: FaultSpec & { readonly rate?: unknown; readonly delay?: unknown }, m: Messages): string {
  return [show(spec.rate), show(spec.delay), ...faultWords(spec, m)].filter((word) => word !== '').join(' ');
}

function faultWords({ loss, duplicate, corrupt, reorder, jitter, drop }: FaultSpec, m: Messages): string[] {
  const words: string[] = [];
  if (loss !== undefined) words.push(m.show.loss(show(loss)));
  if (duplicate !== undefined) words.push(m.show.duplicate(show(duplicate)));
  if (corrupt !== undefined) words.push(m.show.corrupt(show(corrupt)));
  if (reorder !== undefined) words.push(m.show.reorder(show(reorder)));
  if (jitter !== undefined) words.push(m.show.jitter(show(jitter)));
  if (drop !== undefined)
    words.push(m.show.drop(`${show(drop.nth)}${drop.matching === undefined ? '' : ` (${drop.matching})`}`));
  return words;
}
