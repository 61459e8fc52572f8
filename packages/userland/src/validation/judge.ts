/** Judges values: by a format or by an expression, whole or in the ways in which programs get it wrong. */
import { WholeMatcher } from '../coreutils/regex/whole-match.ts';
import type { Format } from './formats.ts';

/**
 * Which call of CPython's `re` is asked: `fullmatch` takes the whole value. The others are the usual faults: `dollar` is `match` with a `$` at the end,
 * which allows one newline behind the value, `match` anything behind it, `search` anything before it too.
 */
export const WAYS = ['fullmatch', 'dollar', 'match', 'search'] as const;
export type Way = (typeof WAYS)[number];

const ANYTHING = '(.|\n)*';

function widened(pattern: string, way: Way): string {
  switch (way) {
    case 'fullmatch':
      return pattern;
    case 'dollar':
      return `(${pattern})\n?`;
    case 'match':
      return `(${pattern})${ANYTHING}`;
    case 'search':
      return `${ANYTHING}(${pattern})${ANYTHING}`;
  }
}

export interface Judgement {
  readonly verdict: 'good' | 'bad' | 'stopped';
  readonly steps: number;
  /** Why it is not good; empty where it is. */
  readonly reason: string;
}

export interface JudgeOptions {
  readonly way?: Way;
  /** Backtracks, and gives up after so many steps; without it the automaton judges, which needs no limit. */
  readonly stepLimit?: number;
}

export class Judge {
  private readonly matcher: WholeMatcher;

  /** `RegexError` for a pattern that is none. */
  constructor(
    private readonly format: Pick<Format, 'pattern' | 'excess'>,
    private readonly options: JudgeOptions = {},
  ) {
    this.matcher = new WholeMatcher(widened(format.pattern, options.way ?? 'fullmatch'));
  }

  judge(value: string): Judgement {
    const characters = [...value];
    const { stepLimit } = this.options;
    const { outcome, steps, reached } =
      stepLimit === undefined ? this.matcher.automaton(characters) : this.matcher.backtracking(characters, stepLimit);
    if (outcome === 'stopped') return { verdict: 'stopped', steps, reason: `given up after ${steps} steps` };
    if (outcome === 'no match') return { verdict: 'bad', steps, reason: misfit(characters, reached) };
    const excess = this.format.excess?.(value);
    return excess === undefined ? { verdict: 'good', steps, reason: '' } : { verdict: 'bad', steps, reason: excess };
  }
}

/** The place at which no way went on. */
function misfit(characters: readonly string[], reached: number): string {
  if (characters.length === 0) return 'empty';
  if (reached >= characters.length) return 'ends too early';
  return `character ${reached + 1}, ${shown(characters[reached]!)}, does not fit`;
}

const LONGEST = 60;

/** A value in one line: quoted, what cannot be seen escaped, the middle of long ones left out. */
export function shown(value: string): string {
  const characters = [...value];
  const part = characters.length <= LONGEST ? value : `${characters.slice(0, LONGEST - 1).join('')}…`;
  return JSON.stringify(part).replace(
    /[\u007f-\u00a0\u2028\u2029\ufeff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
