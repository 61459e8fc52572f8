/**
 * Set-up commands of a script (backquoted): `sysctl`, `ip`, `tc qdisc`, `ethtool -K`, `echo` into /proc/sys, the stand-in for `defaults.sh`. They act on the simulated
 * host. A command, a word or a variable that cannot be honoured ends in `CannotRun`: nothing is skipped.
 */
import { fromBsd, isBsdVariable } from './bsd-variables.ts';
import { deviceIndex, ipCommand } from './ip-command.ts';
import { CannotRun } from './problem.ts';
import type { Testbed } from './testbed.ts';

const PROC = '/proc/sys/';

/** What a script's environment sets before it starts, as the tool's common set-up does: buffers that make a window scale of 8. */
export const DEFAULTS: readonly (readonly [string, string])[] = [
  ['net.ipv4.tcp_rmem', '4096 540000 15728640'],
  ['net.ipv4.tcp_wmem', '4096 262144 4194304'],
  ['net.ipv4.tcp_timestamps', '1'],
  ['net.ipv4.tcp_sack', '1'],
  ['net.ipv4.tcp_window_scaling', '1'],
  ['net.ipv4.tcp_moderate_rcvbuf', '1'],
  ['net.ipv4.tcp_syncookies', '1'],
  ['net.ipv4.tcp_slow_start_after_idle', '1'],
];

/**
 * Variables that our hosts do not have because they behave in one way only: the values that say so are honoured, any other is not; the first is the
 * kernel's where a script is judged. They are features that are not here.
 */
export const ONLY_VALUE: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  // 1 lets a program ask for Fast Open, which then is refused by name.
  ['net.ipv4.tcp_fastopen', ['0', '1']],
  // The device takes every packet at once, so there is nothing to wait for.
  ['net.ipv4.tcp_autocorking', ['0', '1']],
  ['net.ipv4.tcp_backlog_ack_defer', ['1', '0']],
  ['net.ipv4.tcp_no_metrics_save', ['1']],
  ['net.ipv4.tcp_no_ssthresh_metrics_save', ['1']],
  ['net.ipv4.tcp_workaround_signed_windows', ['0']],
  ['net.ipv4.tcp_fwmark_accept', ['0']],
  ['net.ipv4.tcp_migrate_req', ['0']],
  ['net.ipv4.tcp_plb_enabled', ['0']],
]);

/** Variables that have lost their meaning in the kernel (6.6 and before), or that bound a queue that never fills here: any number. */
const NO_EFFECT: ReadonlySet<string> = new Set([
  'net.ipv4.tcp_adv_win_scale',
  'net.ipv4.tcp_fack',
  'net.ipv4.tcp_low_latency',
  'net.ipv4.tcp_limit_output_bytes',
  'net.core.netdev_max_backlog',
]);

/** What only prints, and where it prints to nobody reads. */
const CHANGES_NOTHING: ReadonlySet<string> = new Set(['true', ':', 'echo', 'cat', 'ss', 'nstat', 'netstat']);

export function runCommands(text: string, line: number, bed: Testbed): void {
  const joined = text.replace(/\\\n/g, ' ');
  joined.split('\n').forEach((row, i) => {
    for (const part of row.replace(/(^|\s)#.*$/, '').split(/;|&&/)) {
      // The host ends with the script, so there is nothing to restore.
      if (/^\s*\/tmp\/sysctl_restore_\$\{PPID\}\.sh\s*&?\s*$/.test(part)) continue;
      const command = shellCommand(part.replace(/\|\|\s*(true|:)\s*$/, ''), line + i);
      if (command.words.length > 0) runCommand(command, line + i, bed);
    }
  });
}

interface ShellCommand {
  readonly words: readonly string[];
  /** A file that the output goes to, other than /dev/null. */
  readonly into: string | undefined;
}

/** Words of a simple command with quotes and redirections of its output; anything more of the shell is refused. */
function shellCommand(text: string, line: number): ShellCommand {
  const words: string[] = [];
  let into: string | undefined;
  const word = /\s*(?:(?:\d|&)?>{1,2}\s*(&\d|[^\s"'|<>$`*?&(){}]+)|((?:"[^"]*"|'[^']*'|[^\s"'])+))/y;
  let at = 0;
  while (text.slice(at).trim() !== '') {
    word.lastIndex = at;
    const [, target, plain = ''] = word.exec(text) ?? ['', undefined, '*'];
    if (/[|<>$`*?&(){}]/.test(plain.replace(/'[^']*'/g, '')))
      throw new CannotRun(line, 'a command of more than plain words', text.trim());
    if (target === undefined) words.push(plain.replace(/["']/g, ''));
    else if (target !== '/dev/null' && !target.startsWith('&')) into = target;
    at = word.lastIndex;
  }
  return { words, into };
}

function runCommand({ words, into }: ShellCommand, line: number, bed: Testbed): void {
  const [name = '', ...args] = words;
  const base = name.slice(name.lastIndexOf('/') + 1);
  const text = words.join(' ');
  if (into !== undefined) {
    if (base !== 'echo' || !into.startsWith(PROC)) throw new CannotRun(line, `the file ${into}`, text);
    procFiles([`${into}=${args.filter((word) => word !== '-n').join(' ')}`], line, bed);
  } else if (CHANGES_NOTHING.has(base)) return;
  else if (base === 'defaults.sh') defaults(args, line, bed);
  else if (base === 'sysctl') sysctl(args, line, bed);
  else if (base === 'set_sysctls.py') procFiles(args, line, bed);
  else if (base === 'ip') ipCommand(args, line, bed);
  else if (base === 'tc') tc(args, line, bed);
  else if (base === 'ethtool') ethtool(args, line, bed);
  else throw new CannotRun(line, `the command ${base}`, text);
}

/** Disciplines that hold back nothing while the card takes every packet at once, which this one does: tc(8). */
const UNNOTICED: ReadonlySet<string> = new Set(['pfifo', 'bfifo', 'pfifo_fast', 'fq_codel', 'codel', 'sfq', 'noqueue']);

/** `tc qdisc add|replace|change|del dev DEV root [handle N:] KIND …`; those that pace, delay or limit are not here. */
function tc(args: readonly string[], line: number, bed: Testbed): void {
  const [object, verb, dev, name = '', root, ...rest] = args.filter((word) => !word.startsWith('-'));
  const text = `tc ${args.join(' ')}`;
  const kind = rest[0] === 'handle' ? rest[2] : rest[0];
  if (object !== 'qdisc' || dev !== 'dev' || root !== 'root') throw new CannotRun(line, 'this form of tc', text);
  if (deviceIndex(name, bed) === undefined) throw new CannotRun(line, `the device ${name}`);
  if (verb === 'del' || verb === 'delete') return;
  if (!/^(add|replace|change)$/.test(verb ?? '') || !UNNOTICED.has(kind ?? ''))
    throw new CannotRun(line, `the queueing discipline ${kind ?? ''}`.trim(), text);
}

/** `ethtool -K DEV tso off …`: this card has no off-loads, so they can only be switched off. */
function ethtool(args: readonly string[], line: number, bed: Testbed): void {
  const [option, name = '', ...features] = args;
  const text = `ethtool ${args.join(' ')}`;
  if (option !== '-K' && option !== '--features') throw new CannotRun(line, 'this form of ethtool', text);
  if (deviceIndex(name, bed) === undefined) throw new CannotRun(line, `the device ${name}`);
  for (let i = 0; i < features.length; i += 2)
    if (features[i + 1] !== 'off') throw new CannotRun(line, `the off-load ${features[i]}`, text);
}

function defaults(args: readonly string[], line: number, bed: Testbed): void {
  if (args.length > 0) throw new CannotRun(line, 'defaults.sh with arguments', args.join(' '));
  for (const [key, value] of DEFAULTS) setVariable(key, value, line, bed);
}

function sysctl(args: readonly string[], line: number, bed: Testbed): void {
  let words = 0;
  for (let i = 0; i < args.length; i++) {
    let word = args[i]!;
    if (/^-[qwen]+$/.test(word)) continue;
    if (word === '=' || word.startsWith('-')) throw new CannotRun(line, `sysctl ${word}`, args.join(' '));
    if (args[i + 1] === '=') {
      word = `${word}=${args[i + 2] ?? ''}`;
      i += 2;
    }
    const cut = word.indexOf('=');
    if (cut >= 0) setVariable(word.slice(0, cut), word.slice(cut + 1), line, bed);
    else if (bed.ctx.sysctl.get(word.replaceAll('/', '.')) === undefined)
      throw new CannotRun(line, `the variable ${word}`, args.join(' '));
    words++;
  }
  if (words === 0) throw new CannotRun(line, 'sysctl without a variable');
}

/** `/proc/sys/net/ipv4/tcp_sack=0`, as the tool's helper takes its words. */
function procFiles(args: readonly string[], line: number, bed: Testbed): void {
  for (const word of args) {
    const match = /^([^=]+)=(.*)$/.exec(word);
    if (match === null || !word.startsWith(PROC))
      throw new CannotRun(line, 'a word other than /proc/sys/NAME=VALUE', word);
    setVariable(match[1]!.slice(PROC.length), match[2]!, line, bed);
  }
}

function setVariable(name: string, value: string, line: number, bed: Testbed): void {
  const key = name.replaceAll('/', '.').trim();
  if (isBsdVariable(key)) {
    const settings = fromBsd(key, value.trim(), bed.ctx.sysctl);
    if (settings === undefined) throw new CannotRun(line, `the variable ${key}`, `${key}=${value}`);
    for (const [linux, own] of settings) setVariable(linux, own, line, bed);
    return;
  }
  const cell = bed.ctx.sysctl.get(key);
  if (cell === undefined) {
    if (ONLY_VALUE.get(key)?.includes(value.trim()) === true) return;
    if (NO_EFFECT.has(key) && /^\s*\d+\s*$/.test(value)) return;
    throw new CannotRun(line, `the variable ${key}`, `${key}=${value}`);
  }
  if (!cell.set(value)) throw new CannotRun(line, `the value ${value} of ${key}`);
  if (key === 'net.ipv4.tcp_congestion_control') congestion(value.trim(), line, bed);
}

/** Linux refuses an algorithm that it does not have; our table keeps any word. */
function congestion(value: string, line: number, bed: Testbed): void {
  const socket = bed.network.tcp.socket();
  const refused = socket.setCongestion(value);
  socket.close();
  if (refused !== undefined) throw new CannotRun(line, `the congestion control ${value}`);
}
