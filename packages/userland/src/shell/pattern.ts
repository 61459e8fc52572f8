/**
 * Shell patterns (POSIX 2.13): `*`, `?`, `[...]`, and a backslash that takes the next character as it is. Used for `case`, for the trims
 * `%` and `#`, and for pathname expansion, which adds its rules about slashes and leading dots.
 *
 * Promises: matching takes time in the product of the two lengths at worst, whatever the pattern.
 * As in dash, only `!` negates a bracket expression, and a bracket without its end is an ordinary character.
 */

type Element =
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'set'; readonly negated: boolean; readonly items: readonly SetItem[] };

type SetItem = { readonly from: number; readonly to: number } | { readonly characterClass: string };

export type Pattern = readonly Element[];

const CLASSES = new Map<string, RegExp>([
  ['alnum', /[A-Za-z0-9]/],
  ['alpha', /[A-Za-z]/],
  ['blank', /[ \t]/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the class is made of them
  ['cntrl', /[\x00-\x1f\x7f]/],
  ['digit', /[0-9]/],
  ['graph', /[!-~]/],
  ['lower', /[a-z]/],
  ['print', /[ -~]/],
  ['punct', /[!-/:-@[-`{-~]/],
  ['space', /[ \t\n\v\f\r]/],
  ['upper', /[A-Z]/],
  ['xdigit', /[0-9A-Fa-f]/],
]);

/** Quotes text for use inside a pattern. */
export function quotePattern(text: string): string {
  return text.replace(/[\\*?[\]!^-]/g, '\\$&');
}

/** Whether the pattern has a character that makes it more than text. */
export function hasMagic(pattern: string): boolean {
  return compilePattern(pattern).some((element) => element.kind !== 'char');
}

/** The text that a pattern without magic stands for. */
export function unquotePattern(pattern: string): string {
  return pattern.replace(/\\([\s\S])/g, '$1');
}

export function compilePattern(text: string): Pattern {
  const elements: Element[] = [];
  for (let i = 0; i < text.length; ) {
    const c = text[i]!;
    if (c === '*') {
      if (elements.at(-1)?.kind !== 'star') elements.push({ kind: 'star' });
      i++;
    } else if (c === '?') {
      elements.push({ kind: 'any' });
      i++;
    } else if (c === '[') {
      const set = bracket(text, i + 1);
      elements.push(set?.element ?? { kind: 'char', char: '[' });
      i = set?.end ?? i + 1;
    } else if (c === '\\' && i + 1 < text.length) {
      elements.push({ kind: 'char', char: text[i + 1]! });
      i += 2;
    } else {
      elements.push({ kind: 'char', char: c });
      i++;
    }
  }
  return elements;
}

/** A bracket expression whose `[` is before `at`; undefined when it has no end. */
function bracket(text: string, at: number): { readonly element: Element; readonly end: number } | undefined {
  const negated = text[at] === '!';
  if (negated) at++;
  const items: SetItem[] = [];
  for (let first = true; at < text.length; first = false) {
    if (text[at] === ']' && !first) return { element: { kind: 'set', negated, items }, end: at + 1 };
    const named = /^\[:([a-z]+):\]/.exec(text.slice(at, at + 16));
    if (named !== null && CLASSES.has(named[1]!)) {
      items.push({ characterClass: named[1]! });
      at += named[0].length;
      continue;
    }
    const [from, afterFrom] = literalAt(text, at);
    at = afterFrom;
    if (text[at] === '-' && at + 1 < text.length && text[at + 1] !== ']') {
      const [to, afterTo] = literalAt(text, at + 1);
      items.push({ from, to });
      at = afterTo;
    } else items.push({ from, to: from });
  }
  return undefined;
}

function literalAt(text: string, at: number): [code: number, next: number] {
  if (text[at] === '\\' && at + 1 < text.length) return [text.charCodeAt(at + 1), at + 2];
  return [text.charCodeAt(at), at + 1];
}

function matchesOne(element: Element, char: string): boolean {
  if (element.kind === 'any') return true;
  if (element.kind === 'char') return element.char === char;
  if (element.kind === 'star') return false;
  const code = char.charCodeAt(0);
  for (const item of element.items) {
    const inside =
      'characterClass' in item ? CLASSES.get(item.characterClass)!.test(char) : code >= item.from && code <= item.to;
    if (inside) return !element.negated;
  }
  return element.negated;
}

/** Whether the pattern matches all of `text[start, end)`. */
export function matchPattern(pattern: Pattern, text: string, start = 0, end = text.length): boolean {
  let p = 0;
  let t = start;
  // Only the last star can need another try: what was matched before it can stay as short as it is.
  let starAt = -1;
  let starText = 0;
  while (t < end) {
    const element = pattern[p];
    if (element?.kind === 'star') {
      starAt = p++;
      starText = t;
    } else if (element !== undefined && matchesOne(element, text[t]!)) {
      p++;
      t++;
    } else if (starAt >= 0) {
      p = starAt + 1;
      t = ++starText;
    } else return false;
  }
  while (pattern[p]?.kind === 'star') p++;
  return p === pattern.length;
}

/**
 * The trims of parameter expansion: removes the smallest or largest prefix or suffix that matches. All lengths are tried in one pass
 * (a set of pattern positions that moves along the text), so a hostile pattern cannot take quadratic time.
 */
export function trimPattern(text: string, pattern: string, operator: '%' | '%%' | '#' | '##'): string {
  const suffix = operator.startsWith('%');
  const elements = compilePattern(pattern);
  const length = matchingLength(suffix ? elements.toReversed() : elements, text, suffix, operator.length === 2);
  if (length < 0) return text;
  return suffix ? text.slice(0, text.length - length) : text.slice(length);
}

/** The smallest or largest number of characters, from the start or from the end, that the elements match; -1 for none. */
function matchingLength(elements: Pattern, text: string, fromEnd: boolean, largest: boolean): number {
  let active = follow(elements, new Set([0]));
  let best = -1;
  for (let taken = 0; ; taken++) {
    if (active.has(elements.length)) {
      best = taken;
      if (!largest) return best;
    }
    if (taken === text.length || active.size === 0) return best;
    const char = text[fromEnd ? text.length - 1 - taken : taken]!;
    const next = new Set<number>();
    for (const position of active) {
      const element = elements[position];
      if (element === undefined) continue;
      if (element.kind === 'star') next.add(position);
      else if (matchesOne(element, char)) next.add(position + 1);
    }
    active = follow(elements, next);
  }
}

/** A star may match nothing: adds the positions behind stars. */
function follow(elements: Pattern, positions: Set<number>): Set<number> {
  for (const position of positions) if (elements[position]?.kind === 'star') positions.add(position + 1);
  return positions;
}
