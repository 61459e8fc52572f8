/** The end of a run, for people: the checks as a table, what went wrong, the digests, where the captures are. */
import type { CheckResult, LabRun, Verdict } from '@netarium/core/check/lab-run.ts';
import { formatInstant } from '@netarium/core/time/instant.ts';
import { engineText } from '@netarium/view/lab/engine-text.ts';
import { textIn } from '@netarium/view/language.ts';
import type { CaptureSummary, PacketPlaces } from '../captures.ts';
import type { Io } from '../io.ts';
import { table } from './table.ts';

const SYMBOLS: Readonly<Record<Verdict, string>> = { met: '✓', 'not met': '✗', 'could not be judged': '?' };

/** Columns that a text may take: those of the terminal, bounded; undefined where it goes to a file or a pipe. */
export function textWidth({ stdout }: Io): number | undefined {
  return stdout.isTTY === true ? Math.min(Math.max(stdout.columns ?? 80, 40), 120) : undefined;
}

export function verdictText(verdict: Verdict, { m, colors }: Io): string {
  const text = `${SYMBOLS[verdict]} ${m.run.verdicts[verdict]}`;
  return verdict === 'met' ? colors.green(text) : verdict === 'not met' ? colors.red(text) : colors.yellow(text);
}

export interface RunFiles {
  readonly captures: CaptureSummary | undefined;
  /** The command that shows the same run as a page; undefined where a page has been written, or typed keys belong to the run. */
  readonly page: string | undefined;
}

/** `where` finds a packet in the captures: a card and the number of a frame there. */
export function report(run: LabRun, { captures, page }: RunFiles, where: PacketPlaces, io: Io): void {
  const { m, colors, out } = io;
  if (run.checks.length > 0) out('');
  for (const line of checksTable(run.checks, where, io)) out(line);
  if (run.problems.length > 0) {
    out('');
    out(colors.red(m.run.problems));
    for (const problem of run.problems) out(`  ${colors.red('✗')} ${engineText(problem, io.language)}`);
  }
  out('');
  const facts = [
    [m.run.wireDigest, run.wireDigest],
    [m.run.runDigest, run.runDigest],
    [m.run.virtual, `${formatInstant(run.virtualNs)} s`],
    [m.run.size, m.run.counts(run.events, run.packets)],
  ];
  if (captures !== undefined) facts.push([m.run.captures, captureText(captures, io)]);
  if (page !== undefined) facts.push([m.run.page, page]);
  for (const line of table(facts.map(([name, value]) => [colors.dim(name!), value!]))) out(line);
}

function checksTable(checks: readonly CheckResult[], where: PacketPlaces, io: Io): string[] {
  const { m, colors, language } = io;
  if (checks.length === 0) return [];
  const head = [m.run.headVerdict, m.run.headCheck, m.run.headRow, m.run.headTime, m.run.headPacket].map(colors.dim);
  const rows = checks.map(({ verdict, text, row, clause, atNs, packet, saw }) => [
    verdictText(verdict, io),
    saw === '' ? textIn(text, language) : `${textIn(text, language)}\n${m.run.saw(engineText(saw, language))}`,
    row === undefined ? '' : clause === undefined ? String(row) : `${row}.${clause}`,
    atNs < 0 ? '' : `${formatInstant(atNs)} s`,
    packet === 0 ? '' : (where(packet) ?? `#${packet}`),
  ]);
  return table(rows, { head, width: textWidth(io), wrap: 1 });
}

function captureText({ path, files, packets, folder }: CaptureSummary, { m }: Io): string {
  return folder ? m.run.captureMany(path, files, packets) : m.run.captureOne(path, packets);
}
