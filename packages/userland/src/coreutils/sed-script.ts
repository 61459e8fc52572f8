/** The script of sed(1): from text to commands. */
import { Regex, RegexError } from './regex/regex.ts';
import { ToolError } from './tool.ts';

export type Address =
  | { readonly kind: 'line'; readonly line: number }
  | { readonly kind: 'last' }
  /** undefined: the last expression that was used. */
  | { readonly kind: 'match'; readonly regex: Regex | undefined }
  /** `first~step` */
  | { readonly kind: 'step'; readonly first: number; readonly step: number }
  /** `addr,+N` and `addr,~N` as second address. */
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'multiple'; readonly of: number };

export interface Substitution {
  readonly regex: Regex | undefined;
  readonly replacement: readonly (string | { readonly group: number } | { readonly change: CaseChange })[];
  readonly global: boolean;
  readonly print: boolean;
  readonly occurrence: number;
  readonly file: string | undefined;
}

/** GNU's `\U`, `\L`, `\u`, `\l`, `\E`. */
export type CaseChange = 'U' | 'L' | 'u' | 'l' | 'E';

export interface SedCommand {
  readonly from: Address | undefined;
  readonly to: Address | undefined;
  readonly negated: boolean;
  readonly name: string;
  readonly text: string;
  readonly substitution: Substitution | undefined;
  readonly translation: ReadonlyMap<string, string> | undefined;
  /** For `{`: index behind the matching brace; for `b` and `t`: where to go on. */
  target: number;
}

const NO_ARGUMENT = new Set([...'dDgGhHnNpPxlz=']);

/** The pieces are those of -e and -f, each on lines of its own. */
export function parseSedScript(pieces: readonly string[], extended: boolean): SedCommand[] {
  return new SedParser(pieces, extended).whole();
}

class SedParser {
  private at = 0;
  private readonly commands: SedCommand[] = [];
  private readonly open: number[] = [];
  private readonly labels = new Map<string, number>();

  private readonly script: string;

  constructor(
    private readonly pieces: readonly string[],
    private readonly extended: boolean,
  ) {
    this.script = pieces.join('\n');
  }

  whole(): SedCommand[] {
    for (;;) {
      this.skip(/[\s;]*/y);
      if (this.at >= this.script.length) break;
      this.command();
    }
    if (this.open.length > 0) throw this.error("unmatched `{'", 0);
    for (const command of this.commands) {
      if (command.name !== 'b' && command.name !== 't' && command.name !== 'T') continue;
      const target = command.text === '' ? this.commands.length : this.labels.get(command.text);
      if (target === undefined) throw new ToolError(`can't find label for jump to \`${command.text}'`, 4);
      command.target = target;
    }
    return this.commands;
  }

  private error(what: string, at = this.at): ToolError {
    let piece = 0;
    let start = 0;
    while (piece + 1 < this.pieces.length && at > start + this.pieces[piece]!.length) {
      start += this.pieces[piece]!.length + 1;
      piece++;
    }
    return new ToolError(`-e expression #${piece + 1}, char ${Math.max(0, at - start)}: ${what}`);
  }

  /** Takes what matches here. */
  private skip(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.script);
    if (match === null) return '';
    this.at += match[0].length;
    return match[0];
  }

  private peek(): string {
    return this.script[this.at] ?? '';
  }

  private command(): void {
    const from = this.address(false);
    let to: Address | undefined;
    this.skip(/[ \t]*/y);
    if (from !== undefined && this.peek() === ',') {
      this.at++;
      this.skip(/[ \t]*/y);
      to = this.address(true);
      if (to === undefined) throw this.error("unexpected `,'", this.at + 1);
    }
    this.skip(/[ \t]*/y);
    const negated = this.skip(/![ \t!]*/y) !== '';
    const name = this.peek();
    if (name === '') throw this.error('missing command');
    this.at++;
    this.named(name, { from, to, negated });
  }

  private named(name: string, where: Pick<SedCommand, 'from' | 'to' | 'negated'>): void {
    const add = (rest: Partial<SedCommand> = {}): void => {
      this.commands.push({
        ...where,
        name,
        text: '',
        substitution: undefined,
        translation: undefined,
        target: 0,
        ...rest,
      });
    };
    if (name === '#') {
      if (where.from !== undefined) throw this.error("comments don't accept any addresses");
      this.skip(/[^\n]*/y);
    } else if (name === '{') {
      this.open.push(this.commands.length);
      add();
    } else if (name === '}') {
      if (where.from !== undefined) throw this.error("} doesn't want any addresses");
      const start = this.open.pop();
      if (start === undefined) throw this.error("unexpected `}'");
      this.commands[start]!.target = this.commands.length;
      this.endOfCommand();
    } else if (name === ':') {
      if (where.from !== undefined) throw this.error(": doesn't want any addresses");
      const label = this.skip(/[ \t]*[^\s;]+/y).trim();
      if (label === '') throw this.error('":" lacks a label');
      this.labels.set(label, this.commands.length);
    } else if (name === 'b' || name === 't' || name === 'T') {
      add({ text: this.skip(/[ \t]*[^\s;}]*/y).trim() });
      this.endOfCommand();
    } else if (name === 'a' || name === 'i' || name === 'c') add({ text: this.textArgument() });
    else if (name === 'q' || name === 'Q') {
      if (where.to !== undefined) throw this.error('command only uses one address');
      add({ text: this.skip(/[ \t]*[0-9]*/y).trim() });
      this.endOfCommand();
    } else if (name === 'r' || name === 'w') {
      const file = this.skip(/[ \t]*[^\n]*/y).trim();
      if (file === '') throw this.error('missing filename in r/R/w/W commands');
      add({ text: file });
    } else if (name === 's') {
      add({ substitution: this.substitution() });
      this.endOfCommand();
    } else if (name === 'y') {
      add({ translation: this.translation() });
      this.endOfCommand();
    } else if (NO_ARGUMENT.has(name)) {
      add();
      this.endOfCommand();
    } else throw this.error(`unknown command: \`${name}'`);
  }

  private endOfCommand(): void {
    this.skip(/[ \t]*/y);
    const c = this.peek();
    if (c === ';' || c === '\n') this.at++;
    else if (c !== '' && c !== '}' && c !== '#') throw this.error('extra characters after command', this.at + 1);
  }

  /** The text of a, i and c: behind a backslash and a newline, or (GNU) on the same line. */
  private textArgument(): string {
    this.skip(/[ \t]*/y);
    if (this.skip(/\\[ \t]*\n/y) === '' && this.peek() === '\\') this.at++;
    const raw = this.skip(/(?:\\[\s\S]|[^\n\\])*/y);
    if (raw === '' && this.at >= this.script.length && !this.script.endsWith('\\\n'))
      throw this.error("expected \\ after `a', `c' or `i'");
    return `${raw.replace(/\\([\s\S])/g, '$1')}\n`;
  }

  private address(second: boolean): Address | undefined {
    const digits = this.skip(/[0-9]+/y);
    if (digits !== '') {
      const step = this.skip(/~[0-9]+/y);
      if (step !== '') return { kind: 'step', first: Number(digits), step: Number(step.slice(1)) };
      if (Number(digits) === 0 && !second && !/^[ \t]*,[ \t]*[/\\]/.test(this.script.slice(this.at))) {
        throw this.error('invalid usage of line address 0');
      }
      return { kind: 'line', line: Number(digits) };
    }
    if (this.skip(/\$/y) !== '') return { kind: 'last' };
    if (second) {
      const relative = this.skip(/[+~][0-9]+/y);
      if (relative.startsWith('+')) return { kind: 'count', count: Number(relative.slice(1)) };
      if (relative !== '') return { kind: 'multiple', of: Number(relative.slice(1)) };
    }
    let delimiter = '';
    if (this.peek() === '/') delimiter = '/';
    else if (this.peek() === '\\') delimiter = this.script[++this.at] ?? '';
    if (delimiter === '') return undefined;
    this.at++;
    const pattern = this.delimited(delimiter, true);
    if (pattern === undefined) throw this.error('unterminated address regex');
    const flags = this.skip(/[I]*/y);
    return { kind: 'match', regex: this.regex(pattern, flags.includes('I')) };
  }

  /** Text up to an unescaped delimiter. In an expression an escaped delimiter is the bare character, and brackets protect it. */
  private delimited(delimiter: string, isRegex: boolean): string | undefined {
    let text = '';
    let bracket = false;
    for (;;) {
      const c = this.peek();
      if (c === '') return undefined;
      this.at++;
      if (c === delimiter && !bracket) return text;
      if (c === '\n' && isRegex) return undefined;
      if (c === '\\' && !bracket) {
        const next = this.peek();
        this.at++;
        if (next === delimiter) text += delimiter === '&' && !isRegex ? '\\&' : delimiter;
        else text += `\\${next}`;
        continue;
      }
      if (isRegex) bracket = this.inBracket(c, bracket, text);
      text += c;
    }
  }

  private inBracket(c: string, inside: boolean, before: string): boolean {
    if (!inside) return c === '[';
    const content = before.slice(before.lastIndexOf('[') + 1);
    return !(c === ']' && content !== '' && content !== '^' && !/:$/.test(content)) || /\[:[a-z]*$/.test(before);
  }

  private regex(pattern: string, ignoreCase: boolean): Regex | undefined {
    if (pattern === '') return undefined;
    try {
      return new Regex(pattern, { extended: this.extended, ignoreCase });
    } catch (error) {
      if (error instanceof RegexError) throw this.error(error.message);
      throw error;
    }
  }

  private substitution(): Substitution {
    const delimiter = this.peek();
    this.at++;
    const unterminated = (): ToolError => this.error("unterminated `s' command");
    if (delimiter === '' || delimiter === '\n' || delimiter === '\\') throw unterminated();
    const pattern = this.delimited(delimiter, true);
    if (pattern === undefined) throw unterminated();
    const replacement = this.delimited(delimiter, false);
    if (replacement === undefined) throw unterminated();
    const flags = this.skip(/(?:[gpiIem]|[0-9]+)*/y);
    if (/[em]/.test(flags)) throw this.error(`the flag '${/[em]/.exec(flags)![0]}' of s is not supported by Netarium`);
    const file = this.skip(/w[^\n]*/y);
    const regex = this.regex(pattern, /[iI]/.test(flags));
    const parts = parseReplacement(replacement);
    const groups = regex?.groups ?? 9;
    for (const part of parts) {
      if (typeof part === 'object' && 'group' in part && part.group > groups) {
        throw this.error(`invalid reference \\${part.group} on \`s' command's RHS`);
      }
    }
    const number = /[0-9]+/.exec(flags)?.[0];
    if (number !== undefined && Number(number) === 0) throw this.error("number option to `s' command may not be zero");
    return {
      regex,
      replacement: parts,
      global: flags.includes('g'),
      print: flags.includes('p'),
      occurrence: Number(number ?? 1),
      file: file === '' ? undefined : file.slice(1).trim(),
    };
  }

  private translation(): ReadonlyMap<string, string> {
    const delimiter = this.peek();
    this.at++;
    const from = delimiter === '' ? undefined : this.delimited(delimiter, false);
    const to = from === undefined ? undefined : this.delimited(delimiter, false);
    if (from === undefined || to === undefined) throw this.error("unterminated `y' command");
    const characters = (text: string): string[] =>
      [...text.matchAll(/\\([\s\S])|([\s\S])/gu)].map((m) => (m[1] === 'n' ? '\n' : (m[1] ?? m[2]!)));
    const [a, b] = [characters(from), characters(to)];
    if (a.length !== b.length) throw this.error("strings for `y' command are different lengths");
    return new Map(a.map((c, i) => [c, b[i]!] as const));
  }
}

function parseReplacement(text: string): Substitution['replacement'] {
  const out: (string | { readonly group: number } | { readonly change: CaseChange })[] = [];
  for (const match of text.matchAll(/\\([\s\S])|&|[^\\&]+/g)) {
    const escaped = match[1];
    if (match[0] === '&') out.push({ group: 0 });
    else if (escaped === undefined) out.push(match[0]);
    else if (/[0-9]/.test(escaped)) out.push({ group: Number(escaped) });
    else if (escaped === 'n') out.push('\n');
    else if (escaped === 't') out.push('\t');
    else if ('ULulE'.includes(escaped)) out.push({ change: escaped as CaseChange });
    else out.push(escaped);
  }
  return out;
}
