import { expect, test } from 'vitest';
import { cable, host, lab, nth, param, run, SpecError, version } from './index.ts';

const pair = lab({
  id: 'pair',
  params: { lost: { default: 0, min: 0, max: 9 } },
  machines: { a: host({ eth0: '10.0.1.2/24' }), b: host({ eth0: '10.0.1.3/24' }) },
  cables: [cable('a', 'b', { delay: '1ms', drop: nth('lost', 'icmp') })],
  checks: { answered: { text: { en: 'answered', zh: '有应答' } } },
  async script({ a, check, now }) {
    const { status, endNs } = await a.sh('ping -c 1 -W 1 10.0.1.3');
    check('answered', () => ({ met: status === 0 && endNs > now, atNs: endNs }));
  },
});

test('run: the same seed and parameters, the same outcome', async () => {
  const outcome = await run(pair, { seed: 3 });
  expect(outcome).toMatchObject({
    lab: 'pair',
    seed: 3,
    params: { lost: 0 },
    problems: [],
    checks: [{ id: 'answered', verdict: 'met' }],
  });
  expect(await run(pair, { seed: 3, strict: true })).toEqual(outcome);
  const lossy = await run(pair, { seed: 3, set: { lost: 1 } });
  expect(lossy.checks).toMatchObject([{ verdict: 'not met' }]);
  expect(lossy.wireDigest).not.toBe(outcome.wireDigest);
});

test('run: what makes no sense is named with its place', async () => {
  const wrong = lab({ id: 'wrong', machines: { a: host({ eth0: param('net') }) } });
  await expect(run(wrong)).rejects.toThrow(SpecError);
  await expect(run(wrong)).rejects.toThrow("machines.a.eth0: there is no parameter 'net'; the lab has none");
  await expect(run(pair, { set: { lots: 1 } })).rejects.toThrow(SpecError);
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
});
