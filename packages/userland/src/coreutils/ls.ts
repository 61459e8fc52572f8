/** ls(1): one name a line, or columns at a terminal, or the long form; sorted by bytes as in the C.UTF-8 locale. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { FileStat, Sys } from '@netarium/core/syscall/sys.ts';
import type { ParsedOptions, ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { formatTime } from '../lib/strftime.ts';
import { compareText } from './text.ts';
import { type ToolCall, tool } from './tool.ts';
import { type Account, nameOf, readGroups, readUsers } from './users.ts';
import { joinPath } from './walk.ts';

export const options: ProgramOptions = {
  name: 'ls',
  usage: 'ls [-1AaCdFhilnpRrSt] [file...]',
  options: [
    { names: ['-a', '--all'], help: 'names that begin with a dot, too' },
    { names: ['-A', '--almost-all'], help: 'as -a, without . and ..' },
    { names: ['-l'], help: 'the long form' },
    { names: ['-n', '--numeric-uid-gid'], help: 'the long form with numbers for users and groups' },
    { names: ['-1'], help: 'one name a line' },
    { names: ['-C'], help: 'in columns' },
    { names: ['-d', '--directory'], help: 'directories themselves, not what is in them' },
    { names: ['-F', '--classify'], help: 'a sign for the kind of file behind each name' },
    { names: ['-p'], help: 'a slash behind directories' },
    { names: ['-h', '--human-readable'], help: 'sizes as 1.2K' },
    { names: ['-i', '--inode'], help: 'inode numbers' },
    { names: ['-R', '--recursive'], help: 'directories with all that is in them' },
    { names: ['-r', '--reverse'], help: 'the other way round' },
    { names: ['-S'], help: 'largest first' },
    { names: ['-t'], help: 'newest first' },
  ],
};

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: FileStat;
}

const TYPE_LETTERS: Readonly<Record<FileStat['type'], string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  socket: 's',
  chardev: 'c',
};
const HALF_YEAR_SECONDS = 15_778_476;
const NS_PER_SECOND = 1_000_000_000;
const TERMINAL_COLUMNS = 80;

/** `rwxr-xr-x`, with the set-id and sticky bits. */
export function permissions(mode: number): string {
  const letters = [...'rwxrwxrwx'].map((letter, i) => ((mode >> (8 - i)) & 1 ? letter : '-'));
  const special = (bit: number, at: number, set: string): void => {
    if (mode & bit) letters[at] = letters[at] === 'x' ? set : set.toUpperCase();
  };
  special(0o4000, 2, 's');
  special(0o2000, 5, 's');
  special(0o1000, 8, 't');
  return letters.join('');
}

function humanSize(size: number): string {
  if (size < 1024) return String(size);
  const units = 'KMGTP';
  let value = size;
  let unit = -1;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  // Sizes are rounded up, to one digit behind the point below ten.
  return `${value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : Math.ceil(value)}${units[unit]}`;
}

function compareEntries(given: ParsedOptions): (a: Entry, b: Entry) => number {
  const byName = (a: Entry, b: Entry): number => compareText(a.name, b.name);
  const order = (a: Entry, b: Entry): number => {
    if (given.has('-S')) return b.stat.size - a.stat.size || byName(a, b);
    if (given.has('-t')) return b.stat.mtimeNs - a.stat.mtimeNs || byName(a, b);
    return byName(a, b);
  };
  return given.has('-r') ? (a, b) => order(b, a) : order;
}

class Lister {
  private users: readonly Account[] = [];
  private groups: readonly Account[] = [];
  private nowNs = 0;
  private printed = false;
  private readonly long: boolean;
  private readonly columns: boolean;
  private readonly given: ParsedOptions;
  private readonly sys: Sys;

  constructor(
    private readonly call: ToolCall,
    terminal: boolean,
  ) {
    this.sys = call.sys;
    this.given = call.options;
    this.long = this.given.has('-l') || this.given.has('-n');
    this.columns = !this.long && !this.given.has('-1') && (terminal || this.given.has('-C'));
  }

  async run(operands: readonly string[]): Promise<void> {
    if (this.long) {
      this.nowNs = await this.sys.clock_gettime('realtime');
      if (!this.given.has('-n')) [this.users, this.groups] = [await readUsers(this.sys), await readGroups(this.sys)];
    }
    const files: Entry[] = [];
    const directories: Entry[] = [];
    for (const name of operands.length === 0 ? ['.'] : operands) {
      await this.call.attempt(`cannot access '${name}'`, async () => {
        const entry = { name, path: name, stat: await this.statOperand(name) };
        (entry.stat.type === 'directory' && !this.given.has('-d') ? directories : files).push(entry);
      });
    }
    files.sort(compareEntries(this.given));
    directories.sort(compareEntries(this.given));
    if (files.length > 0) await this.show(files);
    const headers = operands.length > 1 || this.given.has('-R');
    for (const directory of directories) await this.directory(directory.path, headers);
  }

  /** A link given as an operand is followed, unless its own line is wanted. */
  private async statOperand(name: string): Promise<FileStat> {
    if (this.long || this.given.has('-d')) return this.sys.lstat(name);
    try {
      return await this.sys.stat(name);
    } catch (error) {
      if (error instanceof SysError) return this.sys.lstat(name);
      throw error;
    }
  }

  private async directory(path: string, header: boolean): Promise<void> {
    await this.call.attempt(`cannot open directory '${path}'`, async () => {
      const names = (await this.sys.readdir(path)).map((entry) => entry.name).filter((n) => n !== '.' && n !== '..');
      if (header) await print(this.sys, `${this.printed ? '\n' : ''}${path}:\n`);
      const all = this.given.has('-a');
      const shown = all ? ['.', '..', ...names] : names.filter((n) => this.given.has('-A') || !n.startsWith('.'));
      const entries: Entry[] = [];
      for (const name of shown) {
        const full = joinPath(path, name);
        await this.call.attempt(`cannot access '${full}'`, async () => {
          entries.push({ name, path: full, stat: await this.sys.lstat(full) });
        });
      }
      entries.sort(compareEntries(this.given));
      if (this.long) await print(this.sys, `total ${entries.reduce((sum, { stat }) => sum + blocks(stat), 0)}\n`);
      this.printed = true;
      await this.show(entries);
      if (!this.given.has('-R')) return;
      for (const entry of entries) {
        const inner = entry.stat.type === 'directory' && entry.name !== '.' && entry.name !== '..';
        if (inner) await this.directory(entry.path, true);
      }
    });
  }

  private async show(entries: readonly Entry[]): Promise<void> {
    this.printed ||= entries.length > 0;
    if (this.long) await print(this.sys, await this.longLines(entries));
    else {
      const names = entries.map((entry) => this.inode(entry) + entry.name + this.suffix(entry.stat));
      await print(this.sys, this.columns ? inColumns(names) : names.map((name) => `${name}\n`).join(''));
    }
  }

  private inode({ stat }: Entry): string {
    return this.given.has('-i') ? `${stat.ino} ` : '';
  }

  private suffix(stat: FileStat): string {
    if (stat.type === 'directory' && (this.given.has('-F') || this.given.has('-p'))) return '/';
    if (!this.given.has('-F')) return '';
    if (stat.type === 'symlink') return '@';
    if (stat.type === 'fifo') return '|';
    if (stat.type === 'socket') return '=';
    return stat.type === 'file' && stat.mode & 0o111 ? '*' : '';
  }

  private async longLines(entries: readonly Entry[]): Promise<string> {
    const rows: string[][] = [];
    for (const entry of entries) rows.push(await this.longRow(entry));
    const widths = [0, 1, 2, 3, 4].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
    const lines = rows.map((row) => {
      const [mode, links, user, group, size, date, name] = row as [
        string,
        string,
        string,
        string,
        string,
        string,
        string,
      ];
      const numbers = this.given.has('-n');
      const owner = numbers ? user.padStart(widths[2]!) : user.padEnd(widths[2]!);
      const owners = numbers ? group.padStart(widths[3]!) : group.padEnd(widths[3]!);
      return `${mode} ${links.padStart(widths[1]!)} ${owner} ${owners} ${size.padStart(widths[4]!)} ${date} ${name}\n`;
    });
    return lines.join('');
  }

  private async longRow(entry: Entry): Promise<string[]> {
    const { stat } = entry;
    const target = stat.type === 'symlink' ? ` -> ${await this.sys.readlink(entry.path)}` : '';
    const numbers = this.given.has('-n');
    return [
      this.inode(entry) + TYPE_LETTERS[stat.type] + permissions(stat.mode),
      String(stat.nlink),
      numbers ? String(stat.uid) : nameOf(this.users, stat.uid),
      numbers ? String(stat.gid) : nameOf(this.groups, stat.gid),
      this.given.has('-h') ? humanSize(stat.size) : String(stat.size),
      this.date(stat.mtimeNs),
      `${entry.name}${target === '' ? this.suffix(stat) : target}`,
    ];
  }

  /** Times of the last half year with hours, others with the year (POSIX ls). */
  private date(mtimeNs: number): string {
    const seconds = Math.floor(mtimeNs / NS_PER_SECOND);
    const age = Math.floor(this.nowNs / NS_PER_SECOND) - seconds;
    const recent = age >= 0 && age < HALF_YEAR_SECONDS;
    return formatTime(recent ? '%b %e %H:%M' : '%b %e  %Y', seconds);
  }
}

/** 1024-byte blocks, in the 4096-byte pieces in which files are stored. */
function blocks(stat: FileStat): number {
  if (stat.type === 'directory') return 4;
  return stat.type === 'file' ? Math.ceil(stat.size / 4096) * 4 : 0;
}

const TAB = 8;

/** From one column to another with as many tabs as lead there. */
function gap(from: number, to: number): string {
  let text = '';
  while (from < to) {
    const tab = Math.floor(to / TAB) > Math.floor((from + 1) / TAB);
    text += tab ? '\t' : ' ';
    from += tab ? TAB - (from % TAB) : 1;
  }
  return text;
}

/** As few rows as fit into a terminal line, filled downwards, two spaces apart. */
export function inColumns(names: readonly string[], width = TERMINAL_COLUMNS): string {
  if (names.length === 0) return '';
  for (let rows = 1; ; rows++) {
    const columns: string[][] = [];
    for (let i = 0; i < names.length; i += rows) columns.push(names.slice(i, i + rows));
    const widths = columns.map((column) => Math.max(...column.map((name) => [...name].length)));
    const total = widths.reduce((sum, w) => sum + w + 2, -2);
    if (total >= width && rows < names.length) continue;
    const lines: string[] = [];
    for (let row = 0; row < rows; row++) {
      let line = '';
      let position = 0;
      let start = 0;
      for (const [i, column] of columns.entries()) {
        const name = column[row];
        if (name === undefined) break;
        line += gap(position, start) + name;
        position = start + [...name].length;
        start += widths[i]! + 2;
      }
      lines.push(`${line}\n`);
    }
    return lines.join('');
  }
}

export const main = tool(
  options,
  async (call) => {
    await new Lister(call, await call.sys.isatty(1)).run(call.operands);
    return 0;
  },
  { failStatus: 2 },
);
