/**
 * Runs the tree (POSIX 2.9): lists, pipelines, compound commands, functions, simple commands. One `Executor` per shell process.
 *
 * `testing` is the context in which `set -e` is suspended: conditions, all but the last of an and-or list, after `!` (POSIX 2.14 set, -e).
 */
import type {
  CaseNode,
  CommandNode,
  ForNode,
  FunctionNode,
  ListNode,
  LoopNode,
  PipelineNode,
  RedirectedNode,
} from './ast.ts';
import type { Interpreter } from './builtins/types.ts';
import { AbandonLine, ExitShell, LoopJump, ReturnJump, ShellError, ShellSyntaxError } from './errors.ts';
import { expandPattern, expandText, expandWords } from './expand.ts';
import { parseCommand } from './parser.ts';
import { compilePattern, matchPattern } from './pattern.ts';
import { applyRedirects } from './redirect.ts';
import type { Shell } from './shell.ts';
import { mayBeReplaced, reporting, runArguments, runSimple } from './simple.ts';
import { spawnCommand } from './subshell.ts';
import { withoutInterrupts } from './traps.ts';
import { addJob, reapJobs, waitForProcess } from './wait.ts';

export class Executor implements Interpreter {
  constructor(private readonly shell: Shell) {}

  /** Runs a node and leaves its status in `$?`. `final`: nothing comes after it, so that a program may take the shell's place. */
  async run(node: CommandNode, testing: boolean, final = false): Promise<number> {
    const status = await this.dispatch(node, testing, final);
    this.shell.state.status = status;
    await this.runTraps();
    if (this.shell.interrupted) {
      this.shell.interrupted = false;
      throw new AbandonLine(130, true);
    }
    return status;
  }

  private dispatch(node: CommandNode, testing: boolean, final: boolean): Promise<number> | number {
    switch (node.kind) {
      case 'simple':
        return this.checked(runSimple(this.shell, this, node, testing, final), testing);
      case 'pipeline':
        return this.pipeline(node, testing);
      case 'andor':
        return this.andOr(node, testing, final);
      case 'list':
        return this.list(node, testing, final);
      case 'group':
        return this.run(node.body, testing, final);
      case 'subshell':
        if (final && mayBeReplaced(this.shell)) return this.run(node.body, testing, true);
        return this.checked(this.subshell(node, testing), testing);
      case 'if':
        return this.ifClause(node, testing, final);
      case 'while':
      case 'until':
        return this.loop(node, testing);
      case 'for':
        return this.forLoop(node, testing);
      case 'case':
        return this.caseClause(node, testing, final);
      case 'function':
        return this.defineFunction(node);
      case 'redirected':
        return this.redirected(node, testing);
    }
  }

  /** `set -e`: a command that failed where nobody looks at its status ends the shell. */
  private async checked(running: Promise<number> | number, testing: boolean): Promise<number> {
    const status = await running;
    if (status !== 0 && !testing && this.shell.state.options.has('e')) {
      this.shell.state.status = status;
      throw new ExitShell(status);
    }
    return status;
  }

  private async list(node: ListNode, testing: boolean, final: boolean): Promise<number> {
    let status = 0;
    for (const [index, { command, background }] of node.items.entries()) {
      const last = final && index === node.items.length - 1;
      status = background ? await this.background(command) : await this.run(command, testing, last);
    }
    return status;
  }

  private async andOr(node: CommandNode & { kind: 'andor' }, testing: boolean, final: boolean): Promise<number> {
    const last = node.rest.length - 1;
    let status = await this.run(node.first, true);
    for (const [index, { operator, command }] of node.rest.entries()) {
      if ((status === 0) !== (operator === '&&')) continue;
      status = await this.run(command, testing || index < last, final && index === last);
    }
    return status;
  }

  private async pipeline(node: PipelineNode, testing: boolean): Promise<number> {
    if (node.commands.length === 1) {
      const status = await this.run(node.commands[0]!, testing || node.negated);
      return node.negated ? Number(status === 0) : status;
    }
    const pids = await this.startPipeline(node.commands, this.shell.childDescriptors(), testing || node.negated);
    let status = 0;
    for (const pid of pids) status = await waitForProcess(this.shell, pid);
    if (node.negated) return Number(status === 0);
    return this.checked(status, testing);
  }

  /** Starts all commands of a pipeline, each with its end of the pipes (POSIX 2.9.2). */
  private async startPipeline(
    commands: readonly CommandNode[],
    fds: ReadonlyMap<number, number>,
    testing: boolean,
  ): Promise<number[]> {
    const { sys } = this.shell;
    const pids: number[] = [];
    let input: number | undefined;
    for (const [index, command] of commands.entries()) {
      const last = index === commands.length - 1;
      const pipe = last ? undefined : await sys.pipe();
      const table = new Map(fds);
      if (input !== undefined) table.set(0, input);
      if (pipe !== undefined) table.set(1, pipe[1]);
      pids.push(await spawnCommand(this.shell, command, table, testing));
      if (input !== undefined) await sys.close(input);
      if (pipe !== undefined) await sys.close(pipe[1]);
      input = pipe?.[0];
    }
    return pids;
  }

  /** `command &`: standard input is empty and Ctrl-C does not reach it, as there is no job control (POSIX 2.9.3.1). */
  private async background(command: CommandNode): Promise<number> {
    const { shell } = this;
    await reapJobs(shell);
    const empty = await shell.sys.open('/dev/null', { read: true });
    const fds = shell.childDescriptors().set(0, empty);
    const commands = command.kind === 'pipeline' && !command.negated ? command.commands : [command];
    const pids = await withoutInterrupts(shell, () => this.startPipeline(commands, fds, false));
    await shell.sys.close(empty);
    const job = addJob(shell, pids);
    shell.state.lastBackground = job.pid;
    shell.state.status = 0;
    if (shell.interactive) await shell.write(`[${job.number}] ${job.pid}\n`, 2);
    return 0;
  }

  private async subshell(node: CommandNode & { kind: 'subshell' }, testing: boolean): Promise<number> {
    this.shell.state.line = node.line;
    const pid = await spawnCommand(this.shell, node.body, this.shell.childDescriptors(), testing);
    return waitForProcess(this.shell, pid);
  }

  private async ifClause(node: CommandNode & { kind: 'if' }, testing: boolean, final: boolean): Promise<number> {
    for (const { condition, body } of node.clauses) {
      if ((await this.run(condition, true)) === 0) return this.run(body, testing, final);
    }
    return node.otherwise === null ? 0 : this.run(node.otherwise, testing, final);
  }

  private async loop(node: LoopNode, testing: boolean): Promise<number> {
    let status = 0;
    await this.looping(async () => {
      await this.shell.step();
      const condition = await this.run(node.condition, true);
      if ((condition === 0) !== (node.kind === 'while')) return false;
      status = await this.run(node.body, testing);
      return true;
    });
    return status;
  }

  private async forLoop(node: ForNode, testing: boolean): Promise<number> {
    const { shell } = this;
    shell.state.line = node.line;
    const words = node.words === null ? shell.state.parameters : await expandWords(shell, node.words);
    let status = 0;
    let index = 0;
    await this.looping(async () => {
      const word = words[index++];
      if (word === undefined) return false;
      shell.state.set(node.name, word);
      await shell.step();
      status = await this.run(node.body, testing);
      return true;
    });
    return status;
  }

  /** Runs rounds until one answers false, and takes the jumps of `break` and `continue` that mean this loop. */
  private async looping(round: () => Promise<boolean>): Promise<void> {
    const { state } = this.shell;
    state.loopDepth++;
    try {
      for (let goesOn = true; goesOn; ) {
        try {
          goesOn = await round();
        } catch (error) {
          if (!(error instanceof LoopJump)) throw error;
          state.status = 0;
          if (--error.levels > 0) throw error;
          goesOn = error.kind === 'continue';
        }
      }
    } finally {
      state.loopDepth--;
    }
  }

  private async caseClause(node: CaseNode, testing: boolean, final: boolean): Promise<number> {
    this.shell.state.line = node.line;
    const subject = await expandText(this.shell, node.subject);
    for (const { patterns, body } of node.clauses) {
      for (const pattern of patterns) {
        if (!matchPattern(compilePattern(await expandPattern(this.shell, pattern)), subject)) continue;
        return body.items.length === 0 ? 0 : this.run(body, testing, final);
      }
    }
    return 0;
  }

  private defineFunction(node: FunctionNode): number {
    this.shell.state.functions.set(node.name, node.body);
    return 0;
  }

  private async redirected(node: RedirectedNode, testing: boolean): Promise<number> {
    const { shell } = this;
    shell.state.line = node.line;
    if (node.command.kind === 'subshell') {
      // The redirections of a subshell are made in the subshell.
      const inner: RedirectedNode = { ...node, command: { kind: 'group', body: node.command.body } };
      const pid = await spawnCommand(shell, inner, shell.childDescriptors(), testing);
      return this.checked(waitForProcess(shell, pid), testing);
    }
    let undo: () => Promise<void>;
    try {
      undo = await applyRedirects(shell, node.redirects, true);
    } catch (error) {
      if (!(error instanceof ShellError)) throw error;
      await shell.complain(error.message);
      return this.checked(error.status, testing);
    }
    try {
      return await reporting(shell, () => this.run(node.command, testing));
    } finally {
      await undo();
    }
  }

  /** Calls a function: parameters, locals and loops of its own (POSIX 2.9.5). */
  callFunction(body: CommandNode, args: readonly string[], assignments: ReadonlyMap<string, string>, testing: boolean) {
    return this.shell.nested(async () => {
      const { state } = this.shell;
      const { parameters, loopDepth } = state;
      state.enterScope();
      try {
        for (const [name, value] of assignments) {
          state.makeLocal(name);
          state.set(name, value);
          state.mark(name, 'exported');
        }
        state.parameters = args;
        state.loopDepth = 0;
        state.functionDepth++;
        return await this.run(body, testing);
      } catch (error) {
        if (error instanceof ReturnJump) return error.status;
        throw error;
      } finally {
        state.functionDepth--;
        state.loopDepth = loopDepth;
        state.parameters = parameters;
        state.leaveScope();
      }
    });
  }

  runCommand(argv: readonly string[], testing: boolean, standardPath: boolean): Promise<number> {
    return runArguments(this.shell, this, argv, testing, standardPath);
  }

  async runText(text: string, testing: boolean, final = false): Promise<number> {
    const { shell } = this;
    let status = 0;
    for (let at = 0, line = 1; ; ) {
      let result: ReturnType<typeof parseCommand>;
      try {
        result = parseCommand(text, at, line);
      } catch (error) {
        if (error instanceof ShellSyntaxError) shell.state.line = error.line;
        throw error;
      }
      if (result.kind !== 'command') return status;
      at = result.next;
      line = result.line;
      if (result.list.items.length === 0 || shell.state.options.has('n')) continue;
      status = await this.run(result.list, testing, final && text.slice(at).trim() === '');
    }
  }

  /** Commands of traps whose signals have arrived; `$?` stays what it was (POSIX 2.14 trap). */
  async runTraps(): Promise<void> {
    const { shell } = this;
    while (shell.pending.length > 0) {
      const command = shell.traps.get(shell.pending.shift()!);
      if (command === undefined || command === '') continue;
      const { status } = shell.state;
      const { commandName } = shell;
      shell.commandName = undefined;
      await shell.nested(() => this.runText(command, false));
      shell.commandName = commandName;
      shell.state.status = status;
    }
  }
}
