/**
 * POSIX regular expressions: the leftmost match, and of those the longest (XBD 9.1).
 *
 * Matching moves a set of states along the text, so its time is the product of the two lengths at worst; only expressions with back-references
 * need backtracking, and that gives up with an error after a bounded number of steps. Groups are those of the first way, in the order in which
 * the expression is written, that reaches the longest match; in rare nested repetitions POSIX would choose others.
 */
import { compileProgram, type Instruction } from './program.ts';
import { isWordCharacter, parseRegex, RegexError } from './syntax.ts';

export { RegexError } from './syntax.ts';

export interface RegexMatch {
  /** Start and end of the match and of each group, in characters of the subject; -1 for a group that took no part. */
  readonly slots: readonly number[];
}

const MAX_STEPS = 1_000_000;
/** A list of states at one position, in the order of preference. */
interface Thread {
  readonly at: number;
  readonly slots: readonly number[];
}

export class Regex {
  private readonly program: readonly Instruction[];
  private readonly backtracks: boolean;
  readonly groups: number;

  constructor(pattern: string, { extended = false, ignoreCase = false } = {}) {
    const parsed = parseRegex(pattern, extended, ignoreCase);
    this.program = compileProgram(parsed);
    this.backtracks = parsed.hasBackReferences;
    this.groups = parsed.groups;
  }

  /** The match that begins first, at `from` or later. `text` is in characters, so that one of them is one letter. */
  exec(text: readonly string[], from = 0): RegexMatch | undefined {
    if (this.backtracks) return this.execBacktracking(text, from);
    const slotCount = (this.groups + 1) * 2;
    let threads: Thread[] = [];
    let best: RegexMatch | undefined;
    let bestStart = -1;
    for (let position = from; ; position++) {
      const seen = new Set<number>();
      const next: Thread[] = [];
      for (const thread of threads) this.follow(thread, position, text, next, seen);
      if (best === undefined) {
        const slots = new Array<number>(slotCount).fill(-1);
        slots[0] = position;
        this.follow({ at: 0, slots }, position, text, next, seen);
      }
      for (const thread of next) {
        if (this.program[thread.at]!.op !== 'match') continue;
        // The earliest start wins; for one start a later end does, and its first way.
        const start = thread.slots[0]!;
        if (best === undefined || start < bestStart || (start === bestStart && position > best.slots[1]!)) {
          best = { slots: thread.slots.with(1, position) };
          bestStart = start;
        }
      }
      const char = text[position];
      if (char === undefined) return best;
      const live = best === undefined ? next : next.filter((thread) => thread.slots[0]! <= bestStart);
      threads = this.step(live, char);
      if (threads.length === 0 && best !== undefined) return best;
    }
  }

  test(text: readonly string[]): boolean {
    return this.exec(text) !== undefined;
  }

  private step(threads: readonly Thread[], char: string): Thread[] {
    const out: Thread[] = [];
    for (const { at, slots } of threads) {
      const instruction = this.program[at]!;
      if (instruction.op === 'test' && instruction.test(char)) out.push({ at: at + 1, slots });
    }
    return out;
  }

  /** Follows everything that takes no character. Each state is entered once for a position: whoever comes first is preferred. */
  private follow(thread: Thread, position: number, text: readonly string[], out: Thread[], seen: Set<number>): void {
    const stack: Thread[] = [thread];
    for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
      const { at, slots } = current;
      if (seen.has(at)) continue;
      seen.add(at);
      const instruction = this.program[at]!;
      if (instruction.op === 'split') {
        stack.push({ at: instruction.second, slots }, { at: instruction.first, slots });
      } else if (instruction.op === 'jump') stack.push({ at: instruction.to, slots });
      else if (instruction.op === 'save') stack.push({ at: at + 1, slots: slots.with(instruction.slot, position) });
      else if (instruction.op === 'test' || instruction.op === 'match') out.push(current);
      else if (holds(instruction, text, position)) stack.push({ at: at + 1, slots });
    }
  }

  private execBacktracking(text: readonly string[], from: number): RegexMatch | undefined {
    let steps = 0;
    for (let start = from; start <= text.length; start++) {
      let best: RegexMatch | undefined;
      const slots = new Array<number>((this.groups + 1) * 2).fill(-1);
      slots[0] = start;
      const stack = [{ at: 0, position: start, slots: slots as readonly number[] }];
      for (let current = stack.pop(); current !== undefined; current = stack.pop()) {
        if (++steps > MAX_STEPS) throw new RegexError('Regular expression too big');
        const { at, position, slots: held } = current;
        const instruction = this.program[at]!;
        if (instruction.op === 'match') {
          if (best === undefined || position > best.slots[1]!) best = { slots: held.with(1, position) };
        } else if (instruction.op === 'split') {
          stack.push(
            { at: instruction.second, position, slots: held },
            { at: instruction.first, position, slots: held },
          );
        } else if (instruction.op === 'jump') stack.push({ at: instruction.to, position, slots: held });
        else if (instruction.op === 'save') {
          stack.push({ at: at + 1, position, slots: held.with(instruction.slot, position) });
        } else if (instruction.op === 'test') {
          const char = text[position];
          if (char !== undefined && instruction.test(char))
            stack.push({ at: at + 1, position: position + 1, slots: held });
        } else if (instruction.op === 'back') {
          const end = repeated(text, position, held[instruction.index * 2]!, held[instruction.index * 2 + 1]!);
          if (end >= 0) stack.push({ at: at + 1, position: end, slots: held });
        } else if (holds(instruction, text, position)) stack.push({ at: at + 1, position, slots: held });
      }
      if (best !== undefined) return best;
    }
    return undefined;
  }
}

/** Where the text of a group ends when it comes again at `position`; -1 when it does not. */
export function repeated(text: readonly string[], position: number, start: number, end: number): number {
  if (start < 0 || end < 0) return -1;
  for (let i = start; i < end; i++) if (text[i] !== text[position + i - start]) return -1;
  return position + end - start;
}

export function holds(instruction: Instruction, text: readonly string[], position: number): boolean {
  if (instruction.op === 'start') return position === 0;
  if (instruction.op === 'end') return position === text.length;
  if (instruction.op !== 'word') return false;
  const before = isWordCharacter(text[position - 1]);
  const after = isWordCharacter(text[position]);
  switch (instruction.edge) {
    case 'start':
      return !before && after;
    case 'end':
      return before && !after;
    case 'either':
      return before !== after;
    case 'neither':
      return before === after;
  }
}
