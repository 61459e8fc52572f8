import { expect, test } from 'vitest';
import { halfWidth } from './half-width.ts';
import { filterOf } from './packet-list.ts';

test('a filter as an input method for Chinese writes it', () => {
  expect(halfWidth('ｔｃｐ．ｐｏｒｔ　＝＝　８０')).toBe('tcp.port == 80');
  expect(halfWidth('tcp。port》80 && eth。src【0：3】')).toBe('tcp.port>80 && eth.src[0:3]');
  expect(filterOf('ｄｎｓ　＆＆　ｉｐ．ａｄｄｒ＝＝１０．０．０．１').ok).toBe(true);
});

test('what stands in quotes stays, whatever the quotes', () => {
  expect(halfWidth('ｈｔｔｐ contains “ＡＢＣ　x”')).toBe('http contains "ＡＢＣ　x"');
  expect(halfWidth('dns.qry.name == "全角（ａ）" || ａｒｐ')).toBe('dns.qry.name == "全角（ａ）" || arp');
  expect(halfWidth('http contains ‘Ａ’　|| ａｒｐ')).toBe("http contains 'Ａ' || arp");
  expect(halfWidth('http contains "说“Ａ”" || ａｒｐ')).toBe('http contains "说“Ａ”" || arp');
  expect(halfWidth('http contains "\\"Ａ" || ａｒｐ')).toBe('http contains "\\"Ａ" || arp');
});

test('what is wrong is told at its place', () => {
  const found = filterOf('ｄｎｓｓ');
  expect(found.ok ? '' : found.problem).toMatch(/^dnss is neither.*\n {2}dnss\n {2}\^{4}$/s);
});
