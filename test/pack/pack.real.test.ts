/**
 * What a stranger gets: a clone that installs and builds itself, and the package, packed there (others run what this tree has built), installed in an
 * empty folder, used from code, from types and as a command.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'packages/cli/package.json'), 'utf8'));
const scratch = mkdtempSync(join(tmpdir(), 'netarium-pack-'));
const clone = join(scratch, 'clone');
const empty = join(scratch, 'empty');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** As a person's shell would run it: nothing that the npm or the test runner above us has set. */
function run(cwd: string, command: string, ...args: string[]): string {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|VITEST|NODE_ENV)/.test(name)));
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

describe('git clone', () => {
  test('installs, builds itself and runs', () => {
    run(scratch, 'git', 'clone', '--quiet', '--depth', '1', `file://${root}`, clone);
    run(clone, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline');
    expect(run(clone, 'npx', '--no-install', 'netarium', '--version')).toBe(version);
    expect(run(clone, 'git', 'status', '--short')).toBe('');
  });
});

describe('npm pack', () => {
  beforeAll(() => {
    const packed = run(clone, 'npm', 'pack', '--workspace', 'netarium', '--pack-destination', scratch, '--json');
    const [{ filename, files }] = JSON.parse(packed.slice(packed.indexOf('[\n')));
    expect(files.map(({ path }: { path: string }) => path)).toContain('LICENSE');
    run(scratch, 'mkdir', empty);
    writeFileSync(join(empty, 'package.json'), '{ "type": "module", "private": true }');
    run(empty, 'npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', join(scratch, filename));
  });

  test('is a command', () => {
    expect(run(empty, 'npx', '--no-install', 'netarium', '--version')).toBe(version);
  });

  test('is a library', () => {
    writeFileSync(join(empty, 'use.js'), "import { version } from 'netarium';\nconsole.log(version);\n");
    expect(run(empty, process.execPath, 'use.js')).toBe(version);
  });

  test('runs a lab of the folder, which imports netarium by its name', () => {
    run(empty, 'npx', '--no-install', 'netarium', 'new');
    expect(run(empty, 'npx', '--no-install', 'netarium', 'run', 'my-lab.ts', '--lang', 'en')).toMatch(
      /✓ met[\s\S]*run digest/,
    );
    expect(JSON.parse(run(empty, 'npx', '--no-install', 'netarium', 'run', 'my-lab.ts', '--json'))).toMatchObject({
      lab: 'my-lab',
    });
  });

  /** The example of a test that a page of ours shows: the first block that imports both. */
  const example = (page: string): string | undefined => {
    if (!existsSync(join(root, page))) return undefined;
    const blocks = readFileSync(join(root, page), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g);
    return [...blocks]
      .map(([, code]) => code!)
      .find((code) => code.includes("from 'netarium'") && code.includes("from 'vitest'"));
  };

  test.each(['README.md', 'docs/guide/library.md'].filter((page) => example(page) !== undefined))(
    'passes the test that %s shows',
    (page) => {
      mkdirSync(join(empty, 'node_modules'), { recursive: true });
      if (!existsSync(join(empty, 'node_modules/vitest')))
        symlinkSync(join(root, 'node_modules/vitest'), join(empty, 'node_modules/vitest'));
      writeFileSync(join(empty, 'example.test.ts'), example(page)!);
      expect(
        run(empty, process.execPath, join(root, 'node_modules/vitest/vitest.mjs'), 'run', 'example.test.ts'),
      ).toMatch(/1 passed/);
    },
  );

  test('brings types that need nothing else', () => {
    writeFileSync(join(empty, 'use.ts'), "import { version } from 'netarium';\nexport const v: string = version;\n");
    const options = { strict: true, noEmit: true, module: 'nodenext', target: 'es2023', lib: ['es2023'], types: [] };
    writeFileSync(
      join(empty, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['use.ts', 'my-lab.ts'] }),
    );
    expect(run(empty, process.execPath, join(root, 'node_modules/typescript/bin/tsc'), '-p', '.')).toBe('');
  });
});

test('a clone that is not built says how to', () => {
  rmSync(join(clone, 'packages/cli/dist'), { recursive: true });
  expect(() => run(clone, 'npx', '--no-install', 'netarium', '--version')).toThrow(/npm run build/);
});
