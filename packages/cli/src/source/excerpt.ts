/** What a recording keeps of a program's text: a lab's own program whole, of what it stands on the lines around the calls. */
import type { SourcePiece } from '@netarium/view/source/program-source.ts';

/** So many lines before and after each call: mostly the function that makes it. */
const AROUND = 12;

const BENEATH = /^userland\//;

export function piecesOf(name: string, text: string, called: readonly number[]): readonly SourcePiece[] {
  if (!BENEATH.test(name)) return [{ from: 1, text }];
  const all = text.split('\n');
  const pieces: { from: number; to: number }[] = [];
  for (const line of [...called].sort((a, b) => a - b)) {
    const [from, to] = [Math.max(1, line - AROUND), Math.min(all.length, line + AROUND)];
    const last = pieces.at(-1);
    if (last !== undefined && from <= last.to + 1) last.to = Math.max(last.to, to);
    else pieces.push({ from, to });
  }
  return pieces.map(({ from, to }) => ({ from, text: all.slice(from - 1, to).join('\n') }));
}
