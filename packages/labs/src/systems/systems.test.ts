import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { claims, questions } from '../questions/questions.ts';
import { clauses } from './clauses.ts';
import { areas, rows } from './rows.ts';

test('154 rows in 19 areas, numbered without a gap', () => {
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 154 }, (_, i) => i + 1));
  expect(areas.map(({ id }) => id)).toEqual(Array.from({ length: 19 }, (_, i) => `A${i + 1}`));
  const known = new Set(areas.map(({ id }) => id));
  for (const { id, area, name } of rows)
    expect(known.has(area) && name.en !== '' && name.zh !== '', String(id)).toBe(true);
});

test('clauses belong to rows', () => {
  const stage = [
    1, 2, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 19, 20, 21, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
    40, 41, 45, 55, 56, 62, 65,
  ];
  for (const row of stage) expect(clauses.get(row)?.length, String(row)).toBeGreaterThan(0);
  for (const row of clauses.keys()) expect(rows.some(({ id }) => id === row)).toBe(true);
  for (const { comparedBy } of [...clauses.values()].flat()) {
    if (comparedBy !== undefined) expect(existsSync(new URL(`../../../../${comparedBy}`, import.meta.url))).toBe(true);
  }
});

test('questions name claims and rows that exist, and no file of the notes', () => {
  expect(questions).toHaveLength(104);
  expect(claims.size).toBe(398);
  for (const { id, claims: named, rows: about } of questions) {
    for (const claim of named) expect(claims.has(claim), `${id} ${claim}`).toBe(true);
    for (const row of about)
      expect(
        rows.some((known) => known.id === row),
        `${id} ${row}`,
      ).toBe(true);
  }
  expect(JSON.stringify([questions, [...claims.values()]])).not.toMatch(/\d{3}_[0-9a-f]{8}/);
});
