import { describe, expect, test } from 'vitest';
import { languageOf } from '../language.ts';
import { messages } from './messages.ts';

/** Every sentence of a catalogue by its path; functions are called with the names of their places. */
function sentences(node: unknown, path: string, into: Map<string, string>): Map<string, string> {
  if (typeof node === 'string') into.set(path, node);
  else if (typeof node === 'function') {
    const values = new Proxy({}, { get: (_, key) => `<${String(key)}>` });
    const simple = Array.from({ length: node.length }, (_, i) => `<${i}>`);
    into.set(path, String(path.startsWith('.problems') ? node(values) : node(...simple)));
  } else for (const [key, inner] of Object.entries(node as object)) sentences(inner, `${path}.${key}`, into);
  return into;
}

describe('the catalogues', () => {
  const en = sentences(messages('en'), '', new Map());
  const zh = sentences(messages('zh'), '', new Map());

  test('have the same keys', () => expect([...zh.keys()]).toEqual([...en.keys()]));
  test('tell the same values', () => {
    const values = (text: string): string[] => [...new Set(text.match(/<\w+>/g) ?? [])].sort();
    for (const [path, text] of en) expect(values(zh.get(path)!), path).toEqual(values(text));
  });
  test('English has no Chinese, Chinese has some', () => {
    const latin = ['.systems', '.ask.command', '.shell', '.problems.not-yaml'];
    for (const [path, text] of en) expect(text, path).not.toMatch(/[\u3400-\u9fff]/);
    for (const [path, text] of zh)
      if (!latin.some((prefix) => path.startsWith(prefix))) expect(text, path).toMatch(/[\u3000-\u9fff\uff00-\uffef]/);
  });
});

test('languageOf', () => {
  expect(
    ['zh_CN.UTF-8', 'zh', 'zh-Hans', 'en_GB', 'C.UTF-8', 'C', '', undefined, 'zha_CN', 'de_DE'].map((locale) =>
      languageOf(locale),
    ),
  ).toEqual(['zh', 'zh', 'zh', 'en', undefined, undefined, undefined, undefined, undefined, undefined]);
});
