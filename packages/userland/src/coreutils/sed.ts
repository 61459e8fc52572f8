/** sed(1): a script applied to each line. GNU's commands but e, F, l, M, R, W, z and their like; -i writes files in place. */
import { SysError } from '@netarium/core/base/errno.ts';
import type { Sys } from '@netarium/core/syscall/sys.ts';
import type { ProgramOptions } from '../lib/options.ts';
import { writeAll } from '../lib/stdio.ts';
import { RegexError } from './regex/regex.ts';
import { Editor } from './sed-editor.ts';
import { Input, linesOfFiles } from './sed-input.ts';
import { parseSedScript, type SedCommand } from './sed-script.ts';
import { decodeText, encodeText } from './text.ts';
import { readOperand, ToolError, tool } from './tool.ts';

export const options: ProgramOptions = {
  name: 'sed',
  usage: 'sed [-nErsi] [-e script | -f file | script] [file...]',
  options: [
    { names: ['-n', '--quiet', '--silent'], help: 'print only what p and its like print' },
    { names: ['-e', '--expression'], value: 'script', help: 'a piece of the script' },
    { names: ['-f', '--file'], value: 'file', help: 'a piece of the script, from a file' },
    { names: ['-E', '-r', '--regexp-extended'], help: 'extended regular expressions' },
    { names: ['-s', '--separate'], help: 'files are separate, not one long stream' },
    { names: ['-i', '--in-place'], help: 'write the result back into each file' },
  ],
};

export const main = tool(
  options,
  async ({ sys, options: given, operands, fail }) => {
    const pieces = [...given.values('-e')];
    for (const file of given.values('-f')) pieces.push(decodeText(await readOperand(sys, file)).replace(/\n$/, ''));
    const files = [...operands];
    if (pieces.length === 0) {
      const script = files.shift();
      if (script === undefined) throw new ToolError(`no script specified\nUsage: ${options.usage}`);
      pieces.push(script);
    }
    const script = pieces.join('\n');
    const commands = parseSedScript(pieces, given.has('-E'));
    const outputs = await openOutputs(sys, commands);
    const quiet = given.has('-n') || script.startsWith('#n\n');
    const names = files.length === 0 ? ['-'] : files;
    const toStdout = completingLines((text) => writeAll(sys, 1, encodeText(text)));
    const source = (list: readonly string[]) => new Input(linesOfFiles(sys, list, fail));
    try {
      if (!given.has('-i') && !given.has('-s')) {
        return (await new Editor(sys, commands, quiet, toStdout, outputs).run(source(names))) ?? 0;
      }
      for (const name of names) {
        const parts: string[] = [];
        const inPlace = given.has('-i') && name !== '-';
        const write = inPlace ? completingLines(async (text) => void parts.push(text)) : toStdout;
        const status = await new Editor(sys, commands, quiet, write, outputs).run(source([name]));
        if (inPlace) await replaceFile(sys, name, parts.join(''));
        if (status !== undefined) return status;
      }
      return 0;
    } catch (error) {
      if (error instanceof RegexError) throw new ToolError(error.message);
      throw error;
    }
  },
  { failStatus: 2, usageStatus: 1 },
);

/** A last line without its newline is printed without; whatever follows it on the same output brings the newline. */
function completingLines(write: (text: string) => Promise<void>): (text: string) => Promise<void> {
  let incomplete = false;
  return async (text) => {
    if (text === '') return;
    const before = incomplete ? '\n' : '';
    incomplete = !text.endsWith('\n');
    await write(before + text);
  };
}

async function replaceFile(sys: Sys, name: string, text: string): Promise<void> {
  try {
    const fd = await sys.open(name, { write: true, truncate: true });
    await writeAll(sys, fd, encodeText(text));
    await sys.close(fd);
  } catch (error) {
    // A file that could not be read was reported already.
    if (!(error instanceof SysError && error.code === 'ENOENT')) throw error;
  }
}

/** Files of `w` are emptied before the first line is read (POSIX sed). */
async function openOutputs(sys: Sys, commands: readonly SedCommand[]): Promise<Map<string, number>> {
  const out = new Map<string, number>();
  for (const command of commands) {
    const path = command.name === 'w' ? command.text : command.substitution?.file;
    if (path === undefined || path === '/dev/stdout' || path === '/dev/stderr' || out.has(path)) continue;
    try {
      out.set(path, await sys.open(path, { write: true, create: true, truncate: true }));
    } catch (error) {
      if (error instanceof SysError) throw new ToolError(`couldn't open file ${path}: ${error.reason.text}`, 4);
      throw error;
    }
  }
  return out;
}
