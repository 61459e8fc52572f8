import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('no field that will hold large numbers begins with a small one', () => {
  const source = readFileSync(new URL('control-block.ts', import.meta.url), 'utf8');
  const begun = [...source.matchAll(/^ {2}(\w+): (?:Instant|DurationNs) = (\S+);/gm)];
  expect(begun.length).toBeGreaterThan(14);
  expect(begun.filter(([, , value]) => /^-?\d/.test(value!)).map(([, name]) => name)).toEqual([]);
});
