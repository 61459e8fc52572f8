import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lan } from '../net-tools/lan.test-util.ts';
import { EXAMPLES } from './examples.ts';
import { BEYOND_EMAIL, FORMATS, formatCalled } from './formats.ts';
import { Judge, shown, WAYS } from './judge.ts';

describe('formats', () => {
  it.each(FORMATS.map(({ name }) => name))(
    '%s takes the good examples and refuses the bad ones, by both engines',
    (name) => {
      const { good, bad } = EXAMPLES.get(name)!;
      expect(new Set(good).size).toBeGreaterThanOrEqual(20);
      expect(new Set(bad).size).toBeGreaterThanOrEqual(20);
      for (const options of [{}, { stepLimit: 100_000 }]) {
        const judge = new Judge(formatCalled(name)!, options);
        for (const value of good) expect(judge.judge(value).verdict, shown(value)).toBe('good');
        for (const value of bad) expect(judge.judge(value).verdict, shown(value)).toBe('bad');
        for (const value of good)
          expect(judge.judge(`${value}\n`).verdict, `${shown(value)} and a newline`).toBe('bad');
      }
    },
  );

  it('what is beyond our e-mail format is refused by it', () => {
    const judge = new Judge(formatCalled('email')!);
    for (const [what, example] of BEYOND_EMAIL) expect(judge.judge(example).verdict, what).toBe('bad');
    expect(judge.judge(`${'a'.repeat(64)}@b.cn`).verdict).toBe('good');
    expect(judge.judge(`${'a'.repeat(65)}@b.cn`).reason).toBe('65 octets before the @, at most 64');
    expect(judge.judge(`a@${'b.'.repeat(125)}cn`).verdict).toBe('good');
    expect(judge.judge(`a@${'b.'.repeat(126)}cn`).reason).toBe('256 octets, at most 254');
  });

  it('none of them explodes: backtracking takes few steps for each character, whatever comes', () => {
    const unit = fc.constantFrom('a', '1', '0', '-', '.', '@', '_', '+', '中', '8', ' ');
    for (const format of FORMATS) {
      const judge = new Judge(format, { stepLimit: 10_000_000 });
      const judged = (value: string) => {
        expect(judge.judge(value).steps).toBeLessThan(400 * (value.length + 10));
      };
      for (const piece of ['a', 'a.', 'a@', 'a-', '1', 'a@a.', 'a@a-']) judged(`${piece.repeat(2000)}!`);
      fc.assert(fc.property(fc.string({ unit, maxLength: 300 }), judged), { numRuns: 300 });
    }
  });

  it('each fault lets through what fullmatch does not', () => {
    const verdicts = (value: string) =>
      WAYS.map((way) => new Judge(formatCalled('mobile')!, { way }).judge(value).verdict === 'good');
    expect(verdicts('13800138000')).toEqual([true, true, true, true]);
    expect(verdicts('13800138000\n')).toEqual([false, true, true, true]);
    expect(verdicts('13800138000; rubbish')).toEqual([false, false, true, true]);
    expect(verdicts('no 13800138000')).toEqual([false, false, false, true]);
    expect(verdicts('1380013800')).toEqual([false, false, false, false]);
  });
});

describe('validate', () => {
  const at = lan({ files: { '/srv/users': 'alice\n1alice\nBob_42\r\nab' } });

  it('prints a table with the reasons, and tells by its status', async () => {
    const { stdout, code } = await at.sh('web', 'validate user /srv/users');
    expect(stdout.replace(/ +\d+ steps/g, '')).toBe(
      [
        'good        1  "alice"',
        'bad         2  "1alice"  character 1, "1", does not fit',
        'bad         3  "Bob_42\\r"  character 7, "\\r", does not fit',
        'bad         4  "ab"  ends too early',
        '1 good, 3 bad\n',
      ].join('\n'),
    );
    expect(code).toBe(1);
    expect((await at.sh('web', 'echo 13800138000 | validate mobile')).code).toBe(0);
    expect((await at.sh('web', "validate mobile -q -e '13800138000\n' -e 13800138000")).stdout).toMatch(
      /^bad +1 +\d+ steps {2}"13800138000\\n" {2}character 12, "\\n", does not fit\n1 good, 1 bad\n$/,
    );
  });

  it('stops a catastrophic expression', async () => {
    const run = `validate --pattern '(a+)+b' -e ${'a'.repeat(30)}`;
    const stopped = await at.sh('web', `${run} --steps 1000000`);
    expect([stopped.code, stopped.stdout]).toEqual([
      1,
      expect.stringContaining('given up after 1000000 steps\n0 good, 0 bad, 1 stopped\n') as unknown,
    ]);
    expect((await at.sh('web', run)).stdout).toContain('ends too early\n0 good, 1 bad\n');
  });

  it('names what it cannot do', async () => {
    for (const [line, message] of [
      ['validate', 'which format? the formats are user, user-zh, mobile, landline, email'],
      ['validate zip', '"zip" is no format; the formats are user, user-zh, mobile, landline, email'],
      ['validate user /srv/none', '/srv/none: No such file or directory'],
      ["validate --pattern '('", '--pattern: Unmatched ( or \\('],
      ["validate --pattern '(a)\\1' -e aa", '--pattern: a back-reference needs backtracking; give --steps'],
      ['validate user --steps 0', '--steps: "0" is no number from 1 to 1000000000'],
      ['validate user --how findall', '--how is one of fullmatch, dollar, match, search'],
      ['validate user a b', 'extra operand "b"'],
      ["validate user --pattern 'a+' -e aa", '-e gives values, and "user" is a file with values: one of them'],
    ] as const) {
      const { stderr, code } = await at.sh('web', line);
      expect([code, stderr]).toEqual([2, `validate: ${message}\n`]);
    }
    expect((await at.sh('web', 'validate formats')).stdout).toContain('"two words"@example.com');
  });
});
