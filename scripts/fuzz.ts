/**
 * Damaged inputs at everything that reads what others wrote (test/fuzz/targets.ts), for a time, and what was found.
 *
 *     npm run fuzz -- [TARGET …] [--seconds 600] [--seed 1]
 *
 * Ends with 0, with 1 where a target has a find: the input is printed as JSON.
 */
import { parseArgs } from 'node:util';
import { fuzz } from '../test/fuzz/engine.ts';
import { targets } from '../test/fuzz/targets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '600' }, seed: { type: 'string', default: '1' } },
});
const unknown = positionals.filter((name) => !targets.some((target) => target.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `fuzz: no target ${unknown.join(', ')}; there are ${targets.map(({ name }) => name).join(', ')}\n`,
  );
  process.exit(3);
}
for (const target of targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name))) {
  const { cases, outcomes, finds } = await fuzz(target, Number(values.seed), Number(values.seconds));
  process.stdout.write(
    `${target.name.padEnd(8)} ${cases} cases, ${outcomes} different outcomes, ${finds.length} finds\n`,
  );
  for (const { input, problem } of finds)
    process.stdout.write(`  ${JSON.stringify(input)}\n    ${problem.replaceAll('\n', '\n    ')}\n`);
  if (finds.length > 0) process.exitCode = 1;
}
