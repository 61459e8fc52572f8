/**
 * What is wrong with a lab, as data: the place, a code and the values that belong to it. The sentence is made where the language is known
 * (`view/messages`).
 */
export type ProblemCode =
  | 'unknown-key'
  | 'missing-key'
  | 'not-a'
  | 'not-interface-address'
  | 'not-address'
  | 'not-mac'
  | 'not-rate'
  | 'not-duration'
  | 'not-probability'
  | 'not-route'
  | 'not-path'
  | 'not-in-range'
  | 'not-a-choice'
  | 'not-a-kind'
  | 'bad-lab-id'
  | 'bad-machine-name'
  | 'reserved-machine-name'
  | 'bad-card-name'
  | 'no-machines'
  | 'not-an-end'
  | 'no-such-machine'
  | 'no-such-port'
  | 'port-taken'
  | 'no-free-port'
  | 'cable-name-taken'
  | 'no-such-param'
  | 'no-such-check'
  | 'no-such-cable'
  | 'address-taken'
  | 'gateway-not-on-link'
  // labs in YAML
  | 'no-such-step'
  | 'no-action'
  | 'two-actions'
  | 'no-observation'
  | 'name-taken'
  | 'not-a-host'
  | 'unknown-tag'
  | 'wrong-tag'
  | 'not-yaml'
  | 'not-a-cable';

export type PathPart = string | number;

export interface LabProblem {
  readonly path: readonly PathPart[];
  readonly code: ProblemCode;
  readonly values: Readonly<Record<string, string>>;
}

/** `machines.laptop.eth0`, `cables[0].rate`: as people write it, who name a card beside the gateway. */
export function pathText(path: readonly PathPart[]): string {
  const written = path[0] === 'machines' && path[2] === 'interfaces' ? path.toSpliced(2, 1) : path;
  return written.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}

/** The word that a typing mistake most likely meant; undefined where none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.min(Math.floor(word.length / 3) + 2, word.length);
  for (const candidate of known) {
    const d = distance(word.toLowerCase().slice(0, 64), candidate.toLowerCase());
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best;
}

/** Edits (insert, delete, replace one letter) between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
