/**
 * The kernel of this machine as judge of packet scripts: each runs in a network namespace of its own over a TUN device, in real time, and the kernel
 * must do what the script says. Needs Linux, root and Python 3.
 *
 *     npm run judge                        all scripts of test/packetscripts
 *     npm run judge -- FILE... [--json]    these
 *     npm run judge -- [FILE...] --write   and notes the verdicts in test/packetscripts/kernel.tsv
 *     npm run judge -- --random 200 --seed 7   random scripts that tell what our host does; those that the kernel fails are printed
 *     npm run judge -- --random 200 --about messages   the same about notices, time stamps, records, poll and epoll; or
 *                                          `openings`: offers, cookies and first segments
 *
 * `--side-by-side N` (16) scripts run at a time; `--ours` runs our own host too. Ends with 0 where the kernel agrees with all, with 1 where not, with 3 for a wrong option.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { runPacketScript } from '@netarium/core/check/packetscript/run-script.ts';
import { Stream } from '@netarium/core/random/random.ts';
import { judgeScripts, kernelName, TOLERANCE } from '../test/kernel/judge-scripts.ts';
import { RandomMessages } from '../test/kernel/random-messages.ts';
import { RandomOpenings } from '../test/kernel/random-openings.ts';
import { RandomReceipts } from '../test/kernel/random-receipts.ts';
import { RandomScripts } from '../test/kernel/random-scripts.ts';
import { readTable, rowOf, scriptNames, scriptText, writeTable } from '../test/packetscripts/kernel-table.ts';

function options() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      ours: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      random: { type: 'string' },
      about: { type: 'string', default: 'segments' },
      seed: { type: 'string', default: '1' },
      'side-by-side': { type: 'string', default: '16' },
    },
  });
  const sideBySide = Number(values['side-by-side']);
  if (!(sideBySide >= 1 && sideBySide <= 64)) throw new Error('--side-by-side: a number from 1 to 64 is expected');
  if (values.random !== undefined && !/^\d{1,5}$/.test(values.random))
    throw new Error('--random: a number is expected');
  const files = positionals.length === 0 ? scriptNames() : positionals;
  return { ...values, sideBySide, files };
}

function main(): number {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new Error('the judge needs Linux and root: it makes network namespaces');
  const { files, json, ours, write, random, about, seed, sideBySide } = options();
  if (random !== undefined) return judgeRandom(Number(random), about, Number(seed), sideBySide);
  const own = new Set(scriptNames());
  const texts = files.map((file) => (own.has(file) ? scriptText(file) : readFileSync(file, 'utf8')));
  const rows = judgeScripts(texts, sideBySide).map((kernel, i) => ({
    file: files[i]!,
    kernel,
    ...(ours ? { ours: runPacketScript(texts[i]!) } : {}),
  }));
  if (json)
    process.stdout.write(`${JSON.stringify({ kernel: kernelName(), tolerance: TOLERANCE, rows }, undefined, 2)}\n`);
  else {
    for (const row of rows)
      process.stdout.write(`${told(row.file, row.kernel, 'kernel')}${row.ours ? told('', row.ours, 'ours') : ''}`);
    const agreed = rows.filter(({ kernel }) => kernel.verdict === 'pass').length;
    process.stdout.write(
      `${kernelName()}; tolerance ${TOLERANCE}: the kernel agrees with ${agreed} of ${rows.length}\n`,
    );
  }
  if (write) {
    const table = readTable();
    rows.forEach(({ file, kernel }, i) => {
      if (own.has(basename(file))) table.set(basename(file), rowOf(texts[i]!, kernel));
    });
    writeTable(table, `${kernelName()}, cubic; tolerance ${TOLERANCE}`);
  }
  return rows.every(({ kernel }) => kernel.verdict === 'pass') ? 0 : 1;
}

function judgeRandom(count: number, about: string, seed: number, sideBySide: number): number {
  const kinds = makers(about, seed);
  const texts = Array.from({ length: count }, (_, i) => kinds[i % kinds.length]!.next());
  const verdicts = judgeScripts(texts, sideBySide);
  verdicts.forEach((kernel, i) => {
    if (kernel.verdict !== 'pass') process.stdout.write(`${told(`script ${i}`, kernel, 'kernel')}${texts[i]}\n`);
  });
  const agreed = verdicts.filter(({ verdict }) => verdict === 'pass').length;
  process.stdout.write(
    `${kernelName()}, seed ${seed}: the kernel does as our host in ${agreed} of ${count} random scripts\n`,
  );
  return agreed === count ? 0 : 1;
}

/** Every fourth is about a receiver; or all are about what a program is told, or how a connection begins. */
function makers(about: string, seed: number): readonly { next(): string }[] {
  if (about === 'messages') return [new RandomMessages(new Stream(seed, 'messages'))];
  if (about === 'openings') return [new RandomOpenings(new Stream(seed, 'openings'))];
  if (about !== 'segments') throw new Error('--about: segments, messages or openings is expected');
  const senders = new RandomScripts(new Stream(seed, 'scripts'));
  return [senders, senders, senders, new RandomReceipts(new Stream(seed, 'receipts'))];
}

interface Told {
  readonly verdict: string;
  readonly line?: number;
  readonly seen?: string;
  readonly missing?: string;
  readonly tries?: number;
}

function told(file: string, { verdict, line, seen, missing, tries = 1 }: Told, who: string): string {
  const times = tries > 1 ? ` (played ${tries} times)` : '';
  const head = `${who.padEnd(6)} ${verdict.padEnd(10)} ${file}${line === undefined ? '' : `:${line}`}${times}\n`;
  return verdict === 'pass' ? head : `${head}         seen: ${seen ?? ''}\n         expected: ${missing ?? ''}\n`;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`judge: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 3;
}
