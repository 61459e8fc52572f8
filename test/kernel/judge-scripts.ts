/**
 * Packet scripts against the kernel of this machine: a namespace and a TUN device for each, real time, and a judge of its own (`judge/`), which shares
 * with our interpreter only the parser. The kernel gets the sysctl variables that our host begins with, so that both are set up alike.
 */
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { gunzipSync } from 'node:zlib';
import type { ScriptEvent } from '@netarium/core/check/packetscript/ast.ts';
import { DEFAULTS, ONLY_VALUE } from '@netarium/core/check/packetscript/commands.ts';
import { parseScript } from '@netarium/core/check/packetscript/parser.ts';
import { settingsOf } from '@netarium/core/check/packetscript/settings.ts';
import { DEFAULT_ADDRESSES, Testbed } from '@netarium/core/check/packetscript/testbed.ts';
import { askPython } from './python.ts';

export interface KernelVerdict {
  readonly verdict: 'pass' | 'fail' | 'cannot run';
  readonly line?: number;
  readonly seen?: string;
  readonly missing?: string;
  /** How often it was played: a busy machine gets three chances. */
  readonly tries: number;
}

/** What `judge/script_run.py` allows. */
export const TOLERANCE = "the script's (4 ms) and 8 ms, or an eighth of the wait";

/** Scripts sleep most of their time. */
const SIDE_BY_SIDE = 16;
const TIMEOUT_MS = 600_000;

export function judgeScripts(texts: readonly string[], sideBySide = SIDE_BY_SIDE): KernelVerdict[] {
  const scripts = texts.map((text) => {
    const { options, events } = parseScript(text);
    const settings = settingsOf(options);
    const initial = settings.initScripts.map(([path, line]) => commandAtOnce(path, line));
    return { settings, events: [...initial, ...events].map(withRealCommands) };
  });
  const variables = hostVariables();
  return askPython('judge_scripts.py', { variables, sideBySide, scripts }, TIMEOUT_MS);
}

/** What our host begins with, where it is TCP's or IP's own. */
function hostVariables(): Record<string, string> {
  const { sysctl } = new Testbed(DEFAULT_ADDRESSES).ctx;
  const own = sysctl
    .keys()
    .filter((key) => /^net\.(core|ipv4)\.[a-z0-9_]+$/.test(key))
    .map((key) => [key, sysctl.get(key)!.text] as const);
  const fixed = [...ONLY_VALUE].map(([key, values]) => [key, values[0]!] as const);
  return Object.fromEntries([...own, ...fixed]);
}

function commandAtOnce(text: string, line: number): ScriptEvent {
  return { line, time: { kind: 'at', relative: true, fromUs: 0, toUs: 0 }, action: { kind: 'command', text } };
}

/** Commands of the tool's that stand for others, in words of sysctl(8). */
function withRealCommands(event: ScriptEvent): ScriptEvent {
  const { action } = event;
  if (action.kind !== 'command') return event;
  const defaults = DEFAULTS.map(([key, value]) => `'${key}=${value}'`).join(' ');
  const text = action.text
    .replace(/\S*\bdefaults\.sh\b/g, `sysctl -q ${defaults}`)
    .replace(/\S*\bset_sysctls\.py\b/g, 'sysctl -q')
    .replace(/\/proc\/sys\/(net\S+)=/g, (_, path: string) => `${path.replaceAll('/', '.')}=`);
  return { ...event, action: { ...action, text } };
}

/** `Linux 6.18.44, HZ 250`: to be told with every score. */
export function kernelName(): string {
  return `Linux ${release().replace(/-.*/, '')}, HZ ${ticksPerSecond()}`;
}

function ticksPerSecond(): string {
  try {
    return /^CONFIG_HZ=(\d+)$/m.exec(gunzipSync(readFileSync('/proc/config.gz')).toString())?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
