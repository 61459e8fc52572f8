/**
 * The kernel of this machine as oracle: the same random frames, fragments, TCP conversations and socket calls into it and into ours, and how often the
 * answers agree, per area, with examples where they do not. What is compared, and what is left out because it hangs on the clock of a busy
 * machine, is written in test/kernel. Needs root (network namespaces, /dev/net/tun) and Python 3.
 *
 *     npm run oracle -- --seed 1 --count 500 [--area tcp|icmp|frag|arp|udp|calls] [--twice] [--examples 3] [--json]
 *         [--minimise] [--scripts FOLDER]
 *
 * `--minimise` leaves out of differing cases what does not matter, `--scripts` also writes those of TCP as packet scripts, with what the kernel says.
 * `--twice` asks the kernel two times and judges only what it says both times. Ends with 0, with 1 where an area agrees in less than 95 of 100 cases, with 3 for a wrong option.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Stream } from '@netarium/core/random/random.ts';
import { compareCalls } from '../test/kernel/compare-calls.ts';
import { compareFrames } from '../test/kernel/compare-frames.ts';
import { compareSegments, kernelWithPackets, type SegmentDifference } from '../test/kernel/compare-segments.ts';
import { minimise } from '../test/kernel/minimise.ts';
import { randomCalls } from '../test/kernel/random-calls.ts';
import { type FrameArea, RandomFrames, type Sent } from '../test/kernel/random-frames.ts';
import { RandomSegments, type Step } from '../test/kernel/random-segments.ts';
import { scriptOf } from '../test/kernel/segments-script.ts';

const AREAS = ['tcp', 'icmp', 'frag', 'arp', 'udp', 'calls'] as const;
type Area = (typeof AREAS)[number];
const AGREEMENT_MIN = 0.95;
const COUNT_MAX = 100_000;

interface Difference {
  readonly sent: readonly string[];
  readonly ours: readonly string[];
  readonly kernel: readonly string[];
}

interface Agreement {
  readonly area: Area;
  readonly cases: number;
  readonly agreed: number;
  /** Cases to which the kernel said anything: agreement in silence proves little. */
  readonly answered?: number;
  /** Cases in which the kernel disagreed with itself: not judged. */
  readonly unstable: number;
  readonly differences: readonly Difference[];
}

class WrongOption extends Error {}

function wholeNumber(name: string, text: string, most: number, least = 0): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw new WrongOption(`--${name} ${text}: a whole number from ${least} to ${most} is expected`);
  return value;
}

function optionsOf(args: string[]) {
  const { values } = parse(args);
  const area = values.area;
  const areas = AREAS.filter((each) => area === undefined || each === area);
  if (areas.length === 0) throw new WrongOption(`--area ${area}: the areas are ${AREAS.join(', ')}`);
  if (values.scripts !== undefined && !areas.includes('tcp'))
    throw new WrongOption(`--scripts ${values.scripts}: packet scripts are written of --area tcp only`);
  return {
    areas,
    seed: wholeNumber('seed', values.seed, 0xffff_ffff),
    count: wholeNumber('count', values.count, COUNT_MAX, 1),
    examples: wholeNumber('examples', values.examples, COUNT_MAX),
    twice: values.twice,
    minimise: values.minimise || values.scripts !== undefined,
    scripts: values.scripts,
    json: values.json,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        seed: { type: 'string', default: '1' },
        count: { type: 'string', default: '500' },
        area: { type: 'string' },
        examples: { type: 'string', default: '3' },
        twice: { type: 'boolean', default: false },
        minimise: { type: 'boolean', default: false },
        scripts: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new WrongOption(error instanceof Error ? error.message : String(error));
  }
}

interface Input {
  readonly seed: number;
  readonly count: number;
  readonly twice: boolean;
  readonly minimise: boolean;
  readonly scripts: string | undefined;
}

/** Which of many cases differ, by their numbers. */
const flags = (cases: number, differing: readonly { readonly number: number }[]): boolean[] => {
  const found = new Set(differing.map(({ number }) => number));
  return Array.from({ length: cases }, (_, i) => found.has(i));
};

/** What the later calls need: the socket, and the handshake of one that accept gives. */
function isBeginning(step: Step): boolean {
  if (step.op !== 'packet') return step.op === 'listen' || step.op === 'connect' || step.op === 'accept';
  const { flags, seq, ack, length } = step;
  return length === 0 && ((flags === 'S' && seq === 0) || (flags === '.' && seq === 1 && ack === 1));
}

async function tcpAgreement({ seed, count, twice, minimise: less, scripts }: Input): Promise<Agreement> {
  const source = new RandomSegments(new Stream(seed, 'segments'));
  const cases = Array.from({ length: count }, () => source.next());
  const { differences, unstable } = compareSegments(cases, twice);
  let shown = differences;
  if (less && differences.length > 0) {
    const judge = async (some: readonly (readonly Step[])[]): Promise<boolean[]> =>
      flags(some.length, compareSegments(some, true).differences);
    const least = await minimise(
      differences.map(({ steps }) => steps),
      judge,
      (step) => !isBeginning(step),
    );
    shown = compareSegments(least, true).differences;
    if (scripts !== undefined) writeScripts(scripts, seed, shown);
  }
  const agreed = count - unstable - differences.length;
  const told = shown.map(({ steps, ours, kernel: theirs }) => ({
    sent: steps.map((step) => JSON.stringify(step)),
    ours,
    kernel: theirs,
  }));
  return { area: 'tcp', cases: count - unstable, agreed, unstable, differences: told };
}

function writeScripts(folder: string, seed: number, differences: readonly SegmentDifference[]): void {
  mkdirSync(folder, { recursive: true });
  const answers = kernelWithPackets(differences.map(({ steps }) => steps));
  differences.forEach(({ steps }, i) => {
    const title = `found by npm run oracle -- --area tcp --seed ${seed}, what does not matter left out; the answers are the kernel's`;
    writeFileSync(join(folder, `seed-${seed}-${i + 1}.pkt`), scriptOf(title, steps, answers[i]!));
  });
}

async function frameAgreement(area: FrameArea, { seed, count, twice, minimise: less }: Input): Promise<Agreement> {
  const random = new RandomFrames(seed, area);
  const cases: Sent[][] = Array.from({ length: count }, () => random.next());
  const { differences, answered, unstable } = compareFrames(cases, twice);
  const judged = count - unstable;
  let shown = differences;
  if (less && differences.length > 0) {
    const least = await minimise(
      differences.map(({ number }) => cases[number]!),
      async (some) => flags(some.length, compareFrames(some, true).differences),
    );
    shown = compareFrames(least, true).differences;
  }
  return { area, cases: judged, agreed: judged - differences.length, answered, unstable, differences: shown };
}

async function callsAgreement({ seed, count, twice, minimise: less }: Input): Promise<Agreement> {
  const random = new Stream(seed, 'calls');
  const cases = Array.from({ length: count }, () => randomCalls(random));
  const { differences, unstable } = await compareCalls(cases, twice);
  const judged = count - unstable;
  let shown = differences;
  if (less && differences.length > 0) {
    const least = await minimise(
      differences.map(({ number }) => cases[number]!),
      async (some) => flags(some.length, (await compareCalls(some, true)).differences),
      (call) => !call.startsWith('nonblock'),
    );
    shown = (await compareCalls(least, true)).differences;
  }
  return { area: 'calls', cases: judged, agreed: judged - differences.length, unstable, differences: shown };
}

async function agreementOf(area: Area, input: Input): Promise<Agreement> {
  if (area === 'tcp') return tcpAgreement(input);
  return area === 'calls' ? callsAgreement(input) : frameAgreement(area, input);
}

function told({ area, cases, agreed, answered, unstable, differences }: Agreement, examples: number): string {
  const percent = (cases === 0 ? 0 : (agreed * 100) / cases).toFixed(1).padStart(5);
  const silent = answered === undefined ? '' : `, the kernel answered ${answered}`;
  const unsure = unstable === 0 ? '' : `, ${unstable} not judged: the kernel itself is of two minds`;
  const lines = differences
    .slice(0, examples)
    .flatMap(({ sent, ours, kernel }) => [
      ...sent.map((line) => `      sent    ${line}`),
      ...said(kernel).map((line) => `      kernel  ${line}`),
      ...said(ours).map((line) => `      ours    ${line}`),
      '',
    ]);
  return [`${area.padEnd(5)} ${percent} %  ${agreed} of ${cases}${silent}${unsure}`, ...lines].join('\n');
}

function said(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ['(nothing)'] : lines;
}

async function main(): Promise<number> {
  const { areas, examples, json, ...input } = optionsOf(process.argv.slice(2));
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    throw new WrongOption('the comparison needs Linux and root: it makes network namespaces');
  const agreements: Agreement[] = [];
  for (const area of areas) {
    const agreement = await agreementOf(area, input);
    agreements.push(agreement);
    if (!json) process.stdout.write(`${told(agreement, examples)}\n`);
  }
  if (json) {
    const cut = agreements.map((each) => ({ ...each, differences: each.differences.slice(0, examples) }));
    process.stdout.write(`${JSON.stringify({ seed: input.seed, agreements: cut }, undefined, 2)}\n`);
  }
  return agreements.every(({ agreed, cases }) => agreed >= cases * AGREEMENT_MIN && cases > 0) ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof WrongOption)) throw error;
  process.stderr.write(`oracle: ${error.message}\n`);
  process.exitCode = 3;
}
