/** ps(1): processes and threads as /proc shows them, in the forms that people type (`ps`, `ps -ef`, `ps -eLf`, `ps aux`) and by columns (`-o`). */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Program, Sys } from '@netarium/core/syscall/sys.ts';
import { readGroups, readUsers } from '../coreutils/users.ts';
import { withHelp } from '../lib/help.ts';
import { type ParsedOptions, type ProgramOptions, parseOptions, UsageError } from '../lib/options.ts';
import { print, printError } from '../lib/stdio.ts';
import { COLUMNS, type Column, SHORT_COMMAND, type Shown, table, UID_NAME } from './columns.ts';
import { readClock, readTasks, type Task } from './read-proc.ts';

export const options: ProgramOptions = {
  name: 'ps',
  usage: 'ps [-A | -e] [-f] [-L] [-o columns] [-p pids] [-u users] [-C names] | ps [a]u[x]',
  options: [
    { names: ['-e', '-A'], help: 'all processes' },
    { names: ['-f'], help: 'the full form' },
    { names: ['-L'], help: 'threads, with LWP and NLWP' },
    { names: ['-T'], help: 'threads, with SPID' },
    {
      names: ['-o', '--format'],
      value: 'columns',
      help: 'these columns; NAME=HEADER gives a header, an empty one hides it',
    },
    { names: ['-p', '--pid'], value: 'pids', help: 'only these processes' },
    { names: ['--ppid'], value: 'pids', help: 'only children of these' },
    { names: ['-u', '-U', '--user'], value: 'users', help: 'only processes of these users' },
    { names: ['-C'], value: 'names', help: 'only processes of these names' },
    { names: ['--sort'], value: 'keys', help: 'by these columns, each with + or -' },
    { names: ['--no-headers', '--no-heading'], help: 'no line of headers' },
  ],
};

class PsError extends Error {}

function numbers(lists: readonly string[]): readonly number[] {
  return lists.flatMap((list) =>
    list.split(/[,\s]+/).map((text) => {
      if (!/^[0-9]+$/.test(text)) throw new PsError('error: process ID list syntax error');
      return Number(text);
    }),
  );
}

function column(name: string): Column {
  const found = COLUMNS.get(name.toLowerCase());
  if (found === undefined) throw new PsError(`error: unknown user-defined format specifier "${name}"`);
  return found;
}

/** `pid,comm=NAME,stat=` */
function chosenColumns(lists: readonly string[]): readonly Column[] {
  return lists.flatMap((list) =>
    list.split(/[,\s]+/).map((word) => {
      const equals = word.indexOf('=');
      if (equals < 0) return column(word);
      const found = column(word.slice(0, equals));
      const header = word.slice(equals + 1);
      return { ...found, header, width: Math.max(found.width, header.length) };
    }),
  );
}

const named = (...names: readonly string[]): readonly Column[] => names.map((name) => COLUMNS.get(name)!);

function columnsOf(given: ParsedOptions, bsd: string): readonly Column[] {
  if (given.has('-o')) return chosenColumns(given.values('-o'));
  if (bsd.includes('u'))
    return named('user', 'pid', '%cpu', '%mem', 'vsz', 'rss', 'tname', 'stat', 'start_time', 'bsdtime', 'args');
  if (bsd !== '') return named('pid', 'tname', 'stat', 'bsdtime', 'args');
  const threads = given.has('-L') ? ['lwp'] : given.has('-T') ? ['spid'] : [];
  if (given.has('-f')) {
    const ids = given.has('-L') ? ['pid', 'ppid', 'lwp', 'c', 'nlwp'] : ['pid', ...threads, 'ppid', 'c'];
    return [UID_NAME, ...named(...ids, 'stime', 'tname', 'time', 'cmd')];
  }
  return [...named('pid', ...threads, 'tname', 'time'), SHORT_COMMAND];
}

/** Which tasks: those that any of the selections names, all, or the caller's own. */
async function select(
  sys: Sys,
  tasks: readonly Task[],
  given: ParsedOptions,
  bsd: string,
  shown: Shown,
): Promise<Task[]> {
  const pids = numbers(given.values('-p'));
  const parents = numbers(given.values('--ppid'));
  const names = given.values('-C').flatMap((list) => list.split(/[,\s]+/));
  const users = given.values('-u').flatMap((list) => list.split(/[,\s]+/));
  const uids = users.map(
    (name) => shown.users.find((account) => account.name === name)?.id ?? (name === 'root' ? 0 : Number(name)),
  );
  if (uids.some(Number.isNaN)) throw new PsError('error: user name does not exist');
  if (given.has('-e') || (bsd.includes('a') && bsd.includes('x'))) return [...tasks];
  if (pids.length + parents.length + names.length + uids.length > 0)
    return tasks.filter(
      ({ pid, ppid, name, uid }) =>
        pids.includes(pid) || parents.includes(ppid) || names.includes(name) || uids.includes(uid),
    );
  const uid = await sys.getuid();
  return tasks.filter(
    (task) => (bsd.includes('a') || task.uid === uid) && (bsd.includes('x') || bsd.includes('a') || task.pid !== 1),
  );
}

/** `--sort=-pcpu,pid`: numbers by value, texts by their characters. */
function sorted(tasks: readonly Task[], keys: readonly string[], shown: Shown): readonly Task[] {
  const orders = keys
    .flatMap((list) => list.split(','))
    .map((key) => ({ sign: key.startsWith('-') ? -1 : 1, column: column(key.replace(/^[+-]/, '')) }));
  const compare = (a: string, b: string): number => {
    const [x, y] = [Number(a), Number(b)];
    if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
    return a < b ? -1 : a > b ? 1 : 0;
  };
  return [...tasks].sort((a, b) => {
    for (const { sign, column: by } of orders) {
      const order = sign * compare(by.value(a, shown), by.value(b, shown));
      if (order !== 0) return order;
    }
    return 0;
  });
}

async function run(sys: Sys, argv: readonly string[]): Promise<number> {
  // BSD's letters come without a dash.
  const bsd = /^[aux]+$/.test(argv[1] ?? '') ? argv[1]! : '';
  const given = parseOptions(options, argv.slice(bsd === '' ? 1 : 2));
  if (given.operands.length > 0)
    throw new PsError(`ps: unsupported argument '${given.operands[0]}'; see docs/coverage/ps.md`);
  const shown: Shown = { clock: await readClock(sys), users: await readUsers(sys), groups: await readGroups(sys) };
  const columns = columnsOf(given, bsd);
  const tasks = await readTasks(sys, given.has('-L') || given.has('-T'));
  const wanted = sorted(await select(sys, tasks, given, bsd, shown), given.values('--sort'), shown);
  const headers = !given.has('--no-headers') && columns.some(({ header }) => header !== '');
  await print(sys, table(columns, wanted, shown, headers));
  return wanted.length === 0 ? 1 : 0;
}

export const main: Program = withHelp(options, async (sys, argv) => {
  try {
    return await run(sys, argv);
  } catch (error) {
    if (error instanceof UsageError || error instanceof PsError) {
      await printError(sys, `${error.message}\n`);
      return 1;
    }
    if (!(error instanceof SysError)) throw error;
    await printError(sys, `ps: cannot read /proc: ${error.reason.text}\n`);
    return 1;
  }
});
