/**
 * Does an extended regular expression match a whole text, to the last character? Two engines answer, and count their steps (instructions visited):
 * the automaton moves a set of states along the text, so that its steps are at most instructions times characters; backtracking tries one way after
 * the other, as CPython's `re` and the RegExp of JavaScript do, and may need twice as many steps for each character more. Its budget is an argument,
 * since neither of those can be interrupted.
 */
import { compileProgram, type Instruction } from './program.ts';
import { holds, RegexError, repeated } from './regex.ts';
import { parseRegex } from './syntax.ts';

export interface Verdict {
  readonly outcome: 'match' | 'no match' | 'stopped';
  readonly steps: number;
  /** How many characters the most successful way had behind it: at a misfit the place to look at. */
  readonly reached: number;
}

/** One way of backtracking that is still to be tried. */
interface Way {
  readonly at: number;
  readonly position: number;
  readonly slots: readonly number[];
  /** Where each unbounded repetition began its last round: one that took nothing is not gone through again. */
  readonly rounds: readonly number[];
}

export class WholeMatcher {
  private readonly program: readonly Instruction[];
  private readonly slotCount: number;
  private readonly hasBackReferences: boolean;
  /** The number of each unbounded repetition, by the place of its split. */
  private readonly loops = new Map<number, number>();

  /** `RegexError` for what is no expression. */
  constructor(readonly pattern: string) {
    const parsed = parseRegex(pattern, true, false);
    this.program = compileProgram(parsed);
    this.slotCount = (parsed.groups + 1) * 2;
    this.hasBackReferences = parsed.hasBackReferences;
    for (const [at, instruction] of this.program.entries())
      if (instruction.op === 'jump' && instruction.to < at) this.loops.set(instruction.to, this.loops.size);
  }

  /** `RegexError` for an expression with back-references, which no automaton has. */
  automaton(text: readonly string[]): Verdict {
    if (this.hasBackReferences) throw new RegexError('a back-reference needs backtracking');
    let steps = 0;
    let states: number[] = [0];
    for (let position = 0; ; position++) {
      const [tests, matched, visited] = this.follow(states, position, text);
      steps += visited;
      const char = text[position];
      if (char === undefined) return { outcome: matched ? 'match' : 'no match', steps, reached: position };
      states = tests
        .filter((at) => (this.program[at] as { test(char: string): boolean }).test(char))
        .map((at) => at + 1);
      if (states.length === 0) return { outcome: 'no match', steps, reached: position };
    }
  }

  /** The tests that can come next, whether the end of the expression is reached, and how many instructions were visited. */
  private follow(from: readonly number[], position: number, text: readonly string[]): [number[], boolean, number] {
    const seen = new Set<number>();
    const tests: number[] = [];
    const stack = [...from];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (seen.has(at)) continue;
      seen.add(at);
      const instruction = this.program[at]!;
      if (instruction.op === 'split') stack.push(instruction.first, instruction.second);
      else if (instruction.op === 'jump') stack.push(instruction.to);
      else if (instruction.op === 'save') stack.push(at + 1);
      else if (instruction.op === 'test') tests.push(at);
      else if (instruction.op !== 'match' && holds(instruction, text, position)) stack.push(at + 1);
    }
    return [tests, seen.has(this.program.length - 1), seen.size];
  }

  /** Gives up after `budget` steps. */
  backtracking(text: readonly string[], budget: number): Verdict {
    const none = new Array<number>(this.slotCount).fill(-1);
    const stack: Way[] = [{ at: 0, position: 0, slots: none, rounds: new Array<number>(this.loops.size).fill(-1) }];
    let [steps, reached] = [0, 0];
    for (let way = stack.pop(); way !== undefined; way = stack.pop()) {
      if (steps === budget) return { outcome: 'stopped', steps, reached };
      steps++;
      reached = Math.max(reached, way.position);
      if (this.program[way.at]!.op === 'match' && way.position === text.length)
        return { outcome: 'match', steps, reached };
      this.tryOn(way, text, stack);
    }
    return { outcome: 'no match', steps, reached };
  }

  /** Pushes the ways in which one goes on, the preferred one last. */
  private tryOn(way: Way, text: readonly string[], stack: Way[]): void {
    const { at, position, slots } = way;
    const instruction = this.program[at]!;
    const next = at + 1;
    switch (instruction.op) {
      case 'match':
        return;
      case 'split':
        this.trySplit(way, instruction, stack);
        return;
      case 'jump':
        stack.push({ ...way, at: instruction.to });
        return;
      case 'save':
        stack.push({ ...way, at: next, slots: slots.with(instruction.slot, position) });
        return;
      case 'test': {
        const char = text[position];
        if (char !== undefined && instruction.test(char)) stack.push({ ...way, at: next, position: position + 1 });
        return;
      }
      case 'back': {
        const end = repeated(text, position, slots[instruction.index * 2]!, slots[instruction.index * 2 + 1]!);
        if (end >= 0) stack.push({ ...way, at: next, position: end });
        return;
      }
      default:
        if (holds(instruction, text, position)) stack.push({ ...way, at: next });
    }
  }

  private trySplit(way: Way, { first, second }: { first: number; second: number }, stack: Way[]): void {
    stack.push({ ...way, at: second });
    const loop = this.loops.get(way.at);
    if (loop === undefined) stack.push({ ...way, at: first });
    else if (way.rounds[loop] !== way.position)
      stack.push({ ...way, at: first, rounds: way.rounds.with(loop, way.position) });
  }
}
