import { expect, test } from 'vitest';
import { questions } from '../questions.ts';
import { listing } from './listing.ts';

test('a remark is that of the reader’s language, the code the same', () => {
  const { text } = listing('python', 'Two', '两行', "\na = 1   # one ¦ 一\nb = 'x'  # X\n");
  expect(text).toEqual({ en: "a = 1   # one\nb = 'x'  # X", zh: "a = 1   # 一\nb = 'x'  # X" });
});

test('no listing shows the bar, and its remarks are translated', () => {
  const texts = questions.flatMap(({ listings }) => listings.map(({ text }) => text));
  const code = (text: string): string => text.replaceAll(/ *# .*$/gm, '');
  for (const { en, zh } of texts) {
    expect(`${en}${zh}`).not.toContain('¦');
    expect(code(zh)).toBe(code(en));
    expect(en).not.toMatch(/# .*\p{Script=Han}/u);
  }
  const remarked = texts.filter(({ en, zh }) => en !== zh);
  expect(remarked.length).toBeGreaterThan(15);
});
