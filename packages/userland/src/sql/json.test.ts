/** JSON read, written again and changed by paths. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changedAt, JsonError, type JsonNode, jsonAt, jsonOf, readJson, readPath, writtenJson } from './json.ts';

const scalar = (raw: string): JsonNode => ({ k: 'scalar', raw });

describe('a document', () => {
  test.each([
    ['{"b":1,  "a":[true,null,"x"]}', '{"b": 1, "a": [true, null, "x"]}'],
    [' [ ] ', '[]'],
    ['{}', '{}'],
    ['1.50e+3', '1.50e+3'],
    ['"\\u00e9\\n/"', '"\\u00e9\\n/"'],
    ['{"a":1,"a":2}', '{"a": 1, "a": 2}'],
  ])('%s is written %s', (text, written) => expect(writtenJson(readJson(text))).toBe(written));

  test.each([
    ['', 0],
    ['{a:1}', 1],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{"a" 1}', 5],
    ['01', 1],
    ['"a\nb"', 0],
    ['"\\x"', 0],
    ['1 2', 2],
    ['['.repeat(40), 33],
  ])('%j is none, at %i', (text, at) => {
    expect(() => readJson(text)).toThrow(JsonError);
    expect(() => readJson(text)).toThrow(expect.objectContaining({ at }));
    expect(jsonOf(text)).toBeUndefined();
  });

  test('what JSON.stringify writes is read, and means the same again', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(JSON.parse(writtenJson(readJson(text)))).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('a path', () => {
  test.each([
    ['$', []],
    ['$.a[1].b', ['a', 1, 'b']],
    ['$."a b"."c\\"d"', ['a b', 'c"d']],
    [' $ . a [ 0 ] ', ['a', 0]],
    ['a', undefined],
    ['$.', undefined],
    ['$[x]', undefined],
  ])('%s', (text, steps) => expect(readPath(text)).toEqual(steps));

  test.each(['$.*', '$[*]', '$[last]', '$[-1]'])('%s is refused by name', (text) => {
    expect(() => readPath(text)).toThrow(`the path ${text}`);
  });

  test.each([
    ['{"a":{"b":[1,2]}}', '$.a.b[1]', '2'],
    ['{"a":1,"a":2}', '$.a', '1'],
    ['{"\\u0061":1}', '$.a', '1'],
    ['[1]', '$[1]', undefined],
    ['{"a":5}', '$[0].a[0][0]', '5'],
    ['5', '$[1]', undefined],
    ['[1]', '$.a', undefined],
    ['5', '$', '5'],
  ])('of %s, %s is %s', (text, path, wanted) => {
    const found = jsonAt(readJson(text), readPath(path)!);
    expect(found && writtenJson(found)).toBe(wanted);
  });
});

describe('a change', () => {
  const put = (text: string, path: string) =>
    writtenJson(changedAt(readJson(text), readPath(path)!, () => scalar('9'))!);
  const remove = (text: string, path: string) => changedAt(readJson(text), readPath(path)!, () => undefined);

  test.each([
    ['{"a":1}', '$.a', '{"a": 9}'],
    ['{"a":1}', '$.b', '{"a": 1, "b": 9}'],
    ['{"a":1}', '$.b.c', '{"a": 1}'],
    ['[1,2]', '$[7]', '[1, 2, 9]'],
    ['{"a":5}', '$.a[0]', '{"a": 9}'],
    ['{"a":5}', '$[0].a', '{"a": 9}'],
    ['{"a":5}', '$[1].a', '{"a": 5}'],
    ['{"a":5}', '$.a[1]', '{"a": [5, 9]}'],
    ['5', '$.a', '5'],
    ['[1]', '$.a', '[1]'],
  ])('of %s at %s makes %s', (text, path, wanted) => expect(put(text, path)).toBe(wanted));

  test('that takes away leaves the rest', () => {
    expect(writtenJson(remove('{"a":{"b":1},"c":2}', '$.a.b')!)).toBe('{"a": {}, "c": 2}');
    expect(writtenJson(remove('[1,2,3]', '$[1]')!)).toBe('[1, 3]');
    expect(writtenJson(remove('{"a":1}', '$.z')!)).toBe('{"a": 1}');
    expect(writtenJson(remove('{"a":1}', '$.a[0]')!)).toBe('{"a": 1}');
    expect(remove('{}', '$')).toBeUndefined();
  });
});
