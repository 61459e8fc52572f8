import { readFileSync } from 'node:fs';
import { cable, host, networkSwitch, nth, param, router } from '@netarium/core/check/lab.ts';
import { pathText } from '@netarium/core/check/lab-problem.ts';
import { runLab } from '@netarium/core/check/run-lab.ts';
import { messages } from '@netarium/view/messages/messages.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { starterYaml } from '../command/starter.ts';
import { environment } from '../environment.ts';
import { yamlLab } from './yaml-lab.ts';

function good(text: string) {
  const loaded = yamlLab(text, 'My lab.yaml');
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.lab;
}

/** `line:column place code`, as the command line shows it but for the sentence. */
function wrong(text: string): string[] {
  const loaded = yamlLab(text, 'x.yaml');
  return 'lab' in loaded
    ? []
    : loaded.problems.map(
        ({ position: { line, column }, path, code }) => `${line}:${column} ${pathText(path)} ${code}`,
      );
}

const MACHINES =
  'machines:\n  a: !host { eth0: 10.0.1.2/24 }\n  b: !host { eth0: 10.0.1.3/24 }\ncables: [[a, b, { delay: 1ms }]]\n';

describe('a lab in YAML', () => {
  test('is the same data as in TypeScript', () => {
    const lab = good(`
params:
  lost: { default: 20, min: 0, max: 1000, text: lost frame }
  net: 10.0.1.2/24
machines:
  laptop: !host { eth0: !param net, gateway: 10.0.1.1, run: [httpd /srv] }
  sw: !switch
  gw: !router { eth0: 10.0.1.1/24, eth1: { address: 10.0.2.1/24, mtu: 1400 } }
  web:
    !host
    eth0: 10.0.2.2/24
cables:
  - !cable [laptop, sw]
  - [sw, gw, { drop: !nth lost, forward: { drop: !nth [3, 5] } }]
  - !cable [gw.eth1, web, { name: wan, rate: 100Mbit, delay: 10ms, drop: !nth { frames: 2, matching: tcp } }]
`);
    expect(lab).toEqual({
      id: 'my-lab',
      params: {
        lost: { default: 20, min: 0, max: 1000, text: { en: 'lost frame', zh: 'lost frame' } },
        net: { default: '10.0.1.2/24' },
      },
      machines: {
        laptop: host({ eth0: param('net'), gateway: '10.0.1.1', run: ['httpd /srv'] }),
        sw: networkSwitch(),
        gw: router({ eth0: '10.0.1.1/24', eth1: { address: '10.0.2.1/24', mtu: 1400 } }),
        web: host({ eth0: '10.0.2.2/24' }),
      },
      cables: [
        cable('laptop', 'sw'),
        cable('sw', 'gw', { drop: nth('lost'), forward: { drop: nth([3, 5]) } }),
        cable('gw.eth1', 'web', { name: 'wan', rate: '100Mbit', delay: '10ms', drop: nth(2, 'tcp') }),
      ],
    });
  });

  test.each([
    ['machines: [', ['1:12  not-yaml']],
    ['', ['1:1  not-a']],
    ['- 1', ['1:1  not-a']],
    ['machines: { a: !host { eth0: 10.0.1.2/33 } }', ['1:30 machines.a.eth0 not-interface-address']],
    ['machines: { a: !host { gatway: 10.0.1.1 } }', ['1:24 machines.a.gatway unknown-key']],
    ['machines: { a: !hots { } }', ['1:22 machines.a unknown-tag']],
    ['machines: { a: { eth0: dhcp } }', ['1:16 machines.a not-a-kind']],
    ['machines: { Big: !host {} }', ['1:13 machines.Big bad-machine-name']],
    ['machines: { cut: !host {} }', ['1:13 machines.cut reserved-machine-name']],
    ['machines: { a: !host {} }\nmashines: 1', ['2:1 mashines unknown-key']],
    ['machines: { a: !host {} }\nmachines: { a: !host {} }', ['2:1  not-yaml']],
    ['machines: { a: !host {} }\nuntil: !host {}', ['2:14 until wrong-tag']],
    ['id: Bad Id\nmachines: { a: !host {} }', ['1:5 id bad-lab-id']],
    [`${MACHINES}steps: { a: ls }`, ['5:8 steps not-a']],
    [`${MACHINES}steps: [{ a: ls, b: ls }]`, ['5:9 steps[0] two-actions']],
    [`${MACHINES}steps: [{ slep: 1s }]`, ['5:11 steps[0].slep unknown-key']],
    [`${MACHINES}steps: [{}]`, ['5:9 steps[0] no-action']],
    [`${MACHINES}steps: [{ sleep: 1 }]`, ['5:18 steps[0].sleep not-duration']],
    [`${MACHINES}steps: [{ cut: a-c }]`, ['5:16 steps[0].cut no-such-cable']],
    [`${MACHINES}steps: [{ wait: it }]`, ['5:17 steps[0].wait no-such-step']],
    [`${MACHINES}steps: [{ a: ls, as: x }, { a: ls, as: x }]`, ['5:40 steps[1].as name-taken']],
    [`${MACHINES}steps: [{ write: a, path: /x }]`, ['5:9 steps[0] missing-key']],
    [`${MACHINES}steps: [{ fault: a-b, loss: 200% }]`, ['5:29 steps[0].loss not-probability']],
    [`${MACHINES}steps: [{ check: no }]`, ['5:18 steps[0].check no-such-check']],
    [`${MACHINES}checks: { x: { text: t } }`, ['5:14 checks.x no-observation']],
    [`${MACHINES}checks: { x: { sean: arp } }`, ['5:16 checks.x.sean unknown-key']],
    [`${MACHINES}checks: { x: { seen: arp, cuont: 1 } }`, ['5:27 checks.x.cuont unknown-key']],
    [`${MACHINES}checks: { x: { stdout: it } }`, ['5:24 checks.x.stdout no-such-step']],
    [`${MACHINES}checks: { x: { seen: arp, row: -1 } }`, ['5:32 checks.x.row not-in-range']],
  ])('%j', (text, problems) => expect(wrong(text)).toEqual(problems));

  test('every problem has a sentence in both languages', () => {
    const loaded = yamlLab(
      'machines: { a: !host { eth0: x, gatway: y, run: 1 } }\ncables: [[a, b, { rate: fast }], 7]\nsteps: [7]',
      'x.yaml',
    );
    if ('lab' in loaded) throw new Error('no problems');
    for (const { code, values } of loaded.problems) {
      for (const language of ['en', 'zh'] as const)
        expect(messages(language).problems[code](values)).not.toMatch(/undefined/);
    }
  });

  test('aliases do not grow without bound', () => {
    const bomb = Array.from(
      { length: 20 },
      (_, i) =>
        `a${i}: &a${i} [${Array(20)
          .fill(i === 0 ? '1' : `*a${i - 1}`)
          .join(', ')}]`,
    ).join('\n');
    expect(wrong(bomb).at(-1)).toMatch(/not-yaml$/);
    expect(wrong(`${'['.repeat(3000)}`).length).toBeGreaterThan(0);
  });

  test('any text gets an answer', () => {
    const word = fc.constantFrom(
      'machines',
      'a',
      '!host',
      '!nth',
      '!param',
      '!cable',
      'cables',
      'steps',
      'checks',
      'seen',
      '{',
      '}',
      '[',
      ']',
      ': ',
      ', ',
      '\n',
      '\n  ',
      '- ',
      '10.0.1.2/24',
      '&x',
      '*x',
      '<<',
      '"',
      "'",
      '|',
      '#',
      '__proto__',
      'null',
      '~',
      '1e9',
      '?',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
          fc.string({ maxLength: 60 }),
        ),
        (text) => void wrong(text),
      ),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(
        fc.nat(starterYaml.length),
        fc.nat(20),
        fc.string({ maxLength: 4 }),
        (at, length, by) => void wrong(starterYaml.slice(0, at) + by + starterYaml.slice(at + length)),
      ),
      { numRuns: 500 },
    );
  });
});

describe('the script of a lab in YAML', () => {
  const run = async (rest: string, set = {}) => {
    const { checks, problems } = await runLab(good(`params: { n: 3 }\n${MACHINES}${rest}`), environment(), { set });
    return { verdicts: Object.fromEntries(checks.map(({ id, verdict }) => [id, verdict])), problems, checks };
  };

  test('runs commands, cuts cables, and judges at the end', async () => {
    const { verdicts, problems } = await run(
      `
steps:
  - say: begin
    mark: a
  - write: a
    path: /tmp/hello
    text: !param n
  - a: cat /tmp/hello
    as: hello
  - a: cat
    stdin: from outside
    as: cat
  - start: { a: sleep 5 }
    as: nap
  - a: ping -c 1 10.0.1.3
    as: ping
  - cut: a-b
  - a: ping -c 1 -W 1 10.0.1.3
    as: deaf
  - plug: a-b
  - fault: a-b
    loss: 100%
    as: storm
  - sleep: 10ms
  - lift: storm
  - wait: nap
  - start: { a: sleep 50 }
    as: killed
  - kill: killed
  - wait: killed
checks:
  hello: { stdout: hello, is: !param n }
  cat: { stdout: cat, contains: outside, lacks: inside }
  ping: { status: ping }
  deaf: { status: deaf, is: 1 }
  nap: { took: nap, min: 5s, max: 5.1s }
  killed: { status: killed, is: 143 }
  arp: { seen: arp.opcode == 1, on: a.eth0, count: { min: 1 } }
  icmp: { seen: icmp.type == 0, on: a.eth0, count: 1, before: 1s }
  early: { seen: icmp, before: 0ns, count: 0 }
  too-many: { seen: icmp.type == 0, on: a.eth0, count: !param n }
`,
    );
    expect(problems).toEqual([]);
    const { 'too-many': tooMany, ...rest } = verdicts;
    expect(tooMany).toBe('not met');
    expect(rest).toEqual(Object.fromEntries(Object.keys(rest).map((id) => [id, 'met'])));
  });

  test('a check may be judged on the way, and names its packet', async () => {
    const { checks } = await run(`
steps:
  - check: none-yet
  - a: ping -c 1 10.0.1.3
checks:
  none-yet: { seen: icmp, count: 0 }
  later: { seen: icmp }
`);
    expect(checks.map(({ verdict }) => verdict)).toEqual(['met', 'met']);
    expect(checks[1]!.packet).toBeGreaterThan(0);
    expect(checks[1]!.atNs).toBeGreaterThan(0);
  });

  test('is what the guide says', () => {
    const guide = readFileSync(new URL('../../../../docs/guide/yaml.md', import.meta.url), 'utf8');
    const [lab, checks, counterRuns] = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, code]) => code!);
    const steps = 'steps: [{ laptop: curl -s http://10.0.2.2/, as: page }]\n';
    expect(Object.keys(good(`${lab}${steps}${checks}${counterRuns}`).checks!)).toEqual([
      'repaired',
      'page',
      'good',
      'quick',
    ]);
  });

  test('the starter of `netarium new --yaml` is met, and its parameter works', async () => {
    for (const lost of [2, 0]) {
      const { checks, problems } = await runLab(good(starterYaml), environment(), { set: { lost } });
      expect([problems, checks.map(({ verdict }) => verdict)]).toEqual([[], ['met', 'met']]);
    }
  });
});
