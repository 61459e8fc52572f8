/** `netarium quiz` as a person uses it: topics, answers in any writing, what decides, exit codes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Ended, ran } from './in-process.ts';

const scratch = mkdtempSync(join(tmpdir(), 'netarium-quiz-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let files = 0;

/** The quiz with these answers, a line each. */
function answered(topic: readonly string[], lines: readonly string[], ...options: string[]): Promise<Ended> {
  const path = join(scratch, `${++files}.txt`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return ran(['quiz', ...topic, '--answers', path, ...options]);
}

describe('answers', () => {
  test('right: what decides is shown, with its virtual time, and the command', async () => {
    const { code, out, err } = await answered(['arp-first-frame'], ['b']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Question 1 of 1 (arp-first-frame)');
    expect(out).toMatch(/\d\.\d{9} s {2}ann\.eth0: ARP Who has 10\.0\.1\.3\?/);
    expect(out).toContain('✓ Right.');
    expect(out).toContain('netarium run arp');
    expect(out).toContain('1 of 1 predictions right.');
  });

  test('wrong: exit code 1, and the answer with its letter', async () => {
    const { code, out } = await answered(['arp-first-frame'], ['a']);
    expect(code).toBe(1);
    expect(out).toContain('✗ No: b ff:ff:ff:ff:ff:ff, everybody.');
  });

  test('an empty line shows the answer and counts for nothing', async () => {
    const { code, out } = await answered(['arp-first-frame'], ['']);
    expect(code).toBe(2);
    expect(out).toContain('The answer: b');
  });

  test.each([
    ['sort-a-lease', 'c d a b'],
    ['sort-a-lease', 'C,D,A,B'],
    ['sort-a-lease', 'ｃｄａｂ'],
    ['flag-bits', 'd、c、b、a'],
    ['largest-datagram', '65,507'],
    ['low-port', 'A'],
  ])('%s: %s', async (item, line) => expect((await answered([item], [line])).code).toBe(0));

  test.each([
    ['low-port', 'z'],
    ['low-port', 'a b'],
    ['low-port', '1'],
    ['sort-a-lease', 'c d a'],
    ['sort-a-lease', 'c c a b'],
    ['largest-datagram', 'many'],
    ['largest-datagram', '1e9999'],
  ])('%s: %s is no answer, told with its line', async (item, line) => {
    const { code, err } = await answered([item], [line]);
    expect(code).toBe(3);
    expect(err).toContain(`answer 1: '${line}' is no answer to this question`);
  });

  test('fewer lines than questions: it ends there', async () => {
    const { code, out } = await answered(['arp'], ['b', '3']);
    expect(code).toBe(0);
    expect(out).toContain('2 of 2 predictions right.');
  });
});

test('in Chinese, as JSON: letters, evidence, score', async () => {
  const { code, out } = await answered(['sort-a-lease'], ['c d a b'], '--json', '--lang', 'zh');
  const { right, given, items } = JSON.parse(out);
  expect([code, right, given, items.length]).toEqual([0, 1, 1, 1]);
  expect(items[0]).toMatchObject({
    kind: 'order',
    area: 'A2',
    given: ['c', 'd', 'a', 'b'],
    answer: ['c', 'd', 'a', 'b'],
    correct: true,
  });
  expect(items[0].question).toBe('把一次 DHCP 租约的四个报文排好顺序。');
  expect(items[0].evidence).toHaveLength(4);
});

test('a seed changes the order of questions and choices, always in the same way', async () => {
  const list = async (seed: string) => (await ran(['quiz', 'A2', '--list', '--json', '--seed', seed])).out;
  expect(await list('1')).toBe(await list('1'));
  expect(await list('1')).not.toBe(await list('2'));
  const ids = (text: string): string[] =>
    JSON.parse(text)
      .map(({ id }: { id: string }) => id)
      .sort();
  expect(ids(await list('1'))).toEqual(ids(await list('2')));
});

describe('topics', () => {
  const listed = async (...words: string[]): Promise<string[]> =>
    JSON.parse((await ran(['quiz', ...words, '--list', '--json'])).out).map(({ id }: { id: string }) => id);

  test('an area, an item, a lab, words in both languages', async () => {
    expect((await listed('a3')).length).toBeGreaterThan(8);
    expect(await listed('who-rests')).toEqual(['who-rests']);
    expect(await listed('arp')).toContain('arp-forged');
    expect(await listed('粘包')).toContain('sticky-receives');
    expect(await listed('sticky', 'packets')).toContain('sticky-receives');
    expect(await listed('order')).toEqual(expect.arrayContaining(['sort-a-visit', 'sort-a-close']));
    expect(await listed('notes')).toEqual(expect.arrayContaining(['traceroute-probes', 'flag-a-to-flag-b']));
    expect((await listed()).length).toBeGreaterThan(80);
  });

  test('nothing of the kind, bad options', async () => {
    const nothing = await ran(['quiz', 'zzyzx']);
    expect([nothing.code, nothing.out]).toEqual([2, '']);
    expect(nothing.err).toContain("no question of the quiz is about 'zzyzx'");
    expect((await ran(['quiz', '--count', '0'])).code).toBe(3);
    expect((await ran(['quiz', '--seed', 'x'])).code).toBe(3);
    expect((await ran(['quiz', 'arp', '--answers', join(scratch, 'none')])).err).toContain('there is no file');
  });

  test('a table for people', async () => {
    const { out } = await ran(['quiz', 'A7', '--list'], 100);
    expect(out).toMatch(/sort-a-resolution +A7 +order +dns/);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
});
