/**
 * The kernel of this machine as oracle: the same random frames, fragments, TCP conversations and socket calls into it and into ours, and how often the
 * answers agree, per area, with examples where they do not. What is compared, and what is left out because it hangs on the clock of a busy
 * machine, is written in test/kernel. Needs root (network namespaces, /dev/net/tun) and Python 3.
 *
 *     npm run oracle -- --seed 1 --count 500 [--area tcp|icmp|frag|arp|udp|calls] [--twice] [--examples 3] [--json]
 *
 * `--twice` asks the kernel two times and judges only what it says both times. Ends with 0, with 1 where an area agrees in less than 95 of 100 cases, with 3 for a wrong option.
 */
import { parseArgs } from 'node:util';
import { Stream } from '@netarium/core/random/random.ts';
import { compareCalls } from '../test/kernel/compare-calls.ts';
import { compareFrames } from '../test/kernel/compare-frames.ts';
import { compareSegments } from '../test/kernel/compare-segments.ts';
import { randomCalls } from '../test/kernel/random-calls.ts';
import { type FrameArea, RandomFrames, type Sent } from '../test/kernel/random-frames.ts';
import { RandomSegments } from '../test/kernel/random-segments.ts';

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

function wholeNumber(name: string, text: string, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= most)) throw new WrongOption(`--${name} ${text}: a whole number from 0 to ${most} is expected`);
  return value;
}

function optionsOf(args: string[]) {
  const { values } = parse(args);
  const area = values.area;
  const areas = AREAS.filter((each) => area === undefined || each === area);
  if (areas.length === 0) throw new WrongOption(`--area ${area}: the areas are ${AREAS.join(', ')}`);
  return {
    areas,
    seed: wholeNumber('seed', values.seed, 0xffff_ffff),
    count: Math.max(1, wholeNumber('count', values.count, COUNT_MAX)),
    examples: wholeNumber('examples', values.examples, COUNT_MAX),
    twice: values.twice,
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
}

function tcpAgreement({ seed, count, twice }: Input): Agreement {
  const source = new RandomSegments(new Stream(seed, 'segments'));
  const cases = Array.from({ length: count }, () => source.next());
  const { differences, unstable } = compareSegments(cases, twice);
  const shown = differences.map(({ steps, ours, kernel }) => ({
    sent: steps.map((step) => JSON.stringify(step)),
    ours,
    kernel,
  }));
  return {
    area: 'tcp',
    cases: count - unstable,
    agreed: count - unstable - shown.length,
    unstable,
    differences: shown,
  };
}

function frameAgreement(area: FrameArea, { seed, count, twice }: Input): Agreement {
  const random = new RandomFrames(seed, area);
  const cases: Sent[][] = Array.from({ length: count }, () => random.next());
  const { differences, answered, unstable } = compareFrames(cases, twice);
  const judged = count - unstable;
  return { area, cases: judged, agreed: judged - differences.length, answered, unstable, differences };
}

async function callsAgreement({ seed, count, twice }: Input): Promise<Agreement> {
  const random = new Stream(seed, 'calls');
  const cases = Array.from({ length: count }, () => randomCalls(random));
  const { differences, unstable } = await compareCalls(cases, twice);
  const judged = count - unstable;
  return { area: 'calls', cases: judged, agreed: judged - differences.length, unstable, differences };
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
