/**
 * Set-up commands of a script (backquoted): `sysctl`, `ip link|address|route|neigh`, the stand-in for `defaults.sh`. They act on the simulated
 * host. A command, a word or a variable that cannot be honoured ends in `CannotRun`: nothing is skipped.
 */
import { Errno } from '../../base/errno.ts';
import type { NetlinkChange } from '../../syscall/network-admin.ts';
import { CannotRun } from './problem.ts';
import type { Testbed } from './testbed.ts';

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

const CHANGES_NOTHING: ReadonlySet<string> = new Set(['true', ':', 'echo']);

export function runCommands(text: string, line: number, bed: Testbed): void {
  const joined = text.replace(/\\\n/g, ' ');
  joined.split('\n').forEach((row, i) => {
    for (const part of row.replace(/(^|\s)#.*$/, '').split(/;|&&/)) {
      // The host ends with the script, so there is nothing to restore.
      if (/^\s*\/tmp\/sysctl_restore_\$\{PPID\}\.sh\s*&?\s*$/.test(part)) continue;
      const words = shellWords(part, line + i);
      if (words.length > 0) runCommand(words, line + i, bed);
    }
  });
}

/** Words of a simple command with quotes; anything more of the shell is refused. */
function shellWords(text: string, line: number): string[] {
  const words: string[] = [];
  const word = /\s*((?:"[^"]*"|'[^']*'|[^\s"'])+)/y;
  let at = 0;
  while (text.slice(at).trim() !== '') {
    word.lastIndex = at;
    const found = word.exec(text);
    if (found === null || /[|<>$`*?&(){}]/.test(found[1]!.replace(/'[^']*'/g, ''))) {
      if (found !== null && /^\d?>{1,2}(\/dev\/null|&\d)$/.test(found[1]!)) {
        at = word.lastIndex;
        continue;
      }
      throw new CannotRun(line, 'a command of more than plain words', text.trim());
    }
    words.push(found[1]!.replace(/["']/g, ''));
    at = word.lastIndex;
  }
  return words;
}

function runCommand(words: readonly string[], line: number, bed: Testbed): void {
  const [name = '', ...args] = words;
  const base = name.slice(name.lastIndexOf('/') + 1);
  if (CHANGES_NOTHING.has(base)) return;
  if (base === 'defaults.sh') defaults(args, line, bed);
  else if (base === 'sysctl') sysctl(args, line, bed);
  else if (base === 'set_sysctls.py') procFiles(args, line, bed);
  else if (base === 'ip') ip(args, line, bed);
  else throw new CannotRun(line, `the command ${base}`, words.join(' '));
}

function defaults(args: readonly string[], line: number, bed: Testbed): void {
  if (args.length > 0) throw new CannotRun(line, 'defaults.sh with arguments', args.join(' '));
  for (const [key, value] of DEFAULTS) setVariable(key, value, line, bed);
}

function sysctl(args: readonly string[], line: number, bed: Testbed): void {
  let set = 0;
  for (let i = 0; i < args.length; i++) {
    let word = args[i]!;
    if (/^-[qwen]+$/.test(word)) continue;
    if (word === '=' || word.startsWith('-')) throw new CannotRun(line, `sysctl ${word}`, args.join(' '));
    if (args[i + 1] === '=') {
      word = `${word}=${args[i + 2] ?? ''}`;
      i += 2;
    }
    const cut = word.indexOf('=');
    if (cut < 0) throw new CannotRun(line, 'sysctl without a value', word);
    setVariable(word.slice(0, cut), word.slice(cut + 1), line, bed);
    set++;
  }
  if (set === 0) throw new CannotRun(line, 'sysctl without a variable');
}

/** `/proc/sys/net/ipv4/tcp_sack=0`, as the tool's helper takes its words. */
function procFiles(args: readonly string[], line: number, bed: Testbed): void {
  for (const word of args) {
    const match = /^\/proc\/sys\/([^=]+)=(.*)$/.exec(word);
    if (match === null) throw new CannotRun(line, 'a word other than /proc/sys/NAME=VALUE', word);
    setVariable(match[1]!, match[2]!, line, bed);
  }
}

function setVariable(name: string, value: string, line: number, bed: Testbed): void {
  const key = name.replaceAll('/', '.').trim();
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

function ip(args: readonly string[], line: number, bed: Testbed): void {
  const rest = args.filter((word) => word !== '-4' && word !== '-q');
  const [object = '', verb = '', ...words] = rest;
  const text = args.join(' ');
  // Our hosts keep no metrics of their peers (ip-tcp_metrics(8)), so there is nothing to throw away.
  if (object === 'tcp_metrics' && verb === 'flush' && (words.length === 0 || text.endsWith('all'))) return;
  if ((object === 'link' || object === 'l') && verb === 'set') {
    link(words, line, bed);
    return;
  }
  const add = verb === 'add' || verb === 'replace' || verb === 'append';
  const known = add || verb === 'del' || verb === 'delete';
  const change = known ? ipChange(object, add, verb === 'replace', words, bed) : undefined;
  if (change === undefined) throw new CannotRun(line, `the command ip ${object} ${verb}`.trim(), text);
  answer(bed.network.change(change), line, text);
}

/** The netlink message of `ip address|route|neigh add|del …`; undefined for words that are not known. */
function ipChange(
  object: string,
  add: boolean,
  replace: boolean,
  words: readonly string[],
  bed: Testbed,
): NetlinkChange | undefined {
  const [target = '', ...rest] = words;
  const options = new Map<string, string>();
  for (let i = 0; i < rest.length; i += 2) {
    if (rest[i + 1] === undefined) return undefined;
    options.set(rest[i]!, rest[i + 1]!);
  }
  const dev = options.get('dev');
  const ifindex = dev === undefined ? undefined : indexOf(dev, bed);
  if (dev !== undefined && ifindex === undefined) return undefined;
  const only = (...known: string[]): boolean => [...options.keys()].every((key) => known.includes(key));
  if (object === 'addr' || object === 'address' || object === 'a') {
    if (!only('dev') || ifindex === undefined) return undefined;
    return add
      ? { add: 'address', ifindex, address: target, replace }
      : { delete: 'address', ifindex, address: target };
  }
  if (object === 'neigh' || object === 'neighbour' || object === 'n') {
    const mac = options.get('lladdr');
    if (!only('dev', 'lladdr') || ifindex === undefined || (add && mac === undefined)) return undefined;
    return add
      ? { add: 'neighbour', ifindex, address: target, mac: mac!, permanent: true, replace }
      : { delete: 'neighbour', ifindex, address: target };
  }
  if (object !== 'route' && object !== 'ro' && object !== 'r') return undefined;
  if (!only('dev', 'via', 'src', 'metric')) return undefined;
  const via = options.get('via');
  const src = options.get('src');
  const metric = options.get('metric');
  const destination = target.includes('/') || target === 'default' ? target : `${target}/32`;
  const route = {
    destination,
    ...(via === undefined ? {} : { gateway: via }),
    ...(ifindex === undefined ? {} : { ifindex }),
    ...(src === undefined ? {} : { source: src }),
    ...(metric === undefined ? {} : { metric: Number(metric) }),
  };
  return add ? { add: 'route', ...route, replace } : { delete: 'route', ...route };
}

function link(words: readonly string[], line: number, bed: Testbed): void {
  const rest = words[0] === 'dev' ? words.slice(1) : [...words];
  const ifindex = indexOf(rest[0] ?? '', bed);
  if (ifindex === undefined) throw new CannotRun(line, `the device ${rest[0]}`);
  for (let i = 1; i < rest.length; i++) {
    const word = rest[i]!;
    if (word === 'up' || word === 'down')
      answer(bed.network.change({ set: 'link', ifindex, up: word === 'up' }), line, word);
    else if (word === 'mtu')
      answer(bed.network.change({ set: 'link', ifindex, mtu: Number(rest[++i]) }), line, words.join(' '));
    else throw new CannotRun(line, `ip link set ${word}`);
  }
}

function indexOf(dev: string, bed: Testbed): number | undefined {
  return bed.network.cards().find((card) => card.name === dev)?.ifindex;
}

function answer(refused: Errno | undefined, line: number, text: string): void {
  if (refused instanceof Errno) throw new CannotRun(line, `ip: ${refused.text}`, text);
}
