/**
 * Patterns of KEYS and PSUBSCRIBE, as Redis reads them (stringmatchlen in its util.c): `*`, `?`, `[abc]`, `[^a-z]`, and a backslash before what stands for
 * itself. A class that is never closed ends with the pattern. Time is at most the product of the two lengths.
 */
type Piece = 'star' | ((char: string) => boolean);

export class Glob {
  private readonly pieces: readonly Piece[];

  constructor(pattern: string) {
    this.pieces = parse(pattern);
  }

  test(text: string): boolean {
    const { pieces } = this;
    let [at, piece] = [0, 0];
    /** Where the last star stands, and how far it reaches: it takes one character more whenever the rest does not fit. */
    let [star, reach] = [-1, 0];
    for (;;) {
      const next = pieces[piece];
      if (next === 'star') {
        [star, reach] = [piece, at];
        piece++;
      } else if (next === undefined && at === text.length) return true;
      else if (next !== undefined && at < text.length && next(text[at]!)) {
        at++;
        piece++;
      } else {
        if (star < 0 || reach >= text.length) return false;
        at = ++reach;
        piece = star + 1;
      }
    }
  }
}

function parse(pattern: string): Piece[] {
  const pieces: Piece[] = [];
  for (let i = 0; i < pattern.length; ) {
    const char = pattern[i]!;
    if (char === '*') {
      if (pieces.at(-1) !== 'star') pieces.push('star');
      i++;
    } else if (char === '?') {
      pieces.push(() => true);
      i++;
    } else if (char === '[') {
      const [piece, end] = set(pattern, i + 1);
      pieces.push(piece);
      i = end;
    } else {
      const literal = char === '\\' && i + 1 < pattern.length ? pattern[++i]! : char;
      pieces.push((one) => one === literal);
      i++;
    }
  }
  return pieces;
}

/** What stands between brackets, and where the pattern goes on. */
function set(pattern: string, from: number): readonly [Piece, number] {
  const negated = pattern[from] === '^';
  const ranges: (readonly [low: string, high: string])[] = [];
  let i = negated ? from + 1 : from;
  for (; i < pattern.length && pattern[i] !== ']'; i++) {
    if (pattern[i] === '\\' && i + 1 < pattern.length) {
      i++;
      ranges.push([pattern[i]!, pattern[i]!]);
    } else if (pattern[i + 1] === '-' && i + 2 < pattern.length) {
      const [one, other] = [pattern[i]!, pattern[i + 2]!];
      ranges.push(one <= other ? [one, other] : [other, one]);
      i += 2;
    } else ranges.push([pattern[i]!, pattern[i]!]);
  }
  return [(char) => ranges.some(([low, high]) => char >= low && char <= high) !== negated, i + 1];
}
