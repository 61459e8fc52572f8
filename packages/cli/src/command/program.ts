/**
 * The commands and their options, in the language of the person; every way to end has its exit code. A command's own code is loaded when the command is given: to
 * read all of it takes longer than many commands do.
 */
import { nearest } from '@netarium/core/check/lab-problem.ts';
import { UncontrolledError } from '@netarium/core/world/run-loop.ts';
import { SpecError } from '@netarium/core/world/topology.ts';
import { engineText } from '@netarium/view/lab/engine-text.ts';
import type { Language } from '@netarium/view/language.ts';
import type { Messages } from '@netarium/view/messages/messages.ts';
import { Command, CommanderError, Option } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { EXIT, reason, UsageError } from '../exit.ts';
import { type ColorChoice, environmentLanguage, type Io, ioOf, type Streams } from '../io.ts';

/** Runs the command line; answers the exit code. `worker` is the module of the threads of `systems`, where there may be threads. */
export async function netarium(argv: readonly string[], streams: Streams, worker: URL | undefined): Promise<number> {
  let io = ioOf(streams, environmentLanguage(streams.env), 'auto');
  try {
    io = ioOf(streams, languageFrom(argv, io), colorFrom(argv, io));
    return await parse(argv, io, worker);
  } catch (error) {
    if (error instanceof UsageError) return tellUsage(error, io);
    if (error instanceof SpecError || error instanceof UncontrolledError)
      return tellUsage(new UsageError(engineText(error.message, io.language)), io);
    return tellInternal(error, streams);
  }
}

/** A bug of ours, with what is needed to find it. */
export function tellInternal(error: unknown, streams: Streams): number {
  const io = ioOf(streams, environmentLanguage(streams.env), 'auto');
  io.err(
    io.m.errors.usage(io.m.errors.internal(error instanceof Error ? (error.stack ?? error.message) : String(error))),
  );
  return EXIT.internal;
}

/** Standard output takes no more: its disk is full, for one. */
export function tellUnwritable(error: Error, streams: Streams): number {
  const io = ioOf(streams, environmentLanguage(streams.env), 'auto');
  return tellUsage(new UsageError(io.m.errors.cannotWrite('stdout', reason(error))), io);
}

function tellUsage({ message, command }: UsageError, { m, err }: Io): number {
  for (const line of message.split('\n'))
    err(command === undefined && /^\S+:\d+:\d+: /.test(line) ? line : m.errors.usage(line));
  if (command !== undefined) err(m.errors.seeHelp(command));
  return EXIT.usage;
}

/** What is ours to read: nothing behind `--`, nor what belongs to a program behind `real`. */
function ownWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  if (words[0] !== 'real') return words;
  const program = words.findIndex((word, at) => at > 0 && !word.startsWith('-'));
  return program < 0 ? words : words.slice(0, program);
}

/** The value of a global option, which has to be known before the options are described. */
function globalOption(argv: readonly string[], name: string): string | undefined {
  const words = ownWords(argv);
  const at = words.findLastIndex((word) => word === name || word.startsWith(`${name}=`));
  if (at < 0) return undefined;
  return words[at] === name ? words[at + 1] : words[at]!.slice(name.length + 1);
}

function languageFrom(argv: readonly string[], { language, m }: Io): Language {
  const text = globalOption(argv, '--lang');
  if (text === undefined) return language;
  if (text !== 'en' && text !== 'zh') throw new UsageError(m.errors.lang(text), '');
  return text;
}

function colorFrom(argv: readonly string[], { m }: Io): ColorChoice {
  const text = globalOption(argv, '--color');
  if (text === undefined) return 'auto';
  if (text !== 'always' && text !== 'never' && text !== 'auto') throw new UsageError(m.errors.color(text), '');
  return text;
}

async function parse(argv: readonly string[], io: Io, worker: URL | undefined): Promise<number> {
  let code: number = EXIT.met;
  const program = programOf(io, worker, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Asked for: `--help`, `--version`, `help run`. Not asked for: `netarium` alone.
    if (error.exitCode === 0) return EXIT.met;
    if (error.code === 'commander.help') return EXIT.usage;
    throw new UsageError(usageText(error, program, io.m), commandOf(argv, program));
  }
  return code;
}

function commandOf(argv: readonly string[], program: Command): string {
  return argv.find((word) => program.commands.some((command) => command.name() === word)) ?? '';
}

/** The library's English error in the person's language. */
function usageText({ code, message }: CommanderError, program: Command, m: Messages): string {
  const quoted = /'([^']*)'/.exec(message)?.[1] ?? '';
  const suggestion = /Did you mean ([^?\s]+)\?/.exec(message)?.[1];
  const more = suggestion === undefined ? '' : `; ${m.errors.didYouMean(suggestion)}`;
  switch (code) {
    case 'commander.unknownOption':
      return m.errors.unknownOption(quoted) + more;
    case 'commander.unknownCommand': {
      const near = nearest(
        quoted,
        program.commands.map((command) => command.name()),
      );
      return m.errors.unknownCommand(quoted) + (near === undefined ? '' : `; ${m.errors.didYouMean(near)}`);
    }
    case 'commander.missingArgument':
      return m.errors.missingArgument(quoted);
    case 'commander.optionMissingArgument':
      return m.errors.missingValue(quoted);
    case 'commander.excessArguments':
      return m.errors.tooMany();
    default:
      return message.replace(/^error: /, '');
  }
}

type Add = (name: string, description: string) => Command;

/** What draws or takes apart a run. */
function pictureCommands(add: Add, addRun: Add, io: Io, ended: (code: number) => void): void {
  const u = io.m.usage;
  addRun('ladder', u.ladder)
    .argument('<lab>', u.argLab)
    .option('--filter <filter>', u.filter)
    .option('--between <hosts>', u.between)
    .option('--from <instant>', u.from)
    .option('--to <instant>', u.to)
    .option('--json', u.json)
    .option('--svg <file>', u.svg)
    .action(async (lab, options) =>
      ended(await (await import('./ladder.ts')).ladderCommand(lab, { set: [], ...options }, io)),
    );
  addRun('plot', u.plot)
    .argument('<lab>', u.argLab)
    .argument('<what>', u.argPlot)
    .option('--only <text>', u.only)
    .option('--json', u.json)
    .option('--svg <file>', u.svg)
    .action(async (lab, what, options) =>
      ended(await (await import('./plot.ts')).plotCommand(lab, what, { set: [], ...options }, io)),
    );
  addRun('lanes', u.lanes)
    .argument('<lab>', u.argLab)
    .option('--host <name>', u.laneHost)
    .option('--only <text>', u.laneOnly)
    .option('--from <instant>', u.from)
    .option('--to <instant>', u.to)
    .option('--waits', u.laneWaits)
    .option('--json', u.json)
    .option('--export <format>', u.laneExport)
    .option('--out <file>', u.laneOut)
    .action(async (lab, options) =>
      ended(await (await import('./lanes.ts')).lanesCommand(lab, { set: [], ...options }, io)),
    );
  add('explore', u.explore)
    .argument('<lab>', u.argLab)
    .argument('[exploration]', u.argExploration)
    .addOption(repeated('--set <name=value>', u.set))
    .option('--strategy <name>', u.strategy)
    .option('--schedules <n>', u.schedules)
    .option('--seed <n>', u.searchSeed)
    .option('--depth <n>', u.depth)
    .option('--faults <n>', u.faults)
    .option('--json', u.json)
    .option('--save <file>', u.saveSchedule)
    .option('--test <file>', u.saveTest)
    .option('--replay <file>', u.replaySchedule)
    .action(async (lab, name, options) =>
      ended(await (await import('./explore.ts')).exploreCommand(lab, name, { set: [], ...options }, io)),
    );
}

function programOf(io: Io, worker: URL | undefined, ended: (code: number) => void): Command {
  const { m } = io;
  const u = m.usage;
  const titles: Readonly<Record<string, string>> = {
    'Usage:': u.usage,
    'Options:': u.options,
    'Commands:': u.commands,
    'Arguments:': u.arguments,
  };
  const prepared = (command: Command): Command =>
    command
      .helpOption('-h, --help', u.help)
      .configureHelp({ styleTitle: (title) => titles[title] ?? title })
      .configureOutput({
        writeOut: (text) => void io.stdout.write(text),
        writeErr: (text) => void io.stderr.write(text),
        outputError: () => undefined,
      })
      .exitOverride()
      .addOption(new Option('--lang <en|zh>', u.lang))
      .addOption(new Option('--color <when>', u.color));
  const program = prepared(new Command('netarium').description(u.description)).version(
    manifest.version,
    '-V, --version',
    u.version,
  );
  program.enablePositionalOptions();
  program.helpCommand('help [command]', u.helpCommand).addHelpText('after', `\n${u.exitCodes}`);
  const add: Add = (name, description) => prepared(program.command(name).description(description));
  /** A command that runs a lab. */
  const addRun: Add = (name, description) =>
    add(name, description).option('--seed <n>', u.seed).addOption(repeated('--set <name=value>', u.set));

  addRun('run', u.run)
    .argument('<lab>', u.argLab)
    .option('--until <duration>', u.until)
    .option('--pcap <path>', u.pcap)
    .option('--on <card>', u.on)
    .option('--json', u.json)
    .option('--speed <pace>', u.speed)
    .option('--strict', u.strict)
    .option('--inputs <file>', u.inputs)
    .option('--real', u.realArm)
    .option('--html <file>', u.html)
    .option('--recording <file>', u.recording)
    .option('--headers-only', u.headersOnly)
    .action(async (lab, options) =>
      ended(await (await import('./run.ts')).runCommand(lab, { set: [], ...options }, io)),
    );
  pictureCommands(add, addRun, io, ended);
  addRun('view', u.view)
    .argument('<what>', u.argView)
    .option('--port <n>', u.viewPort)
    .option('--no-open', u.noOpen)
    .action(async (what, options) =>
      ended(await (await import('./view.ts')).viewCommand(what, { set: [], ...options }, io)),
    );
  add('list', u.list)
    .option('--json', u.json)
    .action(async (options) => ended(await (await import('./list.ts')).listCommand(options, io)));
  add('show', u.show)
    .argument('<lab>', u.argLab)
    .action(async (lab) => ended(await (await import('./show.ts')).showCommand(lab, io)));
  add('new', u.new)
    .argument('[target]', u.argTarget)
    .option('--yaml', u.yaml)
    .action(async (target, options) => ended(await (await import('./new.ts')).newCommand(target, options, io)));
  add('systems', u.systems)
    .option('--area <id>', u.area)
    .option('--row <n>', u.row)
    .option('--json', u.json)
    .option('--jobs <n>', u.jobs)
    .action(async (options) => ended(await (await import('./systems.ts')).systemsCommand(options, worker, io)));
  add('ask', u.ask)
    .argument('<question...>', u.argQuestion)
    .option('--json', u.json)
    .action(async (words, options) => ended(await (await import('./ask.ts')).askCommand(words, options, io)));
  add('book', u.book)
    .argument('<folder>', u.argBook)
    .option('--no-labs', u.noLabs)
    .action(async (folder, options) =>
      ended(await (await import('./book.ts')).bookCommand(folder, options, worker, io)),
    );
  add('quiz', u.quiz)
    .argument('[topic...]', u.argTopic)
    .option('--seed <n>', u.quizSeed)
    .option('--count <n>', u.count)
    .option('--answers <file>', u.answers)
    .option('--list', u.listQuiz)
    .option('--json', u.json)
    .action(async (topic, options) => ended(await (await import('./quiz.ts')).quizCommand(topic, options, io)));
  add('real', u.real)
    .argument('[program]', u.argProgram)
    .argument('[args...]', u.argArguments)
    .option('--list', u.listPrograms)
    .passThroughOptions()
    .action(async (name, args, options) =>
      ended(await (await import('./real.ts')).realCommand(name, args, options, io)),
    );
  add('packetdrill', u.packetdrill)
    .argument('<file...>', u.argScripts)
    .option('--json', u.json)
    .option('--verbose', u.verbose)
    .action(async (files, options) =>
      ended(await (await import('./packetdrill.ts')).packetdrillCommand(files, options, io)),
    );
  addRun('shell', u.shell)
    .argument('<lab>', u.argLab)
    .argument('<host>', u.argHost)
    .option('--speed <pace>', u.speed)
    .option('--record <file>', u.record)
    .action(async (lab, host, options) =>
      ended(await (await import('./shell.ts')).shellCommand(lab, host, { set: [], ...options }, io)),
    );
  return program;
}

function repeated(flags: string, description: string): Option {
  return new Option(flags, description).argParser((value: string, before: readonly string[] = []) => [
    ...before,
    value,
  ]);
}
