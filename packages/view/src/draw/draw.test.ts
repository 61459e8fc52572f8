import { expect, test } from 'vitest';
import { element, escaped, pictureFrame, textAt } from './svg.ts';
import { displayWidth, padded, paddedLeft, truncated } from './width.ts';

test('a Chinese character takes two columns, a combining mark none', () => {
  expect(['abc', '时间', 'a间', 'e\u0301', '，', '│─✗', '한'].map(displayWidth)).toEqual([3, 4, 3, 1, 2, 3, 2]);
  expect([padded('时间', 6), paddedLeft('时间', 5)]).toEqual(['时间  ', ' 时间']);
});

test('text is cut by columns and says so', () => {
  expect([truncated('abcdef', 4), truncated('时间时间', 6), truncated('ab', 2), truncated('ab', 0)]).toEqual([
    'abc…',
    '时间…',
    'ab',
    '',
  ]);
});

test('nothing that a packet says becomes markup', () => {
  expect(escaped(`<script a="b" c='d'>&\u0000\ud800`)).toBe(
    '&lt;script a=&quot;b&quot; c=&#39;d&#39;&gt;&amp;\ufffd\ufffd',
  );
  expect(textAt(1, 2.345, '<b>')).toBe('<text x="1" y="2.35">&lt;b&gt;</text>');
  expect(element('g', { id: '"' })).toBe('<g id="&quot;"/>');
  expect(pictureFrame(10, 20, 'a<b')[0]).toMatch(
    /^<svg xmlns="[^"]+" viewBox="0 0 10 20"[^>]*>\n {2}<title>a&lt;b<\/title>/,
  );
});
