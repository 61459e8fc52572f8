/** The shell with a person at it: a terminal, prompts, Ctrl-C, end of input. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import { DescriptorTable } from '@netarium/core/kernel/descriptors.ts';
import { Terminal } from '@netarium/core/os/terminal.ts';
import { streamStatus } from '@netarium/core/syscall/dev.ts';
import { bench } from '@netarium/core/syscall/kernel.test-util.ts';
import type { ProgramModule } from '@netarium/core/syscall/program.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';
import { describe, expect, it } from 'vitest';
import { programs } from '../programs.ts';

const SECOND = 1_000_000_000;

/** A shell at a terminal. `type` presses keys and lets two seconds pass; it answers what appeared on the screen. */
function atTerminal() {
  const binaries: Record<string, Program | ProgramModule> = {};
  for (const [path, program] of programs) binaries[path.slice(path.lastIndexOf('/') + 1)] = program;
  const { kernel, run, queue } = bench(binaries);
  let screen = '';
  const terminal: Terminal = new Terminal(
    {
      status: streamStatus(kernel, 'chardev'),
      signalGroup: (pgid, signal) => {
        for (const process of kernel.processes.group(pgid)) kernel.processes.signal(process, signal, 0);
      },
    },
    (data) => {
      screen += decodeUtf8(data);
    },
  );
  const descriptors = new DescriptorTable();
  for (const fd of [0, 1, 2]) descriptors.place(fd, terminal);
  const env = new Map([['PATH', '/bin']]);
  const process = kernel.processes.add(kernel.processes.init, 'sh', ['sh'], 0, 0, '/tmp', env, descriptors);
  process.terminal = terminal;
  terminal.foreground = process.pgid;
  kernel.start(process, programs.get('/bin/sh'), 0);
  return {
    process,
    async type(keys: string, seconds = 2): Promise<string> {
      screen = '';
      terminal.type(encodeUtf8(keys));
      await run(queue.now + seconds * SECOND);
      return screen;
    },
  };
}

describe('sh at a terminal', () => {
  it('prompts, runs lines and remembers', async () => {
    const { type } = atTerminal();
    expect(await type('')).toBe('# ');
    expect(await type('echo hello\n')).toBe('echo hello\nhello\n# ');
    expect(await type('x=5\n')).toBe('x=5\n# ');
    expect(await type('echo $x | cat\n')).toBe('echo $x | cat\n5\n# ');
    expect(await type("PS1='[$x] '\n")).toBe("PS1='[$x] '\n[5] ");
  });

  it('asks for the rest of an unfinished command', async () => {
    const { type } = atTerminal();
    await type('');
    expect(await type('for i in a b\n')).toBe('for i in a b\n> ');
    expect(await type('do echo $i\n')).toBe('do echo $i\n> ');
    expect(await type('done\n')).toBe('done\na\nb\n# ');
    expect(await type('cat <<E\n')).toBe('cat <<E\n> ');
    expect(await type('text\nE\n')).toBe('text\nE\n> text\n# ');
  });

  it('survives errors', async () => {
    const { type } = atTerminal();
    await type('');
    expect(await type('nosuch\n')).toBe('nosuch\nsh: 1: nosuch: not found\n# ');
    expect(await type('fi\n')).toBe('fi\nsh: 2: Syntax error: "fi" unexpected\n# ');
    expect(await type(`echo \${x?}; echo never\n`)).toContain('sh: 3: x: parameter not set\n# ');
    expect(await type('shift 5; echo never\n')).toContain("shift: can't shift that many\n# ");
    expect(await type('echo $?\n')).toBe('echo $?\n2\n# ');
  });

  it('gives up a line or a command on Ctrl-C, and stays', async () => {
    const { type, process } = atTerminal();
    await type('');
    expect(await type('echo half\u0003')).toBe('echo half^C\n# ');
    expect(await type('for i in a\n')).toBe('for i in a\n> ');
    expect(await type('\u0003')).toBe('^C\n# ');
    expect(await type('sleep 100; echo never\n')).toBe('sleep 100; echo never\n');
    expect(await type('\u0003')).toBe('^C\n# ');
    expect(await type('echo $?\n')).toBe('echo $?\n130\n# ');
    expect(await type('while :; do :; done\n', 0.01)).toBe('while :; do :; done\n');
    expect(await type('\u0003')).toBe('^C\n# ');
    expect(process.exitStatus).toBeUndefined();
  });

  it('keeps Ctrl-C from background jobs, and tells when they end', async () => {
    const { type } = atTerminal();
    await type('');
    expect(await type('sleep 5 &\n')).toMatch(/\[1\] \d+\n# $/);
    expect(await type('\u0003')).toBe('^C\n# ');
    expect(await type('', 10)).toBe('');
    expect(await type('echo x\n')).toBe('echo x\nx\n[1] + Done\n# ');
  });

  it('ends with exit and at the end of input', async () => {
    const first = atTerminal();
    await first.type('exit 3\n');
    expect(first.process.exitStatus).toMatchObject({ code: 3 });
    const second = atTerminal();
    expect(await second.type('false\n\u0004')).toBe('false\n# # \n');
    expect(second.process.exitStatus).toMatchObject({ code: 1 });
  });
});
