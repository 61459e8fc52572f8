/**
 * The automaton behind `matches`: a set of states moves along the text and nothing is tried twice, so the time is that of pattern times
 * text whatever the pattern.
 */
import { isWord } from './characters.ts';

/** Over bytes, so that it also reads payloads. */
export type CharTest = (code: number) => boolean;

export interface State {
  /** Consumes one character, or asserts a place, or splits. */
  readonly kind: 'char' | 'split' | 'start' | 'end' | 'boundary' | 'inside' | 'accept';
  readonly test?: CharTest;
  next: number;
  other: number;
}

export class Pattern {
  constructor(
    private readonly states: readonly State[],
    private readonly first: number,
  ) {}

  /** True where some part of the text (one byte per character) matches. */
  test(text: Uint8Array): boolean {
    let current = new Set<number>();
    for (let at = 0; at <= text.length; at++) {
      // A match may begin anywhere.
      this.follow(this.first, text, at, current);
      if (current.has(this.states.length - 1)) return true;
      if (at === text.length) return false;
      const following = new Set<number>();
      for (const index of current) {
        const state = this.states[index]!;
        if (state.kind === 'char' && state.test!(text[at]!)) this.follow(state.next, text, at + 1, following);
      }
      current = following;
    }
    return false;
  }

  /** Adds a state and all that it reaches without consuming. */
  private follow(first: number, text: Uint8Array, at: number, into: Set<number>): void {
    const pending = [first];
    while (pending.length > 0) {
      const index = pending.pop()!;
      if (into.has(index)) continue;
      into.add(index);
      const state = this.states[index]!;
      if (state.kind === 'split') pending.push(state.next, state.other);
      else if (state.kind !== 'char' && state.kind !== 'accept' && holds(state.kind, text, at))
        pending.push(state.next);
    }
  }
}

function holds(kind: State['kind'], text: Uint8Array, at: number): boolean {
  if (kind === 'start') return at === 0;
  // PCRE: "$" also holds before a final line feed.
  if (kind === 'end') return at === text.length || (at === text.length - 1 && text[at] === 10);
  const before = at > 0 && isWord(text[at - 1]!);
  const after = at < text.length && isWord(text[at]!);
  return (before !== after) === (kind === 'boundary');
}
