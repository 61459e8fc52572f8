/** Every numbered requirement of RFC 9293 has code that exists and a proof, or says why not; enough of them have the kernel's agreement. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isConfirmed, readRequirements, scriptsByRequirement } from './requirements.ts';

const ROOT = new URL('../../', import.meta.url);
const requirements = readRequirements();
const scripts = scriptsByRequirement();
const COUNTS = [
  ['MUST', 69],
  ['SHLD', 31],
  ['MAY', 18],
  ['REC', 1],
] as const;

it.each(COUNTS)('%s-1 to %s-%i are there, once each', (kind, count) => {
  const ids = requirements.map(({ id }) => id).filter((id) => id.startsWith(`${kind}-`));
  expect([...ids].sort()).toEqual(Array.from({ length: count }, (_, i) => `${kind}-${i + 1}`).sort());
});

it.each([
  ['MUST', 60],
  ['SHLD', 20],
] as const)('%s: code, script and the kernel agree on %i at least', (kind, least) => {
  const confirmed = requirements.filter((one) => one.id.startsWith(kind) && isConfirmed(one, scripts));
  expect(confirmed.length).toBeGreaterThanOrEqual(least);
});

describe.each(requirements)('$id', ({ id, code, other }) => {
  const held = scripts.get(`RFC 9293 ${id}`) ?? [];

  it('has code that exists', () => {
    if (code === '') {
      expect(['not observable', 'like Linux', 'open']).toContain(other?.kind);
      return;
    }
    const [file = '', symbol = ''] = code.split(':');
    const text = readFileSync(new URL(`packages/core/src/${file}`, ROOT), 'utf8');
    const declaration = new RegExp(`(?:function|class|const|interface) ${symbol}\\b|^  (?:private )?${symbol}\\(`, 'm');
    expect(text, `${symbol} in ${file}`).toMatch(declaration);
  });

  it('has a proof', () => {
    if (other === undefined) expect(held, 'a packet script names it').not.toEqual([]);
    else if (other.kind === 'test') expect(existsSync(new URL(other.text, ROOT)), other.text).toBe(true);
    else expect(other.text.length).toBeGreaterThan(10);
  });
});

it('scripts name requirements that exist', () => {
  const known = new Set(requirements.map(({ id }) => `RFC 9293 ${id}`));
  const numbered = [...scripts.keys()].filter((name) => /^RFC 9293 [A-Z]+-/.test(name));
  expect(numbered.filter((name) => !known.has(name))).toEqual([]);
});
