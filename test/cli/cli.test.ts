/**
 * The command as a person uses it: exit codes, both languages, pipes, colours, bad input. What a process, the bundle or its threads have a part in goes to the built
 * command; a start of it costs more than most of what it is asked, so everything else is asked in this process.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decodeRecording } from '@netarium/view/recording/container.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtCommand } from '../built.ts';
import { type Ended, ran } from './in-process.ts';

let bin = '';
const scratch = mkdtempSync(join(tmpdir(), 'netarium-cli-'));
const PLAIN = { PATH: process.env.PATH, HOME: scratch, TMPDIR: scratch, LANG: 'en_US.UTF-8' };

beforeAll(() => {
  bin = builtCommand();
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function netarium(args: readonly string[], more: { env?: Record<string, string>; input?: string } = {}) {
  const env = { ...PLAIN, ...more.env };
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd: scratch,
    env,
    encoding: 'utf8',
    input: more.input ?? '',
  });
  return { code: status, out: stdout, err: stderr };
}

/** In this process, as if it had been started in the scratch folder. */
async function here(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const words = args.map((word) => (existsSync(join(scratch, word)) && word !== '' ? join(scratch, word) : word));
  const { code, out, err } = await ran(words, undefined, env);
  return { code, out: out.replaceAll(`${scratch}/`, ''), err: err.replaceAll(`${scratch}/`, '') };
}

function file(name: string, text: string): string {
  writeFileSync(join(scratch, name), text);
  return name;
}

const PAIR =
  'machines: { a: !host { eth0: 10.0.1.2/24 }, b: !host { eth0: 10.0.1.3/24 } }\ncables: [[a, b, { delay: 1ms }]]\n';
const DOC_FIELDS = ['lab', 'engine', 'seed', 'wireDigest', 'runDigest', 'virtualNs', 'events', 'packets', 'checks'];

describe('netarium run', () => {
  test('a lab in YAML: met, not met, could not be judged', () => {
    const lab = (checks: string): string =>
      file(
        'exit.yaml',
        `${PAIR}steps: [{ start: { a: sleep 1 }, as: nap }, { a: ping -c 1 10.0.1.3 }]\nchecks: ${checks}\n`,
      );
    expect(netarium(['run', lab('{ x: { seen: icmp } }')]).code).toBe(0);
    expect(netarium(['run', lab('{ x: { seen: icmp, count: 0 } }')]).code).toBe(1);
    expect(netarium(['run', lab('{ x: { status: nap } }')]).code).toBe(2);
    expect(netarium(['run', lab('{ x: { status: nap }, y: { seen: icmp, count: 0 } }')]).code).toBe(1);
    expect(netarium(['run', lab('{ x: { sean: icmp } }')]).code).toBe(3);
  });

  test('prints plain lines into a pipe: story, checks, digests, captures', async () => {
    const lab = file(
      'plain.yaml',
      `${PAIR}steps:\n  - say: { en: one ping, zh: 一个 ping }\n    mark: a\n  - a: ping -c 1 10.0.1.3\nchecks: { answered: { text: { en: it is answered, zh: 有应答 }, seen: icmp.type == 0 } }\n`,
    );
    const { out, err } = netarium(['run', lab]);
    expect(err).toBe('');
    expect(out).not.toContain('\u001b');
    expect(out).toMatch(/^plain {2}\(seed 1\)\n {3}0\.\d{9} {2}a {2}one ping\n/);
    expect(out).toMatch(/✓ met +it is answered +\d\.\d{9} s +\w+\.eth0 #\d+/);
    expect(out).toMatch(/wire digest +[0-9a-f]{64}\nrun digest +[0-9a-f]{64}\n/);
    const folder = /captures +(\S+) \(2 files/.exec(out)?.[1];
    expect(readdirSync(folder!).sort()).toEqual(['a.eth0.pcapng', 'b.eth0.pcapng']);
    expect(out).toContain(`as a page     netarium view ${lab}\n`);
    const zh = netarium(['run', lab], { env: { LANG: 'zh_CN.UTF-8' } }).out;
    expect(zh).toMatch(/一个 ping[\s\S]*✓ 符合 +有应答[\s\S]*线上摘要/);
    const en = await here(['run', lab, '--lang', 'en', '--pcap', join(scratch, 'again')], { LC_ALL: 'zh_CN.UTF-8' });
    expect(en.out).toContain('✓ met');
  });

  test('says how the same run is seen as a page, where no page was written', async () => {
    const lab = file('two words.yaml', `${PAIR}params: { n: 1 }\nsteps: [{ a: ping -c 1 10.0.1.3 }]\n`);
    const captures = ['--pcap', join(scratch, 'captures')];
    const { out } = await here(['run', lab, '--seed', '7', '--set', 'n=2', ...captures]);
    expect(out).toContain(`as a page     netarium view '${lab}' --seed 7 --set n=2\n`);
    expect((await here(['run', lab, '--html', join(scratch, 'page.html'), ...captures])).out).not.toContain(
      'netarium view',
    );
  });

  test('--json prints one document with exactly its fields', async () => {
    const lab = file(
      'json.yaml',
      `${PAIR}steps: [{ a: ping -c 1 10.0.1.3 }]\nchecks: { answered: { seen: icmp.type == 0, row: 14 }, silent: { seen: tcp, count: 0 } }\n`,
    );
    const { out, err, code } = netarium(['run', lab, '--json', '--seed', '7']);
    const document = JSON.parse(out);
    expect([code, err]).toEqual([0, '']);
    expect(Object.keys(document)).toEqual(DOC_FIELDS);
    expect(document).toMatchObject({
      lab: 'json',
      seed: 7,
      checks: [
        { id: 'answered', row: 14, verdict: 'met', text: 'answered' },
        { id: 'silent', row: null },
      ],
    });
    expect(Object.keys(document.checks[0])).toEqual(['id', 'row', 'verdict', 'text', 'atNs', 'packet']);
    expect(document.wireDigest).toMatch(/^[0-9a-f]{64}$/);
    expect((await here(['run', lab, '--json', '--seed', '7'])).out).toBe(out);
    expect(JSON.parse((await here(['run', lab, '--json', '--seed', '7', '--strict'])).out)).toEqual(document);
  });

  test('colours: NO_COLOR, FORCE_COLOR, --color', async () => {
    const lab = file('color.yaml', PAIR);
    const words = ['run', lab, '--pcap', join(scratch, 'colored')];
    const colored = async (args: string[], env: Record<string, string> = {}): Promise<boolean> =>
      (await here([...words, ...args], env)).out.includes('\u001b[');
    expect(await colored([])).toBe(false);
    expect(netarium(words, { env: { FORCE_COLOR: '1' } }).out).toContain('\u001b[');
    expect(await colored([], { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
    expect(await colored(['--color', 'always'], { NO_COLOR: '1' })).toBe(true);
    expect(await colored(['--color=never'], { FORCE_COLOR: '1' })).toBe(false);
  });

  test('--set, --until, --speed', async () => {
    const lab = file(
      'set.yaml',
      `params: { n: { default: 1, max: 5 } }\n${PAIR}steps: [{ say: begin }, { sleep: 300ms }, { say: end }]\n`,
    );
    expect((await here(['run', lab, '--json', '--set', 'n=5'])).code).toBe(0);
    expect(await here(['run', lab, '--set', 'm=5'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('it has n'),
    });
    expect(await here(['run', lab, '--set', 'n=6'])).toMatchObject({ code: 3, err: expect.stringContaining('5') });
    const captures = ['--pcap', join(scratch, 'cut')];
    const cut = await here(['run', lab, '--until', '100ms', ...captures]);
    expect([cut.code, cut.out.includes('begin'), /\d {5}end/.test(cut.out)]).toEqual([0, true, false]);
    const limit = file('limit.yaml', `until: 100ms\n${PAIR}steps: [{ sleep: 1s }]\n`);
    expect(await here(['run', limit, ...captures])).toMatchObject({
      code: 1,
      out: expect.stringContaining('had not ended at 0.1'),
    });
    expect((await here(['run', 'visit-website', '--json', '--until', '1.2s'])).code).toBe(2);
    const start = performance.now();
    expect((await here(['run', lab, '--speed', '0.5x', ...captures])).code).toBe(0);
    // Half as fast as 300 ms, less what timers round.
    expect(performance.now() - start).toBeGreaterThan(590);
  });

  test('--pcap: a folder of all cards, or one card in a file', async () => {
    const lab = file('pcap.yaml', `${PAIR}steps: [{ a: ping -c 1 10.0.1.3 }]\n`);
    expect(netarium(['run', lab, '--json', '--pcap', 'caps']).code).toBe(0);
    expect((await here(['run', lab, '--json', '--pcap', join(scratch, 'one.pcapng'), '--on', 'b.eth0'])).code).toBe(0);
    const one = readFileSync(join(scratch, 'one.pcapng'));
    expect(one.equals(readFileSync(join(scratch, 'caps/b.eth0.pcapng')))).toBe(true);
    expect(await here(['run', lab, '--pcap', join(scratch, 'x'), '--on', 'c.eth0'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('a.eth0, b.eth0'),
    });
    expect((await here(['run', lab, '--on', 'b.eth0'])).code).toBe(3);
    expect((await here(['run', lab, '--pcap', 'one.pcapng'])).code).toBe(3);
    expect((await here(['run', lab, '--pcap', '/dev/null/x'])).code).toBe(3);
  });

  test('a lab in TypeScript, with a relative import and netarium itself, in a folder without packages', () => {
    file(
      'helper.ts',
      "import type { LabTools } from 'netarium';\nexport enum Wanted { Answers = 2 }\nexport const answers = (tools: LabTools): number => tools.seen('icmp.type == 0').count;\n",
    );
    file(
      'mine.ts',
      `import { cable, host, lab, run, SpecError } from 'netarium';
import { answers, Wanted } from './helper.ts';
if (typeof run !== 'function') throw new SpecError('x', 'y');
export default lab({
  id: 'mine',
  machines: { a: host({ eth0: '10.0.1.2/24' }), b: host({ eth0: '10.0.1.3/24' }) },
  cables: [cable('a', 'b')],
  checks: { answered: { text: { en: 'answered', zh: '有应答' } } },
  async script(context) {
    await context.a.sh('ping -c 2 10.0.1.3');
    context.check('answered', () => answers(context) === Wanted.Answers);
  },
});
`,
    );
    const { code, out } = netarium(['run', 'mine.ts']);
    expect(out).toContain('✓ met');
    expect(code).toBe(0);
  });

  test.each([
    ['syntax.ts', 'export default lab({', /^syntax\.ts(:\d+:\d+)?: |^netarium: syntax\.ts/],
    ['throws.ts', "throw new Error('no luck');", /throws\.ts:1: no luck/],
    ['missing.ts', "import './nowhere.ts';\nexport default 1;", /missing\.ts.*nowhere/],
    ['none.ts', 'export const x = 1;', /none\.ts: the file has no default export/],
    ['seven.ts', 'export default 7;', /seven\.ts: '7' is not a map/],
    [
      'spec.ts',
      "import { host, lab } from 'netarium';\nexport default lab({ id: 'x', machines: { a: host({ eth0: '10.0.1.2/33' }) } });",
      /spec\.ts: machines\.a\.eth0: '10\.0\.1\.2\/33' is not an address with a prefix length/,
    ],
    [
      'bad.yaml',
      'machines:\n  laptop: !host\n    eth0: 10.0.1.2/33\n',
      /^bad\.yaml:3:11: machines\.laptop\.eth0: '10\.0\.1\.2\/33' is not an address with a prefix length/,
    ],
    ['binary.yaml', '\u0000\u0001\u0002', /binary\.yaml:1:1: /],
    ['lab.txt', 'x', /neither a built-in lab nor/],
  ])('%s is refused in one clear line', async (name, text, message) => {
    const { code, err, out } = await here(['run', file(name, text)]);
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect([code, out]).toEqual([3, '']);
  });

  test("a recording has the lines of the lab's programs, and of what they call", () => {
    file(
      'lines.ts',
      [
        "import { cable, host, lab } from 'netarium';",
        'export default lab({',
        "  id: 'lines',",
        "  machines: { a: host({ eth0: '10.0.0.1/24' }), b: host({ eth0: '10.0.0.2/24' }) },",
        "  cables: [cable('a', 'b')],",
        '  programs: {',
        '    async nap(sys) {',
        '      await sys.nanosleep(1_000_000);',
        '      return 0;',
        '    },',
        '  },',
        "  script: ({ a }) => a.sh('nap; sleep 1'),",
        '});',
      ].join('\n'),
    );
    expect(netarium(['run', 'lines.ts', '--recording', 'lines.netarium'])).toMatchObject({ code: 0, err: '' });
    const { source } = decodeRecording(gunzipSync(readFileSync(join(scratch, 'lines.netarium'))));
    const lines = source.frames.map(({ file, line, function: name }) => {
      const { name: path, pieces } = source.files[file]!;
      const piece = pieces.findLast(({ from }) => from <= line)!;
      return `${path} ${name}: ${piece.text.split('\n')[line - piece.from]!.trim()}`;
    });
    expect(lines).toContain('lines.ts nap: await sys.nanosleep(1_000_000);');
    expect(lines.filter((line) => /^userland\/src\/coreutils\/.*: .*\bawait\b.*nanosleep/.test(line))).toHaveLength(1);
    expect(lines.filter((line) => !/^(userland|labs)\/src\/|^lines\.ts /.test(line))).toEqual([]);
  });

  test('a program that waits for something outside of the world is named', () => {
    file(
      'foreign.ts',
      "import { host, lab } from 'netarium';\nexport default lab({ id: 'foreign', machines: { a: host() }, async script() { await new Promise((resolve) => setTimeout(resolve, 50)); } });\n",
    );
    expect(netarium(['run', 'foreign.ts'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('waits for something outside the world'),
    });
  });

  test('a script that throws fails the run', async () => {
    file(
      'fails.ts',
      "import { host, lab } from 'netarium';\nexport default lab({ id: 'fails', machines: { a: host() }, async script() { throw new RangeError('oh'); } });\n",
    );
    expect(await here(['run', 'fails.ts', '--pcap', join(scratch, 'fails')])).toMatchObject({
      code: 1,
      out: expect.stringContaining('RangeError: oh'),
    });
  });
});

describe('usage', () => {
  test.each([
    [[], /Usage: netarium/],
    [['rnu'], /did you mean 'run'/],
    [['run'], /argument <lab> is missing/],
    [['run', 'visit-web'], /no built-in lab 'visit-web'/],
    [['run', 'no.yaml'], /no file 'no\.yaml'/],
    [['run', 'x', '--sed', '1'], /unknown option --sed/],
    [['run', 'x', 'y'], /too many arguments/],
    [['run', 'x', '--seed'], /--seed.* needs a value/],
    [['run', 'x', '--seed', 'one'], /whole number/],
    [['run', 'x', '--until', '5'], /--until 5/],
    [['run', 'x', '--speed', 'fast'], /--speed fast/],
    [['run', 'x', '--lang', 'fr'], /--lang fr/],
    [['run', 'x', '--inputs', 'no.json'], /no file 'no\.json'/],
    [['systems', '--row', '155'], /no row '155'/],
    [['systems', '--area', 'B1'], /no area 'B1'/],
    [['systems', '--jobs', '0'], /--jobs 0/],
  ])('%j', async (args, message) => {
    const { code, err, out } = await here(args);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
    expect([code, out]).toEqual([3, '']);
  });

  test('help and version, in both languages', async () => {
    expect(netarium(['--version'])).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
    expect(await here(['run', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('seed of chance') });
    expect(await here(['help', 'run', '--lang', 'zh'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/用法：[\s\S]*随机种子/),
    });
    expect(netarium(['rnu'], { env: { LANG: 'zh_CN.UTF-8' } })).toMatchObject({
      code: 3,
      err: expect.stringContaining('没有命令“rnu”'),
      out: '',
    });
  });
});

describe('netarium new', () => {
  test('writes a lab that runs, and never over another', async () => {
    for (const name of ['fresh/my-lab.ts', 'fresh/my-lab.yaml']) {
      const args = ['new', join(scratch, 'fresh'), ...(name.endsWith('.yaml') ? ['--yaml'] : [])];
      expect(await here(args)).toMatchObject({ code: 0, out: expect.stringContaining(`netarium run ${name}`) });
      expect(await here(args)).toMatchObject({ code: 3, err: expect.stringContaining('exists already') });
      expect(netarium(['run', name, '--json']).code).toBe(0);
      expect((await here(['run', name, '--json', '--set', 'lost=0'])).code).toBe(0);
    }
    expect((await here(['new', join(scratch, 'other/named.yml')])).code).toBe(0);
    expect(existsSync(join(scratch, 'other/named.yml'))).toBe(true);
    expect((await here(['show', 'fresh/my-lab.ts'])).out).toContain('└─ [100Mbit, {delay}] gw (router)');
  });
});

describe('netarium shell', () => {
  test('what was typed replays to the same digests', async () => {
    const lab = file('shell.yaml', PAIR);
    const typed = netarium(['shell', lab, 'a', '--speed', 'max', '--record', 'typed.json'], {
      input: 'ping -c 2 10.0.1.3\necho status $?\nexit\n',
    });
    expect(typed).toMatchObject({ code: 0, out: expect.stringMatching(/2 received[\s\S]*status 0/) });
    expect(await here(['run', lab, '--inputs', 'typed.json', '--pcap', join(scratch, 'typed')])).toMatchObject({
      code: 0,
      out: expect.stringContaining('The digests are those of the recording'),
    });
    const record = JSON.parse(readFileSync(join(scratch, 'typed.json'), 'utf8'));
    file('other.json', JSON.stringify({ ...record, seed: 2, inputs: [] }));
    expect((await here(['run', lab, '--json', '--inputs', 'other.json'])).code).toBe(1);
    for (const broken of [
      '{',
      '[]',
      '{}',
      JSON.stringify({ ...record, inputs: [{ atNs: -1, bytes: '' }] }),
      JSON.stringify({ ...record, lab: 'x' }),
    ]) {
      expect((await here(['run', lab, '--inputs', file('broken.json', broken)])).code).toBe(3);
    }
  });

  test('a host that is not there', async () => {
    expect(await here(['shell', file('shell.yaml', PAIR), 'c'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('it has a, b'),
    });
  });
});

describe('netarium ask', () => {
  test('by number, id and words, in both languages', async () => {
    expect(await here(['ask', '9'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/no\. 9 \(Q028\)[\s\S]*byte stream/),
    });
    expect(await here(['ask', '粘包', '--lang', 'zh'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/第 9 题[\s\S]*易错点/),
    });
    expect(JSON.parse((await here(['ask', 'Q028', '--json'])).out)).toMatchObject([
      { id: 'Q028', numbers: [9], rows: expect.arrayContaining([45]) },
    ]);
    expect((await here(['ask', 'xyzzy'])).code).toBe(2);
    expect((await here(['ask', '9'])).out).not.toMatch(/\d{3}_[0-9a-f]{6}/);
  });
});

describe('netarium systems', () => {
  test('a row, clause by clause, from runs of labs and their counter-runs', async () => {
    const [row] = JSON.parse(netarium(['systems', '--row', '65', '--json']).out);
    expect(row).toMatchObject({
      id: 65,
      area: 'A8',
      name: 'Process of visiting a web site',
      status: 'works',
      labs: ['visit-website'],
    });
    expect(row.clauses.map(({ status }: { status: string }) => status)).toEqual(['works', 'works', 'works']);
    expect((await here(['systems', '--row', '65', '--lang', 'zh'])).out).toMatch(
      /访问网站的全过程[\s\S]*在反例运行 .* 中变为“不符合”/,
    );
  });

  test('an area that no lab shows yet', async () => {
    const rows = JSON.parse((await here(['systems', '--area', 'A13', '--json'])).out);
    expect(rows).toEqual([{ id: 103, area: 'A13', name: 'RPC', status: 'not yet', labs: [] }]);
  });
});

describe('visit-website', () => {
  test('is met, tells the nine letters in their order, in both languages', async () => {
    const captures = ['--pcap', join(scratch, 'visit')];
    const en = netarium(['run', 'visit-website', '--lang', 'en']);
    for (const { code, out } of [en, await here(['run', 'visit-website', '--lang', 'zh', ...captures])]) {
      expect(code).toBe(0);
      expect([...out.matchAll(/^ +\d+\.\d{9} {2}([a-i]) /gm)].map(([, letter]) => letter).join('')).toBe('hfdabiecg');
    }
    const order = ['--set', 'order=a b c d e f g h i'];
    expect((await here(['run', 'visit-website', '--json', ...order])).code).toBe(1);
    expect(netarium(['list']).out).toMatch(/^visit-website +/m);
  });
});
