import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { paragraph, table } from './table.ts';

describe('table', () => {
  test('columns stand below each other, Chinese counted twice', () => {
    expect(
      table(
        [
          ['✓ 符合', '页面完整', '0.1 s'],
          ['✗ not met', 'a page', ''],
        ],
        { head: ['结论', '检查', '时间'] },
      ),
    ).toEqual(['结论       检查      时间', '✓ 符合     页面完整  0.1 s', '✗ not met  a page']);
  });

  test('one column is wrapped where the terminal ends', () => {
    const lines = table([['1', 'one two three four five six seven', 'end']], { width: 30, wrap: 1 });
    expect(lines).toEqual(['1  one two three four    end', '   five six seven']);
    for (const line of table([['1', '三次握手之后才能发送数据，所以先要等一个往返。', 'end']], { width: 30, wrap: 1 }))
      expect(stringWidth(line)).toBeLessThanOrEqual(30);
  });

  test('without a terminal nothing is wrapped', () =>
    expect(table([['x'.repeat(300), 'y']])).toEqual([`${'x'.repeat(300)}  y`]));
  test('nothing gives nothing', () => expect(table([])).toEqual([]));
});

describe('paragraph', () => {
  test('no line begins with a closing mark', () => {
    expect(paragraph('报文是协议交换数据的单位，头部加载荷。', 24)).toEqual([
      '报文是协议交换数据的单',
      '位，头部加载荷。',
    ]);
  });

  test('loses nothing but blanks', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '，', '三', '（', '）', '-', 'TCP ', '。'),
      maxLength: 120,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 16, max: 60 }), (content, width) => {
        const bare = (value: string): string => value.replace(/\s/g, '');
        expect(bare(paragraph(content, width).join(''))).toBe(bare(content));
      }),
    );
  });
});
