/** `netarium packetdrill`: runs packet scripts, each against a host of its own, in virtual time. */
import { runPacketScript, type ScriptVerdict } from '@netarium/core/check/packetscript/run-script.ts';
import { EXIT } from '../exit.ts';
import { readText } from '../files.ts';
import type { Io } from '../io.ts';

export interface PacketdrillOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Exit code 0 where all pass, 1 where one fails, 2 where none fails but one cannot be run. */
export function packetdrillCommand(files: readonly string[], options: PacketdrillOptions, io: Io): number {
  const scripts = files.map((file) => [file, readText(file, io.m)] as const);
  const rows = scripts.map(([file, text]) => {
    const found = runPacketScript(text, options.verbose === true ? watch(text, io, options) : undefined);
    if (options.json !== true) tell(file, found, io);
    return {
      file,
      verdict: found.verdict,
      line: found.line ?? null,
      seen: found.seen ?? '',
      missing: found.missing ?? '',
    };
  });
  const count = (verdict: ScriptVerdict['verdict']): number => rows.filter((row) => row.verdict === verdict).length;
  if (options.json === true) io.out(JSON.stringify(rows, undefined, 2));
  else if (rows.length > 1) io.out(io.m.packetdrill.sum(count('pass'), count('fail'), count('cannot run')));
  if (count('fail') > 0) return EXIT.notMet;
  return count('cannot run') > 0 ? EXIT.notJudged : EXIT.met;
}

/** Tells each event as it happens, beside the document where that goes to standard output. */
function watch(text: string, io: Io, { json }: PacketdrillOptions): (line: number, seconds: string) => void {
  const lines = text.split('\n');
  const say = json === true ? io.err : io.out;
  return (line, seconds) => say(io.m.packetdrill.event(seconds, line, lines[line - 1]?.trim() ?? ''));
}

function tell(file: string, { verdict, line, seen, missing }: ScriptVerdict, { m, colors, out }: Io): void {
  const paint = { pass: colors.green, fail: colors.red, 'cannot run': colors.yellow }[verdict];
  out(`${paint(m.packetdrill.verdicts[verdict])}  ${line === undefined ? file : `${file}:${line}`}`);
  if (seen !== undefined && seen !== '') out(`    ${m.packetdrill.seen(seen)}`);
  if (missing !== undefined)
    out(`    ${(verdict === 'fail' ? m.packetdrill.expected : m.packetdrill.lacking)(missing)}`);
}
