import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShellSyntaxError } from './errors.ts';
import { parseCommand, parseScript } from './parser.ts';

function errorOf(text: string): string {
  try {
    parseScript(text);
  } catch (error) {
    if (error instanceof ShellSyntaxError) return `${error.line}: ${error.message}`;
    throw error;
  }
  return 'no error';
}

describe('the shell parser', () => {
  it('reads a simple command with assignments and redirections', () => {
    const list = parseScript("x=1 y=$z echo 'a b' >out 2>&1");
    expect(list.items).toHaveLength(1);
    expect(list.items[0]!.command).toMatchObject({
      kind: 'simple',
      line: 1,
      assignments: [{ name: 'x' }, { name: 'y', value: [{ kind: 'parameter', name: 'z' }] }],
      words: [[{ text: 'echo' }], [{ text: 'a b', quoted: true }]],
      redirects: [
        { fd: 1, operator: '>' },
        { fd: 2, operator: '>&' },
      ],
    });
  });

  it('gives here-documents to the redirections of their line, in order', () => {
    const list = parseScript("cat <<A <<'B'\none $x\nA\ntwo $x\nB\necho after");
    expect(list.items).toHaveLength(2);
    expect(list.items[0]!.command).toMatchObject({
      redirects: [
        { target: [{ text: 'one ' }, { kind: 'parameter', name: 'x', quoted: true }, { text: '\n' }] },
        { target: [{ text: 'two $x\n', quoted: true }] },
      ],
    });
  });

  it('reads one complete command at a time', () => {
    const text = 'echo a; echo b\nif x\nthen y\nfi\n';
    const first = parseCommand(text);
    expect(first).toMatchObject({ kind: 'command', next: 15, line: 2 });
    expect(parseCommand(text, 15, 2)).toMatchObject({ kind: 'command', next: text.length, line: 5 });
    expect(parseCommand(text, text.length)).toEqual({ kind: 'end' });
  });

  it('knows when more text is needed', () => {
    for (const text of [
      'echo a',
      'if x\n',
      'echo "a\n',
      'cat <<E\nx\n',
      'a &&\n',
      'a |\n',
      'echo $(\n',
      'echo \\\n',
      'f()\n',
    ]) {
      expect(parseCommand(text, 0, 1, true), text).toEqual({ kind: 'incomplete' });
    }
    expect(parseCommand('echo a\n', 0, 1, true)).toMatchObject({ kind: 'command' });
    expect(parseCommand('  ', 0, 1, true)).toEqual({ kind: 'end' });
  });

  it('speaks of errors as dash does', () => {
    const table: [string, string][] = [
      ['if true; then echo a', '1: Syntax error: end of file unexpected (expecting "fi")'],
      ['fi', '1: Syntax error: "fi" unexpected'],
      ['echo a\n)', '2: Syntax error: ")" unexpected'],
      ['(echo a) b', '1: Syntax error: word unexpected'],
      ['for 1 in a; do :; done', '1: Syntax error: Bad for loop variable'],
      ['while true; do; done', '1: Syntax error: ";" unexpected'],
      ['echo "abc', '1: Syntax error: Unterminated quoted string'],
      ['echo `abc', '1: Syntax error: EOF in backquote substitution'],
      ['echo $(abc', '1: Syntax error: end of file unexpected (expecting ")")'],
      [`echo \${abc`, "1: Syntax error: Missing '}'"],
      ['echo $((1+2', "1: Syntax error: Missing '))'"],
      ['case a in a) echo x', '1: Syntax error: end of file unexpected (expecting ";;")'],
      ['foo-bar() { echo hi; }', '1: Syntax error: Bad function name'],
      ['echo a &&', '1: Syntax error: end of file unexpected'],
      ['echo >', '1: Syntax error: end of file unexpected'],
      ['echo > ; ls', '1: Syntax error: ";" unexpected'],
    ];
    for (const [text, message] of table) expect(errorOf(text), text).toBe(message);
  });

  it('ends on hostile nesting and on long chains', () => {
    expect(errorOf('('.repeat(100_000))).toContain('nested too deeply');
    expect(errorOf('$('.repeat(100_000))).toContain('nested too deeply');
    expect(errorOf('"${x-'.repeat(100_000))).toContain('nested too deeply');
    expect(errorOf('if '.repeat(100_000))).toContain('nested too deeply');
    expect(errorOf('f() '.repeat(100_000))).toContain('nested too deeply');
    expect(errorOf(`true${' && true'.repeat(50_000)}`)).toBe('no error');
  });

  it('is a tree or a syntax error for any text, and the tree is plain data', () => {
    const piece = fc.constantFrom(
      ...'if |then |fi |else |elif |while |do |done |case |in |esac |for |x |{ |} |! '.split('|'),
      ...[
        "'",
        '"',
        '`',
        '$',
        '$(',
        '$((',
        '))',
        '${',
        '}',
        '${x:-',
        '${#',
        '#',
        '\\',
        '\n',
        ';',
        ';;',
        '&',
        '&&',
        '|',
        '||',
      ],
      ...[
        '(',
        ')',
        '<',
        '>',
        '<<E',
        '<<-E\n',
        'E\n',
        '>&',
        '2>',
        '=',
        'a=',
        '~',
        '*',
        '[',
        ' ',
        '\t',
        'f()',
        'é',
        '\0',
      ],
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 30 }).map((p) => p.join('')),
          fc.string(),
        ),
        (text) => {
          for (const more of [false, true]) {
            try {
              const result = parseCommand(text, 0, 1, more);
              expect(JSON.parse(JSON.stringify(result))).toEqual(result);
              if (result.kind === 'command') expect(result.next).toBeGreaterThan(0);
            } catch (error) {
              expect(error).toBeInstanceOf(ShellSyntaxError);
              expect((error as ShellSyntaxError).line).toBeGreaterThan(0);
            }
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});
