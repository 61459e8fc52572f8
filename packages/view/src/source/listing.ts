/** The text of a program's file, line by line, as far as a recording has it and somebody wants to see it. */
import type { SourceFile } from './program-source.ts';

export interface SourceLine {
  readonly number: number;
  readonly text: string;
  /** So many lines were left out before this one. */
  readonly skipped: number;
}

/** Of a file that is longer, only the part around a line is shown, which moves by such steps. */
const STEP = 100;
const LONGEST = 400;

export function linesOf({ pieces }: SourceFile): readonly SourceLine[] {
  let next = 1;
  const lines = pieces.flatMap(({ from, text }) =>
    text.split('\n').map((content, i): SourceLine => {
      const number = from + i;
      const skipped = number - next;
      next = number + 1;
      return { number, text: content, skipped };
    }),
  );
  // The file's last line break ends a line, and begins none.
  if (lines.at(-1)?.text === '') lines.pop();
  return lines;
}

/** All lines of a file, or those around `line`. */
export function linesAround(lines: readonly SourceLine[], line: number): readonly SourceLine[] {
  if (lines.length <= LONGEST) return lines;
  const at = Math.max(
    0,
    lines.findIndex(({ number }) => number >= line),
  );
  const first = Math.max(0, (Math.floor(at / STEP) - 1) * STEP);
  const shown = lines.slice(first, first + 3 * STEP);
  return shown.map((each, i) => (i === 0 ? { ...each, skipped: each.number - 1 } : each));
}
