/** The same expressions in CPython and in JavaScript: the same verdicts, on the examples and on values made at random. Debian's grep -E is asked too. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXAMPLES } from './examples.ts';
import { FORMATS } from './formats.ts';
import { Judge } from './judge.ts';

const SCRIPT = `
import json, re, sys
asked = json.load(sys.stdin)
json.dump([[re.fullmatch(pattern, value) is not None for value in values] for pattern, values in asked], sys.stdout)
`;

const runs = (command: string, args: readonly string[], input: string) =>
  spawnSync(command, args, { input, encoding: 'utf8', timeout: 60_000, env: { ...process.env, LC_ALL: 'C.UTF-8' } });

function python(asked: readonly (readonly [string, readonly string[]])[]): boolean[][] {
  const { stdout, stderr, status } = runs('python3', ['-c', SCRIPT], JSON.stringify(asked));
  expect([status, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as boolean[][];
}

const javascript = (pattern: string, values: readonly string[]): boolean[] =>
  values.map((value) => new RegExp(`^(?:${pattern})$`, 'u').test(value));
const ours = (pattern: string, values: readonly string[]): boolean[] =>
  values.map((value) => new Judge({ pattern }).judge(value).verdict === 'good');

/** Values near a format: its good examples with characters changed, doubled, left out. */
function near(name: string): string[] {
  const { good } = EXAMPLES.get(name)!;
  const unit = fc.constantFrom(...'aZ09_-+@. \n\r中１é%𠮷'.split(/(?:)/u));
  const value = fc
    .tuple(fc.constantFrom(...good), fc.nat(), fc.constantFrom(0, 1, 2), fc.array(unit, { maxLength: 2 }))
    .map(([one, at, cut, put]) => {
      const characters = [...one];
      characters.splice(at % (characters.length + 1), cut, ...put);
      return characters.join('');
    });
  return fc.sample(value, { numRuns: 2000, seed: 147 });
}

describe('the same pattern', () => {
  const asked = FORMATS.map(({ name, pattern }) => {
    const { good, bad } = EXAMPLES.get(name)!;
    return [pattern, [...good, ...bad, ...good.map((value) => `${value}\n`), ...near(name)]] as const;
  });

  it('has the same verdicts in CPython, in JavaScript and here', () => {
    const answers = python(asked);
    for (const [i, [pattern, values]] of asked.entries()) {
      const wrong = (verdicts: readonly boolean[]) => values.filter((_, at) => verdicts[at] !== answers[i]![at]);
      expect([wrong(javascript(pattern, values)), wrong(ours(pattern, values))], pattern).toEqual([[], []]);
      const good = answers[i]!.filter(Boolean).length;
      expect([good > 20, values.length - good > 200], pattern).toEqual([true, true]);
    }
  });

  it('has the same verdicts in grep -E, line by line', () => {
    // It knows no ranges beyond ASCII in the C.UTF-8 locale ("Invalid collation character").
    for (const [pattern, values] of asked.filter(([one]) => /^[ -~]*$/.test(one))) {
      const lines = values.filter((value) => !/[\n\0]/.test(value));
      const { stdout } = runs('grep', ['-aExn', '-e', pattern], `${lines.join('\n')}\n`);
      const found = new Set(stdout.split('\n').map((line) => Number(line.split(':', 1)[0]) - 1));
      const verdicts = ours(pattern, lines);
      expect(
        lines.filter((_, at) => found.has(at) !== verdicts[at]),
        pattern,
      ).toEqual([]);
    }
  });

  it('match with a $ lets a newline through in CPython, not in JavaScript; \\d takes digits of all scripts', () => {
    const { stdout } = runs(
      'python3',
      [
        '-c',
        String.raw`import re; print(*(re.match(*a) is not None for a in [('[a-z]+$', 'abc\n'), (r'\d{3}', '１２٣')]))`,
      ],
      '',
    );
    expect(stdout).toBe('True True\n');
    expect([/^[a-z]+$/.test('abc\n'), /^\d{3}$/.test('１２٣')]).toEqual([false, false]);
    expect(new Judge({ pattern: '[a-z]+' }, { way: 'dollar' }).judge('abc\n').verdict).toBe('good');
  });

  it('CPython does not come back from what our budget stops', () => {
    const script = `import re; re.fullmatch('(a+)+b', 'a' * 40)`;
    const { signal } = spawnSync('python3', ['-c', script], { timeout: 2000 });
    expect(signal).toBe('SIGTERM');
    expect(new Judge({ pattern: '(a+)+b' }, { stepLimit: 1_000_000 }).judge('a'.repeat(40)).verdict).toBe('stopped');
  });
});
