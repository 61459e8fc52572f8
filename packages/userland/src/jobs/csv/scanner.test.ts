import { latin1 } from '@netarium/core/base/utf8.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { latin1Bytes } from '../../http/message.ts';
import { CsvError, CsvScanner, MAX_ROW_BYTES, type ScannerOptions } from './scanner.ts';

/** All rows, the text coming in pieces of so many bytes. */
function rowsOf(text: string, piece = text.length, options: ScannerOptions = {}): string[][] {
  const scanner = new CsvScanner(options);
  const bytes = latin1Bytes(text);
  const rows: string[][] = [];
  const drain = () => {
    while (scanner.next())
      rows.push(Array.from({ length: scanner.columns }, (_, column) => latin1(scanner.bytes(column))));
  };
  for (let at = 0; at < bytes.length; at += piece) {
    scanner.feed(bytes.slice(at, at + piece));
    drain();
  }
  scanner.finish();
  drain();
  return rows;
}

function errorOf(text: string, piece?: number): CsvError {
  try {
    rowsOf(text, piece);
  } catch (error) {
    if (error instanceof CsvError) return error;
    throw error;
  }
  throw new Error('no error');
}

describe('rows of RFC 4180, and what real files make of them', () => {
  test.each([
    [
      'the notes’ format',
      '"a", "b", "c"\n"UCx", "5", "1"\n',
      [
        ['a', 'b', 'c'],
        ['UCx', '5', '1'],
      ],
    ],
    [
      'no quotes, no last line end',
      'a,b\r\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['commas, line ends and quotes within quotes', '"a,b","c\r\nd","e""f"""\n', [['a,b', 'c\r\nd', 'e"f"']]],
    [
      'empty fields',
      ',,\n"",\n',
      [
        ['', '', ''],
        ['', ''],
      ],
    ],
    ['empty lines are no rows', '\n\na\r\n\r\nb\r\rc\n\n', [['a'], ['b'], ['c']]],
    ['a byte order mark', '\xef\xbb\xbfa\nb', [['a'], ['b']]],
    ['blanks after a field stay', ' a ,  b\n', [['a ', 'b']]],
    ['a quote that closes at the end of the file', 'a,"b"', [['a', 'b']]],
  ])('%s', (_, text, rows) => {
    for (let piece = 1; piece <= text.length; piece++) expect(rowsOf(text, piece)).toEqual(rows);
  });

  test('a reader that keeps the blanks has them, and the quotes, in columns 2 and 3', () => {
    expect(rowsOf('"UCx", "5", "1"\n', undefined, { blanks: 'keep' })).toEqual([['UCx', ' "5"', ' "1"']]);
  });

  test.each([
    ['a,b\n"x,1\ny', 1, 4, 'never closed'],
    ['a,b\n"x"y,1\n', 1, 7, 'text after the closing quote'],
    ['a,b\n1,2\nx"y,1\n', 2, 9, 'a quote inside'],
    ['a"b\n', 0, 1, 'a quote inside'],
  ])('%j is broken in row %i at byte %i', (text, row, byte, reason) => {
    for (let piece = 1; piece <= text.length; piece++) {
      const error = errorOf(text, piece);
      expect([error.row, error.byte]).toEqual([row, byte]);
      expect(error.reason).toContain(reason);
    }
  });

  test('a row without end is given up: memory is bounded', () => {
    const scanner = new CsvScanner();
    scanner.feed(latin1Bytes('a\n"'));
    expect(scanner.next()).toBe(true);
    expect(() => {
      for (let fed = 0; fed < 2 * MAX_ROW_BYTES; fed += 65_536) {
        scanner.feed(new Uint8Array(65_536).fill(120));
        scanner.next();
      }
    }).toThrow('row 1, byte 2: longer than');
  });

  test('what is written by the rules is read back, wherever it is cut', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', ' ', '"', ',', '\n', '\r'), maxLength: 6 });
    const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(table, fc.integer({ min: 1, max: 40 }), fc.constantFrom('\n', '\r\n', '\r'), (rows, piece, end) => {
        const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join(end);
        expect(rowsOf(text + end, piece)).toEqual(rows);
      }),
    );
  });
});
