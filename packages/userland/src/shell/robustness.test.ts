/** Whatever is typed, the shell and the tools end in an exit status: nothing crashes, and no loop outlives its time. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are expansions of the shell
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programs } from '../programs.ts';
import { makeHost } from './shell-bench.test-util.ts';
import { SUBSHELL_VARIABLE } from './subshell.ts';

const SNIPPETS = [
  ...['echo $x', 'x=$((x + 1))', 'cat f', 'echo a > f', 'cat <<E\n$x\nE\n', '| cat', '&& false', '|| true', '; exit 3'],
  ...['{ echo g; }', '(echo s; exit 2)', 'for i in a b; do echo $i; done', 'while read l; do echo $l; done < f'],
  ...[
    'f() { echo $1; return 2; }',
    'f x',
    'case $x in 1) echo one;; *) ;; esac',
    'trap "echo t" EXIT',
    'set -eu',
    'set -- 1 2',
  ],
  ...[
    'eval "$x"',
    '. ./f',
    'exec 3>&1',
    'exec cat f',
    'echo ${x%%*}',
    'kill -TERM $$',
    'echo `echo $(echo x)`',
    'wait',
    '&',
    '\n',
    ' ; ',
  ],
  ...[
    '${x:?}',
    '"',
    "'",
    '$(',
    ')',
    'if',
    'then',
    'fi',
    'sleep 1 &',
    'printf %s%d x y',
    '[ -f f ]',
    'cd /nowhere',
    'ulimit',
    'unset x',
  ],
];

describe('the shell', () => {
  it('comes to an end on any sequence of snippets', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...SNIPPETS), { maxLength: 8 }), async (snippets) => {
        const host = await makeHost();
        const { status } = await host.sh(snippets.join(' '));
        expect(status).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses work that is no work', async () => {
    const host = await makeHost();
    for (const work of [
      '',
      'x',
      '{}',
      '[]',
      'null',
      '{"task":"run"}',
      '{"task":"run","state":{}}',
      '{"task":"write"}',
    ]) {
      const { stderr, status } = await host.sh(`${SUBSHELL_VARIABLE}='${work}' sh -c 'echo never'`);
      expect({ stderr, status }, work).toEqual({
        stderr: `sh: 0: ${SUBSHELL_VARIABLE} is not a subshell's work\n`,
        status: 2,
      });
    }
  });

  it('has limits for text and for calls', async () => {
    const host = await makeHost();
    const grown = await host.sh('x=0123456789abcdef; while :; do x=$x$x; done');
    expect(grown).toMatchObject({ stderr: 'sh: 1: Out of space\n', status: 2 });
    const deep = await host.sh('f() { eval f; }; f');
    expect(deep.stderr).toContain('Maximum function recursion depth (1000) reached');
  }, 60_000);
});

const TOOLS = (
  '[ basename cat chmod cmp cp cut date dirname echo env false find grep head hexdump hostname id kill ln ls md5sum mkdir mv od ' +
  'printf ps pwd readlink rm rmdir sed seq sha256sum sort tail tee test touch tr true uname uniq wc which whoami xargs xxd'
).split(' ');
const ARGUMENTS = [
  ...'-a -b -c -d -e -f -g -h -i -k -l -m -n -o -p -q -r -s -t -u -v -w -x -A -B -C -E -F -I -L -N -P -R -S -1 -2 - -- = ! ( )'.split(
    ' ',
  ),
  ...[
    '',
    'f',
    'd',
    'nothing',
    '/',
    '.',
    '..',
    '1',
    '0',
    '-1',
    '2,3',
    '+x',
    '%d',
    '%s',
    's/a/b/',
    'p',
    '$!N',
    '[',
    '\\(',
    'a*',
    '*',
    'é',
  ],
  ...[
    '--all',
    '--number=3',
    '--nonsense',
    'true',
    'cat',
    '-name',
    '-type',
    '-exec',
    ';',
    '{}',
    '@0',
    '+%Y',
    '0x10',
    ':',
    'a-z',
    '[:upper:]',
  ],
];

describe('the tools', () => {
  it('are installed', () => {
    for (const name of TOOLS) expect(programs.has(`/usr/bin/${name}`), name).toBe(true);
  });

  it('come to an end on any arguments and any input', async () => {
    const argv = fc.array(fc.constantFrom(...ARGUMENTS), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...TOOLS), argv, fc.uint8Array({ maxLength: 60 }), async (name, args, input) => {
        const host = await makeHost();
        await host.sh('echo text > f; mkdir d; touch d/x');
        const { status } = await host.run([name, ...args], input);
        expect(status).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 600 },
    );
  });
});
