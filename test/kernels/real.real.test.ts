/** The contract on this machine's own kernel: each case by `runReal`, in a temporary directory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { runReal } from '@netarium/real/run-real.ts';
import { bundled } from '@netarium/real/testing/bundle.test-kit.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { FAMILIES, resolveFamily } from './families.ts';

/** What this kernel cannot keep, and why: told in docs/coverage/real.md too. A case that comes to be kept has to leave this list. */
const OMITTED: ReadonlyMap<string, string> = new Map([
  ['unix: names are refused with reasons', 'Node takes the name of a Unix socket away when it closes'],
  ['unix: a listener that closes resets who waits', 'Node has accepted them, and they see the end'],
]);

class Collected extends Writable {
  text = '';

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    this.text += Buffer.from(chunk).toString();
    done();
  }
}

let entries = { thread: new URL('file:///'), child: new URL('file:///'), execArgv: [] as string[] };

beforeAll(async () => {
  const thread = await bundled(new URL('./real-thread.ts', import.meta.url));
  const child = await bundled(new URL('./real-child.ts', import.meta.url));
  process.env.KERNELS_ENTRIES = `${thread} ${child}`;
  entries = { thread, child, execArgv: [] };
});

async function run(family: string, name: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'netarium-kernels-'));
  const [stdout, stderr] = [new Collected(), new Collected()];
  try {
    const code = await runReal({
      program: family,
      argv: [family, name, directory],
      resolve: resolveFamily,
      entries,
      stdin: new PassThrough().end(),
      stdout,
      stderr,
    });
    return `${stdout.text}${stderr.text}${code}`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

for (const [name, family] of FAMILIES) {
  describe(`${name} on the real kernel`, () => {
    for (const one of Object.keys(family.cases)) {
      const reason = OMITTED.get(`${name}: ${one}`);
      if (reason === undefined) it(one, async () => expect(await run(name, one)).toBe('kept\n0'), 20_000);
      else it(`${one} (not kept: ${reason})`, async () => expect(await run(name, one)).not.toBe('kept\n0'), 20_000);
    }
  });
}
