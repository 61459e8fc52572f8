import { compileFilter } from '@netarium/core/wire/filter/filter.ts';
import { expect, test } from 'vitest';
import { filterProblem } from './filter-problem.ts';

function both(text: string): readonly string[] {
  const compiled = compileFilter(text);
  if (compiled.ok) throw new Error(`${text} is a filter`);
  return (['en', 'zh'] as const).map((language) => filterProblem(text, compiled.error, language));
}

test('what is wrong is told in either language, at its place', () => {
  expect(both('dnss')).toEqual([
    'dnss is neither a field nor a protocol (did you mean dns or dns.a or dns.ns?)\n  dnss\n  ^^^^',
    'dnss 既不是字段，也不是协议（是不是 dns 或 dns.a 或 dns.ns？）\n  dnss\n  ^^^^',
  ]);
  expect(both('(dns')).toEqual([
    'the filter ends here: ")" is missing\n  (dns\n      ^',
    '过滤器到此就结束了：缺少“)”\n  (dns\n      ^',
  ]);
  expect(both('tcp.port in {80 443')[0]).toMatch(/^"443" does not fit here: "," or "}" is missing\n/);
  expect(both('tcp.port in {80 443')[1]).toMatch(/^“443”不该出现在这里：缺少“,”或“}”\n/);
});

/** Each is wrong in a way of its own. */
const WRONG = [
  '#',
  'frame contains "a',
  'frame contains "\\xz"',
  'dns &&',
  'dns && ==',
  'dns dns',
  `${'('.repeat(200)}dns`,
  '1 < ip.ttl < 9',
  'tcp.port in {}',
  'max(tcp.port) == 1',
  'foo(tcp.port) == 1',
  'eth.src[a] == 1',
  '"a" == 1',
  'tcp.port[0] == 1',
  'upper(tcp.port) == "A"',
  'tcp.flags & -1',
  'ip.src & 1',
  'len(dns)',
  'tcp.port contains "a"',
  'dns.qry.name matches abc',
  'dns.qry.name matches "["',
  'ip.src == tcp.port',
  'tcp.port == "web"',
  'ip.src == "10.0.0.1"',
  'eth.src == "02:00:00:00:00:01"',
  'frame.time_relative == "1"',
  'tcp.port == web',
  'ip.src == 10.0.0',
  'ip.src == 10.0.0.0/40',
  'eth.src == 02:zz',
  'frame.time_relative == x',
  'frame == zz',
];

test.each(WRONG)('%s is refused in Chinese too', (text) => {
  const [en, zh] = both(text);
  expect(zh!.split('\n')[0]).toMatch(/[\u4e00-\u9fff]/);
  expect(zh!.split('\n').slice(1)).toEqual(en!.split('\n').slice(1));
});
