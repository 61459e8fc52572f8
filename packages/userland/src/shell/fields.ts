/**
 * Collects the result of expansions into fields: field splitting by IFS (POSIX 2.6.5) happens as text arrives, and each field remembers
 * which of its text was quoted, for pathname expansion and for patterns.
 */
import { ShellError } from './errors.ts';
import { quotePattern } from './pattern.ts';
import { MAX_TEXT } from './state.ts';

export class Field {
  private readonly runs: { text: string; quoted: boolean }[] = [];

  add(text: string, quoted: boolean): void {
    const last = this.runs.at(-1);
    if (last !== undefined && last.quoted === quoted) last.text += text;
    else this.runs.push({ text, quoted });
  }

  text(): string {
    return this.runs.map((run) => run.text).join('');
  }

  /** The field as a pattern, in which quoted text stands for itself. */
  pattern(): string {
    return this.runs.map((run) => (run.quoted ? quotePattern(run.text) : run.text)).join('');
  }

  mayBePattern(): boolean {
    return this.runs.some((run) => !run.quoted && /[*?[]/.test(run.text));
  }
}

export class FieldCollector {
  readonly fields: Field[] = [];
  private current: Field | undefined;
  private size = 0;
  /** The last field was ended by IFS white space; a delimiter that follows belongs to the same gap. */
  private endedBySpace = false;
  private readonly space: string;
  private readonly delimiters: string;

  /** `ifs` undefined: no splitting at all, everything is one field. */
  constructor(private readonly ifs: string | undefined) {
    const characters = [...(ifs ?? '')];
    this.space = characters.filter((c) => c === ' ' || c === '\t' || c === '\n').join('');
    this.delimiters = characters.filter((c) => !this.space.includes(c)).join('');
  }

  get splits(): boolean {
    return this.ifs !== undefined;
  }

  /** Text that is not split. */
  add(text: string, quoted: boolean): void {
    if (text === '' && !quoted) return;
    this.count(text);
    this.open().add(text, quoted);
  }

  /** Unquoted text from an expansion. */
  addSplit(text: string): void {
    if (this.ifs === undefined || this.ifs === '') {
      this.add(text, false);
      return;
    }
    this.count(text);
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const c = text[i]!;
      const isSpace = this.space.includes(c);
      if (!isSpace && !this.delimiters.includes(c)) continue;
      if (i > from) this.open().add(text.slice(from, i), false);
      from = i + 1;
      if (isSpace) this.spaceSeen();
      else this.delimiterSeen();
    }
    if (from < text.length) this.open().add(text.slice(from), false);
  }

  private spaceSeen(): void {
    if (this.current === undefined) return;
    this.finish();
    this.endedBySpace = true;
  }

  private delimiterSeen(): void {
    if (this.current === undefined && !this.endedBySpace) this.open();
    this.finish();
    this.endedBySpace = false;
  }

  /** The boundary between two positional parameters. */
  boundary(): void {
    this.finish();
    this.endedBySpace = false;
  }

  private open(): Field {
    this.endedBySpace = false;
    this.current ??= new Field();
    return this.current;
  }

  private finish(): void {
    if (this.current !== undefined) this.fields.push(this.current);
    this.current = undefined;
  }

  private count(text: string): void {
    this.size += text.length;
    if (this.size > MAX_TEXT) throw new ShellError('Out of space');
  }

  done(): readonly Field[] {
    this.finish();
    return this.fields;
  }
}
