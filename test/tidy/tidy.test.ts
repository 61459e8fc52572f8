import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  type Complaint,
  checkDeterminism,
  checkHeaders,
  checkImports,
  checkLengths,
  checkMarkers,
  checkNames,
  checkUnused,
  functionLinesMax,
  type Sources,
} from './rules.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function repository(): Sources {
  const sources = new Map<string, string>();
  for (const folder of ['packages', 'test', 'bench', 'scripts']) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true, recursive: true })) {
      const file = join(folder, entry.parentPath.slice(join(root, folder).length), entry.name)
        .split(sep)
        .join('/');
      if (!entry.isFile() || /(^|\/)(node_modules|dist|build|\.cache)\//.test(file)) continue;
      if (/\.(ts|tsx|mjs|js|sh|cc|h|md|yaml)$/.test(file)) sources.set(file, readFileSync(join(root, file), 'utf8'));
    }
  }
  return sources;
}

const show = (complaints: Complaint[]): string[] => complaints.map(({ file, line, text }) => `${file}:${line} ${text}`);

describe('the repository', () => {
  const sources = repository();
  const excepted = JSON.parse(readFileSync(join(root, 'test/tidy/long-functions.json'), 'utf8'));

  test('imports point downwards', () => expect(show(checkImports(sources))).toEqual([]));
  test('nothing inside a world reaches a clock, a locale or inexact arithmetic', () => {
    expect(show(checkDeterminism(sources))).toEqual([]);
  });
  test('every file is imported', () => expect(show(checkUnused(sources))).toEqual([]));
  test('functions stay short', () => expect(show(checkLengths(sources, excepted))).toEqual([]));
  test('files have names alike', () => expect(show(checkNames(sources))).toEqual([]));
  test('headers stand right above imports', () => expect(show(checkHeaders(sources))).toEqual([]));
  test('nothing is left as a marker', () => expect(show(checkMarkers(sources))).toEqual([]));
});

describe('the rules', () => {
  const source = (file: string, text: string): Sources => new Map([[file, text]]);
  const texts = (complaints: Complaint[]): string => complaints.map(({ text }) => text).join('\n');

  test.each([
    ['packages/core/src/link/a.ts', '../network/b.ts', 'link lies below network'],
    ['packages/core/src/base/a.ts', '../record/b.ts', 'base lies below record'],
    ['packages/core/src/wire/a.ts', '../nowhere/b.ts', 'no layer is called nowhere'],
    ['packages/core/src/wire/a.ts', 'node:fs', 'runs anywhere'],
    ['packages/core/src/wire/a.ts', '@netarium/core/base/b.ts', 'relative'],
    ['packages/core/src/wire/a.ts', '@netarium/userland/ping.ts', 'no other package'],
    ['packages/userland/src/a.ts', '@netarium/core/transport/b.ts', 'userland may import core/syscall'],
    ['packages/userland/src/a.ts', '../../core/src/syscall/b.ts', '@netarium/core/'],
    ['packages/view/src/a.ts', '@netarium/userland/b.ts', 'view may import core'],
    ['packages/labs/src/a.ts', 'netarium', 'labs may import'],
    ['packages/studio/src/a.tsx', '@netarium/core/check/b.ts', 'studio may import'],
    ['packages/labs/src/a.ts', 'yaml', 'runs anywhere'],
    ['packages/labs/src/a.ts', 'fflate', 'runs anywhere'],
    ['packages/core/src/wire/a.ts', '../../../../bench/b.ts', 'outside of every package'],
  ])('%s may not import %s', (file, specifier, reason) => {
    for (const form of [
      `import { a } from '${specifier}';`,
      `import type { A } from '${specifier}';`,
      `export { a } from '${specifier}';`,
      `export * from '${specifier}';`,
      `export const a = () => import('${specifier}');`,
      `export type A = import('${specifier}').A;`,
    ]) {
      expect(texts(checkImports(source(file, form))), form).toContain(reason);
    }
  });

  test.each([
    ['packages/core/src/network/a.ts', '../link/b.ts'],
    ['packages/core/src/network/a.ts', './b.ts'],
    ['packages/core/src/transport/tcp/a.ts', '../../record/b.ts'],
    ['packages/userland/src/dns/a.ts', '@netarium/core/wire/dns.ts'],
    ['packages/userland/src/a.ts', 'fflate'],
    ['packages/cli/src/a.ts', '@netarium/labs/b.ts'],
    ['packages/cli/src/a.ts', 'node:fs'],
    ['packages/cli/src/a.ts', '../package.json'],
    ['packages/core/src/base/a.test.ts', '../world/b.ts'],
  ])('%s may import %s', (file, specifier) => {
    expect(checkImports(source(file, `import { a } from '${specifier}';`))).toEqual([]);
  });

  test.each([
    'const a = Date.now();',
    'const a = new Date();',
    'const a = Math.random();',
    'const a = Math.sqrt(2);',
    "const a = Math['exp'](2);",
    'const { log } = Math;',
    'const a = 2 ** 3;',
    'export function f(a: number) { a **= 2; }',
    'const a = new Intl.NumberFormat();',
    'const a = (1).toLocaleString();',
    "const a = 'a'.localeCompare('b');",
    'const a = new WeakRef({});',
    'setTimeout(() => {}, 1);',
    'console.log(1);',
    'let a = 1;',
    'export let a = 1;',
    'var a = 1;',
    'const a = { Date };',
  ])('%s is not deterministic', (text) => {
    expect(checkDeterminism(source('packages/core/src/base/a.ts', text))).toHaveLength(1);
    expect(checkDeterminism(source('packages/userland/src/a.ts', text))).toHaveLength(1);
    expect(checkDeterminism(source('packages/cli/src/a.ts', text))).toEqual([]);
    expect(checkDeterminism(source('packages/core/src/base/a.test.ts', text))).toEqual([]);
  });

  test.each([
    'export function f() { let a = 1; a += Math.imul(a, Math.floor(2)); return a; }',
    "export const headers = { Date: 'today', 'a': 1 };",
    'export interface Headers { Date: string }',
    'export const f = (headers: { Date: string }) => headers.Date;',
    '// Date.now, Math.random',
  ])('%s is fine', (text) => {
    expect(checkDeterminism(source('packages/core/src/base/a.ts', text))).toEqual([]);
  });

  test('a file that only its own test imports is unused', () => {
    const unused = (importer: string, text: string): string[] =>
      checkUnused(
        new Map([
          ['packages/core/src/base/a.ts', ''],
          [importer, text],
        ]),
      ).map(({ file }) => file);
    const dead = 'packages/core/src/base/a.ts';
    expect(unused('packages/core/src/base/a.test.ts', "import './a.ts';")).toEqual([dead]);
    expect(unused('packages/cli/src/main.ts', '')).toEqual([dead]);
    expect(unused('packages/cli/src/main.ts', "import '@netarium/core/base/a.ts';")).toEqual([]);
    expect(unused('test/b.test.ts', "new URL('../packages/core/src/base/a.ts', import.meta.url);")).toEqual([]);
  });

  test('a function may neither grow past the limit nor leave its exception behind', () => {
    const body = (lines: number): string => `{\n${'f();\n'.repeat(lines - 2)}}`;
    const file = 'packages/core/src/base/a.ts';
    const at = (lines: number, excepted = {}): string =>
      texts(checkLengths(source(file, `export function f() ${body(lines)}`), excepted));
    expect(at(functionLinesMax)).toBe('');
    expect(at(functionLinesMax + 1)).toContain(`${file}#f has ${functionLinesMax + 1} lines`);
    expect(at(130, { [`${file}#f`]: 130 })).toBe('');
    expect(at(131, { [`${file}#f`]: 130 })).toContain('at most 130');
    expect(at(129, { [`${file}#f`]: 130 })).toContain('shrank');
    expect(at(10, { [`${file}#f`]: 130 })).toContain('shrank');
    expect(texts(checkLengths(source(file, `export const g = () => ${body(200)};`), {}))).toContain('#g has 200');
    expect(texts(checkLengths(source(file, `class A { m() ${body(200)} }`), {}))).toContain('#m has 200');
    expect(at(200).length && checkLengths(source('test/a.test.ts', `test(() => ${body(200)});`), {})).toEqual([]);
  });

  test.each([
    ['packages/core/src/wire/treeNode.ts', 1],
    ['packages/core/src/wire/Tree.ts', 1],
    ['test/tree_node.ts', 1],
    ['packages/core/src/wire/tree-node.test.ts', 0],
    ['packages/core/src/wire/ipv4.real.test.ts', 0],
    ['bench/README.md', 0],
  ])('%s gets %i complaints about its name', (file, count) => {
    expect(checkNames(source(file, ''))).toHaveLength(count);
  });

  test('a header is a comment at the top, its end the first', () => {
    const found = (text: string): number => checkHeaders(source('packages/core/src/base/a.ts', text)).length;
    expect(found("/** A. */\n\nimport { b } from './b.ts';")).toBe(1);
    expect(found("/** A. */\nimport { b } from './b.ts';")).toBe(0);
    expect(found('/** A. */\n\n/** B. */\nexport const b = 1;\n')).toBe(0);
  });

  test('markers are found in any file', () => {
    const marker = ['TO', 'DO'].join('');
    expect(checkMarkers(source('packages/core/src/base/a.ts', `a\n// ${marker}: later`))).toMatchObject([{ line: 2 }]);
    expect(checkMarkers(source('a.md', 'todo lists, mktemp XXXXXX'))).toEqual([]);
  });
});
