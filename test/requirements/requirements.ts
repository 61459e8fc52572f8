/** The requirements of RFC 9293 (`rfc9293.tsv`) and of the other RFCs that scripts name, with the scripts that hold them and the kernel's verdicts. */
import { readFileSync } from 'node:fs';
import { headerOf } from '../packetscripts/header.ts';
import { readTable, scriptNames, scriptText } from '../packetscripts/kernel-table.ts';

export interface Requirement {
  /** `MUST-14` */
  readonly id: string;
  readonly section: string;
  readonly asks: string;
  /** `file:symbol` below packages/core/src; empty where there is no code. */
  readonly code: string;
  readonly other: Other | undefined;
}

export interface Other {
  readonly kind: 'test' | 'not observable' | 'like Linux' | 'open';
  readonly text: string;
}

export interface HoldingScript {
  readonly name: string;
  /** The kernel does what the script says. */
  readonly kernelAgrees: boolean;
  /** How what it holds differs from the requirement, where it does. */
  readonly likeLinux: string | undefined;
}

const KINDS: readonly Other['kind'][] = ['test', 'not observable', 'like Linux', 'open'];

export function readRequirements(): Requirement[] {
  const text = readFileSync(new URL('rfc9293.tsv', import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [id = '', section = '', asks = '', code = '', last = ''] = line.split('\t');
    return { id, section, asks, code, other: otherOf(last) };
  });
}

function otherOf(text: string): Other | undefined {
  if (text === '') return undefined;
  const kind = KINDS.find((one) => text.startsWith(`${one}: `));
  if (kind === undefined) throw new Error(`the last column of rfc9293.tsv: '${text}'`);
  return { kind, text: text.slice(kind.length + 2) };
}

/** By the name of the requirement as scripts write it: `RFC 9293 MUST-14`. */
export function scriptsByRequirement(): Map<string, HoldingScript[]> {
  const table = readTable();
  const found = new Map<string, HoldingScript[]>();
  for (const name of scriptNames()) {
    const { requirements, likeLinux } = headerOf(scriptText(name));
    for (const requirement of requirements) {
      const script = { name, kernelAgrees: table.get(name)?.verdict === 'agrees', likeLinux };
      found.set(requirement, [...(found.get(requirement) ?? []), script]);
    }
  }
  return found;
}

/** True where there is code, and a script that holds the requirement itself, and the kernel does the same. */
export function isConfirmed(
  { id, code }: Requirement,
  scripts: ReadonlyMap<string, readonly HoldingScript[]>,
): boolean {
  const held = scripts.get(`RFC 9293 ${id}`) ?? [];
  return code !== '' && held.some(({ kernelAgrees, likeLinux }) => kernelAgrees && likeLinux === undefined);
}
