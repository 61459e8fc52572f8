/** docs/coverage/tcp.md: which requirement has which code, which script, and what the kernel and our host make of it. */
import { runPacketScript } from '@netarium/core/check/packetscript/run-script.ts';
import { kernelHeading, scriptText } from '../packetscripts/kernel-table.ts';
import {
  type HoldingScript,
  isConfirmed,
  type Requirement,
  readRequirements,
  scriptsByRequirement,
} from './requirements.ts';

const KINDS = ['MUST', 'SHLD', 'MAY', 'REC'] as const;
const SCRIPTS = '../../test/packetscripts';
const SOURCES = '../../packages/core/src';

export function coveragePage(): string {
  const requirements = readRequirements();
  const scripts = scriptsByRequirement();
  const parts = [
    '# TCP: requirements, code, scripts',
    'Written by `npx tsx scripts/requirements.ts` from `test/requirements` and `test/packetscripts`.',
    `The kernel's verdicts: ${kernelHeading()}. Ours are in virtual time, with the script's own tolerance. *yes*: does what the script says.`,
    '## RFC 9293, numbered requirements',
    summary(requirements, scripts),
    numbered(requirements, scripts),
    '## By section and RFC',
    bySection(scripts),
  ];
  return `${parts.join('\n\n')}\n`;
}

function summary(requirements: readonly Requirement[], scripts: Scripts): string {
  const rows = KINDS.map((kind) => {
    const all = requirements.filter(({ id }) => id.startsWith(`${kind}-`));
    const confirmed = all.filter((one) => isConfirmed(one, scripts));
    const rest = all.filter((one) => !confirmed.includes(one));
    const of = (wanted: string): number => rest.filter((one) => (one.other?.kind ?? 'like Linux') === wanted).length;
    return `| ${kind} | ${all.length} | ${confirmed.length} | ${of('test')} | ${of('like Linux')} | ${of('not observable')} | ${of('open')} |`;
  });
  const head =
    '| | all | code, script and kernel agree | code and unit test | differs, like Linux | not observable | open |';
  return [head, '|---|---|---|---|---|---|---|', ...rows].join('\n');
}

type Scripts = ReadonlyMap<string, readonly HoldingScript[]>;

function numbered(requirements: readonly Requirement[], scripts: Scripts): string {
  const rows = requirements.map((one) => {
    const held = scripts.get(`RFC 9293 ${one.id}`) ?? [];
    const code = one.code === '' ? '' : codeLink(one.code);
    const proof = [
      ...held.map(scriptLink),
      ...(one.other === undefined ? [] : [`*${one.other.kind}*: ${one.other.text}`]),
    ];
    return `| ${one.id} | ${one.section} | ${one.asks} | ${code} | ${proof.join('<br>')} | ${verdicts(held, 'kernel')} | ${verdicts(held, 'ours')} |`;
  });
  return [
    '| id | section | asks | code | scripts, or why none | kernel | ours |',
    '|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function codeLink(code: string): string {
  const [file = '', symbol = ''] = code.split(':');
  return `[${symbol}](${SOURCES}/${file})`;
}

function scriptLink({ name, likeLinux }: HoldingScript): string {
  const short = name.replace(/\.pkt$/, '');
  return `[${short}](${SCRIPTS}/${name})${likeLinux === undefined ? '' : ` (*like Linux*: ${likeLinux})`}`;
}

function verdicts(held: readonly HoldingScript[], whose: 'kernel' | 'ours'): string {
  if (held.length === 0) return '';
  const passed = held.filter((one) => (whose === 'kernel' ? one.kernelAgrees : passes(one.name))).length;
  return passed === held.length ? 'yes' : `${passed} of ${held.length}`;
}

function passes(name: string): boolean {
  return runPacketScript(scriptText(name)).verdict === 'pass';
}

/** RFC by RFC in the order of their numbers, then the man pages. */
function bySection(scripts: Scripts): string {
  const names = [...scripts.keys()].filter((name) => !/^RFC 9293 [A-Z]+-/.test(name)).sort(bySourceAndSection);
  const rows = names.map((name) => {
    const held = scripts.get(name)!;
    return `| ${name} | ${held.map(scriptLink).join('<br>')} | ${verdicts(held, 'kernel')} | ${verdicts(held, 'ours')} |`;
  });
  return ['| requirement | scripts | kernel | ours |', '|---|---|---|---|', ...rows].join('\n');
}

function bySourceAndSection(a: string, b: string): number {
  const [x, y] = [numbersOf(a), numbersOf(b)];
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const difference = (x[i] ?? -1) - (y[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return a < b ? -1 : 1;
}

function numbersOf(name: string): number[] {
  return name.startsWith('man') ? [100_000] : [...name.matchAll(/\d+/g)].map(([digits]) => Number(digits));
}
