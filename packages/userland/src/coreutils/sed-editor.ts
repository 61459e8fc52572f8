/** The commands of sed(1), applied to one line after the other. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import { writeAll } from '../lib/stdio.ts';
import type { Regex } from './regex/regex.ts';
import type { Input, InputLine } from './sed-input.ts';
import type { Address, CaseChange, SedCommand, Substitution } from './sed-script.ts';
import { decodeText, encodeText } from './text.ts';
import { readOperand, ToolError } from './tool.ts';

const MAX_STEPS_PER_LINE = 1_000_000;

class Quit extends Error {
  override readonly name = 'Quit';
  constructor(
    readonly status: number,
    readonly prints: boolean,
    /** q or Q, and not n or N without a next line. */
    readonly byCommand: boolean,
  ) {
    super('quit');
  }
}

export class Editor {
  private pattern = '';
  private hold = '';
  /** Whether the held line had its newline: GNU keeps that with the line. */
  private holdEnded = true;
  private line = 0;
  private ended = true;
  private replaced = false;
  private appended: string[] = [];
  private lastRegex: Regex | undefined;
  /** Ranges that are open, with the line at which a numeric end closes them. */
  private readonly ranges = new Map<SedCommand, number | 'open' | 'closed'>();
  private input!: Input;

  constructor(
    private readonly sys: Sys,
    private readonly commands: readonly SedCommand[],
    private readonly quiet: boolean,
    private readonly write: (text: string) => Promise<void>,
    private readonly files: Map<string, number>,
  ) {}

  /** Answers the exit status of `q`, or undefined at the end of the input. */
  async run(input: Input): Promise<number | undefined> {
    this.input = input;
    for (;;) {
      const line = await input.next();
      if (line === undefined) return undefined;
      this.take(line);
      try {
        while (await this.cycle()) await this.endCycle(false);
        await this.endCycle(true);
      } catch (error) {
        if (!(error instanceof Quit)) throw error;
        // GNU: q completes a last line that lacks its newline.
        this.ended ||= error.byCommand;
        if (error.prints) await this.endCycle(true);
        return error.byCommand ? error.status : undefined;
      }
    }
  }

  private take(line: InputLine): void {
    this.pattern = line.text;
    this.ended = line.ended;
    this.line++;
    this.replaced = false;
  }

  private deleted = false;

  private async endCycle(prints: boolean): Promise<void> {
    if (prints && !this.quiet && !this.deleted) await this.print(this.pattern);
    for (const text of this.appended.splice(0)) await this.write(text);
    this.deleted = false;
  }

  private print(text: string): Promise<void> {
    return this.write(this.ended ? `${text}\n` : text);
  }

  /** One run through the script. True: `D` wants another one without a new line. */
  private async cycle(): Promise<boolean> {
    let steps = 0;
    for (let i = 0; i < this.commands.length; ) {
      if (++steps > MAX_STEPS_PER_LINE) throw new ToolError('the script does not come to an end');
      const command = this.commands[i]!;
      if (!this.selected(command)) {
        i = command.name === '{' ? command.target : i + 1;
        continue;
      }
      const next = await this.execute(command, i);
      if (next === 'end') return false;
      if (next === 'again') return true;
      i = next;
    }
    return false;
  }

  private selected(command: SedCommand): boolean {
    return this.addressed(command) !== command.negated;
  }

  private addressed(command: SedCommand): boolean {
    const { from, to } = command;
    if (from === undefined) return true;
    if (to === undefined) return this.matches(from);
    const open = this.ranges.get(command);
    if (open === undefined) return this.opens(command, from, to);
    if (open === 'closed') return false;
    if (open === 'open') {
      if (this.matches(to)) this.close(command, from);
      return true;
    }
    if (this.line >= open) this.close(command, from);
    return this.line <= open;
  }

  /** A range that begins at a line number comes once. */
  private close(command: SedCommand, from: Address): void {
    if (from.kind === 'line') this.ranges.set(command, 'closed');
    else this.ranges.delete(command);
  }

  private opens(command: SedCommand, from: Address, to: Address): boolean {
    const zero = from.kind === 'line' && from.line === 0;
    // GNU: a line number begins its range also where the line itself passed by, behind a jump.
    const begins = from.kind === 'line' ? this.line >= Math.max(1, from.line) : this.matches(from);
    if (!begins) return false;
    const end = this.rangeEnd(to);
    if (to.kind === 'line' && to.line < this.line) {
      this.close(command, from);
      return from.kind !== 'line' || this.line === from.line;
    }
    const endsHere = end !== 'open' ? end <= this.line : zero && this.matches(to);
    if (endsHere) this.close(command, from);
    else this.ranges.set(command, end);
    return true;
  }

  /** The line at which a range that begins here ends, or that it is open until an address matches. */
  private rangeEnd(to: Address): number | 'open' {
    if (to.kind === 'line') return to.line;
    if (to.kind === 'count') return this.line + to.count;
    if (to.kind === 'multiple') return to.of === 0 ? this.line : Math.ceil(this.line / to.of) * to.of;
    return 'open';
  }

  private matches(address: Address): boolean {
    switch (address.kind) {
      case 'line':
        return this.line === address.line;
      case 'last':
        return this.input.atLast;
      case 'match':
        return this.regexOf(address.regex).test([...this.pattern]);
      case 'step':
        if (address.step === 0) return this.line === address.first;
        return this.line >= address.first && (this.line - address.first) % address.step === 0;
      default:
        return false;
    }
  }

  /** An empty expression is the last one that was used. */
  private regexOf(regex: Regex | undefined): Regex {
    this.lastRegex = regex ?? this.lastRegex;
    if (this.lastRegex === undefined) throw new ToolError('-e expression #1, char 0: no previous regular expression');
    return this.lastRegex;
  }

  private async execute(command: SedCommand, index: number): Promise<number | 'end' | 'again'> {
    switch (command.name) {
      case '{':
        break;
      case '=':
        await this.write(`${this.line}\n`);
        break;
      case 'a':
        this.appended.push(command.text);
        break;
      case 'i':
        await this.write(command.text);
        break;
      case 'c':
        return this.change(command);
      case 'b':
        return command.target;
      case 't':
      case 'T': {
        const jumps = this.replaced === (command.name === 't');
        this.replaced = false;
        if (jumps) return command.target;
        break;
      }
      case 'd':
        this.deleted = true;
        return 'end';
      case 'D':
        return this.deleteFirstLine();
      case 'g':
        this.pattern = this.hold;
        this.ended = this.holdEnded;
        break;
      case 'G':
        this.pattern += `\n${this.hold}`;
        this.ended = this.holdEnded;
        break;
      case 'h':
        this.hold = this.pattern;
        this.holdEnded = this.ended;
        break;
      case 'H':
        this.hold += `\n${this.pattern}`;
        this.holdEnded = this.ended;
        break;
      case 'x':
        [this.pattern, this.hold] = [this.hold, this.pattern];
        [this.ended, this.holdEnded] = [this.holdEnded, this.ended];
        break;
      case 'z':
        this.pattern = '';
        break;
      case 'n':
        return this.nextLine(index);
      case 'N':
        return this.appendLine(index);
      case 'p':
        await this.print(this.pattern);
        break;
      case 'P': {
        const newline = this.pattern.indexOf('\n');
        await (newline < 0 ? this.print(this.pattern) : this.write(this.pattern.slice(0, newline + 1)));
        break;
      }
      case 'q':
        throw new Quit(Number(command.text || 0), true, true);
      case 'Q':
        throw new Quit(Number(command.text || 0), false, true);
      case 'r':
        await this.appendFile(command.text);
        break;
      case 'w':
        await this.toFile(command.text, `${this.pattern}\n`);
        break;
      case 's':
        await this.substitute(command.substitution!);
        break;
      case 'y':
        this.pattern = [...this.pattern].map((c) => command.translation!.get(c) ?? c).join('');
        break;
      default:
        throw new ToolError(`the command '${command.name}' is not supported by Netarium; see docs/coverage/sed.md`);
    }
    return index + 1;
  }

  /** With a range the text comes once, at its end. */
  private async change(command: SedCommand): Promise<'end'> {
    const state = this.ranges.get(command);
    const goesOn = state !== undefined && state !== 'closed';
    if (command.to === undefined || command.negated || !goesOn) await this.write(command.text);
    this.deleted = true;
    return 'end';
  }

  private deleteFirstLine(): 'end' | 'again' {
    const newline = this.pattern.indexOf('\n');
    this.deleted = true;
    if (newline < 0) return 'end';
    this.pattern = this.pattern.slice(newline + 1);
    return 'again';
  }

  private async nextLine(index: number): Promise<number> {
    // GNU: without a next line n prints the pattern space and ends.
    if (this.input.atLast) throw new Quit(0, true, false);
    if (!this.quiet) await this.print(this.pattern);
    for (const text of this.appended.splice(0)) await this.write(text);
    const { replaced } = this;
    this.take((await this.input.next())!);
    this.replaced = replaced;
    return index + 1;
  }

  private async appendLine(index: number): Promise<number> {
    if (this.input.atLast) throw new Quit(0, true, false);
    for (const text of this.appended.splice(0)) await this.write(text);
    const { pattern, replaced } = this;
    this.take((await this.input.next())!);
    this.pattern = `${pattern}\n${this.pattern}`;
    this.replaced = replaced;
    return index + 1;
  }

  private async appendFile(path: string): Promise<void> {
    try {
      this.appended.push(decodeText(await readOperand(this.sys, path)));
    } catch (error) {
      // POSIX: a file that cannot be read is an empty one.
      if (!(error instanceof SysError)) throw error;
    }
  }

  private async toFile(path: string, text: string): Promise<void> {
    if (path === '/dev/stdout') return this.write(text);
    const fd = path === '/dev/stderr' ? 2 : this.files.get(path)!;
    await writeAll(this.sys, fd, encodeText(text));
  }

  private async substitute(substitution: Substitution): Promise<void> {
    const regex = this.regexOf(substitution.regex);
    const characters = [...this.pattern];
    let out = '';
    let copied = 0;
    let count = 0;
    let behind = -1;
    for (let from = 0; from <= characters.length; ) {
      const match = regex.exec(characters, from);
      if (match === undefined) break;
      const [start, end] = match.slots as [number, number];
      // An empty match right behind a match does not count.
      if (start < end || start !== behind) {
        count++;
        if (count >= substitution.occurrence) {
          out += characters.slice(copied, start).join('') + replace(substitution, characters, match.slots);
          copied = end;
          if (!substitution.global) break;
        }
      }
      if (end > start) behind = end;
      from = end > start ? end : end + 1;
    }
    if (count < substitution.occurrence) return;
    this.pattern = out + characters.slice(copied).join('');
    this.replaced = true;
    if (substitution.print) await this.print(this.pattern);
    if (substitution.file !== undefined) await this.toFile(substitution.file, `${this.pattern}\n`);
  }
}

function replace(substitution: Substitution, characters: readonly string[], slots: readonly number[]): string {
  let out = '';
  let lasting: CaseChange = 'E';
  let once: CaseChange = 'E';
  const add = (text: string): void => {
    if (text === '') return;
    let shown = lasting === 'U' ? text.toUpperCase() : lasting === 'L' ? text.toLowerCase() : text;
    if (once !== 'E') shown = (once === 'u' ? shown[0]!.toUpperCase() : shown[0]!.toLowerCase()) + shown.slice(1);
    once = 'E';
    out += shown;
  };
  for (const part of substitution.replacement) {
    if (typeof part === 'string') add(part);
    else if ('group' in part) {
      const start = slots[part.group * 2] ?? -1;
      if (start >= 0) add(characters.slice(start, slots[part.group * 2 + 1]).join(''));
    } else if (part.change === 'u' || part.change === 'l') once = part.change;
    else lasting = part.change;
  }
  return out;
}
