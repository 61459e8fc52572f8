/** pstree(1): processes as a tree, like ones side by side counted (`2*[sleep]`), threads in braces. */
import { ToolError, tool } from '../coreutils/tool.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { print } from '../lib/stdio.ts';
import { readTasks, type Task } from './read-proc.ts';

export const options: ProgramOptions = {
  name: 'pstree',
  usage: 'pstree [-A] [-a] [-c] [-n] [-p] [-T] [pid]',
  options: [
    { names: ['-A', '--ascii'], help: 'draw with ASCII characters, as is done anyway' },
    { names: ['-a', '--arguments'], help: 'command lines' },
    { names: ['-c', '--compact-not'], help: 'show like ones one by one' },
    { names: ['-n', '--numeric-sort'], help: 'by process id instead of name' },
    { names: ['-p', '--show-pids'], help: 'process ids' },
    { names: ['-T', '--hide-threads'], help: 'no threads' },
  ],
};

interface Node {
  readonly label: string;
  readonly pid: number;
  readonly children: readonly Node[];
}

interface Style {
  readonly pids: boolean;
  readonly byNumber: boolean;
  readonly compact: boolean;
  readonly threads: boolean;
  readonly args: boolean;
}

function label(task: Task, style: Style): string {
  if (style.args) return [task.argv[0] ?? task.name, ...task.argv.slice(1)].join(' ');
  return style.pids ? `${task.name}(${task.pid})` : task.name;
}

function threadNode({ name, tid }: Task, style: Style): Node {
  return { label: style.pids ? `{${name}}(${tid})` : `{${name}}`, pid: tid, children: [] };
}

function build(root: Task, processes: readonly Task[], threads: readonly Task[], style: Style): Node {
  const children = processes
    .filter(({ ppid, pid }) => ppid === root.pid && pid !== root.pid)
    .map((child) => build(child, processes, threads, style));
  const order = (a: Node, b: Node): number =>
    !style.byNumber && a.label !== b.label ? (a.label < b.label ? -1 : 1) : a.pid - b.pid;
  children.sort(order);
  const others = style.threads ? threads.filter(({ pid, tid }) => pid === root.pid && tid !== pid) : [];
  return {
    label: label(root, style),
    pid: root.pid,
    children: [...children, ...others.map((task) => threadNode(task, style))],
  };
}

/** Lines of a subtree without its prefix: each child after `-+-`, `|-` or `` `- ``. */
function draw(node: Node, style: Style, count = 1): string[] {
  const name = count > 1 ? `${count}*[${node.label}]` : node.label;
  const groups = grouped(node.children, style);
  if (groups.length === 0) return [name];
  const lines: string[] = [];
  const blank = ' '.repeat(name.length);
  for (const [at, { first, times }] of groups.entries()) {
    const last = at === groups.length - 1;
    const lead = groups.length === 1 ? `${name}---` : at === 0 ? `${name}-+-` : `${blank} ${last ? '`' : '|'}-`;
    const rest = `${blank} ${last ? ' ' : '|'} `;
    for (const [row, line] of bracketed(first, style, times).entries()) lines.push(`${row === 0 ? lead : rest}${line}`);
  }
  return lines;
}

/** A group's drawing: a counted one stands in brackets as a whole, which only one line can. */
function bracketed(node: Node, style: Style, times: number): string[] {
  if (times === 1) return draw(node, style);
  const [line] = draw(node, style);
  return [`${times}*[${line}]`];
}

interface Group {
  readonly first: Node;
  readonly times: number;
}

/** Subtrees that look alike and fit on one line are drawn once and counted. */
function grouped(children: readonly Node[], style: Style): readonly Group[] {
  const groups: { first: Node; text: string; times: number }[] = [];
  for (const child of children) {
    const lines = draw(child, style);
    const text = lines.join('\n');
    const known = style.compact && lines.length === 1 ? groups.find((group) => group.text === text) : undefined;
    if (known === undefined) groups.push({ first: child, text, times: 1 });
    else known.times++;
  }
  return groups;
}

/** With -a each process has a line of its own. */
function list(node: Node, prefix: string): string[] {
  const lines: string[] = [];
  for (const [at, child] of node.children.entries()) {
    const last = at === node.children.length - 1;
    lines.push(`${prefix}  ${last ? '`' : '|'}-${child.label}`, ...list(child, `${prefix}  ${last ? ' ' : '|'} `));
  }
  return lines;
}

export const main = tool(options, async ({ sys, options: given, operands }) => {
  const style: Style = {
    pids: given.has('-p'),
    byNumber: given.has('-n'),
    compact: !given.has('-c') && !given.has('-p'),
    threads: !given.has('-T'),
    args: given.has('-a'),
  };
  const [rootText = '1', ...more] = operands;
  if (more.length > 0 || !/^[0-9]+$/.test(rootText))
    throw new ToolError(`unsupported argument '${more[0] ?? rootText}'; see docs/coverage/pstree.md`);
  const processes = await readTasks(sys);
  const root = processes.find(({ pid }) => pid === Number(rootText));
  if (root === undefined) return 1;
  const tree = build(root, processes, style.threads ? await readTasks(sys, true) : [], style);
  const lines = style.args ? [tree.label, ...list(tree, '')] : draw(tree, style);
  await print(sys, lines.map((line) => `${line}\n`).join(''));
  return 0;
});
