import { expect, test } from 'vitest';
import { minimise } from './minimise.ts';

test('what does not matter goes, what matters stays in its order', async () => {
  const differs = (steps: readonly string[]): boolean =>
    steps.indexOf('open') >= 0 && steps.indexOf('odd') > steps.indexOf('open');
  let asked = 0;
  const least = await minimise(
    [
      ['a', 'open', 'b', 'odd', 'c'],
      ['open', 'odd'],
      ['odd', 'open'],
    ],
    async (cases) => {
      asked++;
      return cases.map(differs);
    },
  );
  expect(least).toEqual([
    ['open', 'odd'],
    ['open', 'odd'],
    ['odd', 'open'],
  ]);
  expect(asked).toBeLessThan(6);
});
