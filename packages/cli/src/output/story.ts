/** Tells the story of a run: each line with its virtual time and its letter, at once or paced in real time. */
import { setTimeout as wait } from 'node:timers/promises';
import type { StoryLine } from '@netarium/core/check/lab-run.ts';
import { formatInstant } from '@netarium/core/time/instant.ts';
import { textIn } from '@netarium/view/language.ts';
import type { Io } from '../io.ts';

/** Virtual seconds per real second; Infinity tells as fast as it can. */
export type Speed = number;

export function parseSpeed(text: string): Speed | undefined {
  if (text === 'max') return Number.POSITIVE_INFINITY;
  const match = /^(\d{1,6}(?:\.\d{1,6})?)x?$/.exec(text);
  const speed = match === null ? 0 : Number(match[1]);
  return speed > 0 ? speed : undefined;
}

export class StoryTeller {
  private readonly waiting: StoryLine[] = [];

  constructor(
    private readonly io: Io,
    private readonly speed: Speed,
    /** Called before a line: what else stands on the terminal makes room. */
    private readonly clear: () => void,
  ) {}

  hear(line: StoryLine): void {
    if (this.speed === Number.POSITIVE_INFINITY) this.tell(line);
    else this.waiting.push(line);
  }

  /** Tells what is still to be told, each line at its time. The world itself does not wait: what happens in it does not depend on who watches. */
  async end(): Promise<void> {
    const start = performance.now();
    for (const line of this.waiting) {
      const late = start + line.atNs / 1e6 / this.speed - performance.now();
      if (late > 0) await wait(late);
      this.tell(line);
    }
  }

  private tell({ atNs, mark, text }: StoryLine): void {
    const { colors, language } = this.io;
    this.clear();
    const time = formatInstant(atNs).padStart(14);
    const [first, ...more] = textIn(text, language).trimEnd().split('\n');
    this.io.out(`${colors.dim(time)}  ${colors.bold(colors.cyan(mark.padEnd(1)))}  ${first}`);
    for (const line of more) this.io.out(`${' '.repeat(19)}${line}`.trimEnd());
  }
}
