/**
 * sum.mjs FILE RUNS: adds up what the tally reporter wrote, one JSON line per test run, and says what failed and the sum, a line each.
 * A run that wrote nothing, or passed nothing, has failed.
 */
import { existsSync, readFileSync } from 'node:fs';

const [file, runs] = process.argv.slice(2);
const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
const tallies = lines.map((text) => JSON.parse(text));
const sum = (key) => tallies.reduce((total, tally) => total + tally[key], 0);

const silent = Number(runs) - tallies.filter(({ passed }) => passed > 0).length;
const failed = sum('failed') + silent;
const skipped = sum('skipped');
for (const failure of tallies.flatMap(({ failures }) => failures)) console.log(`failed: ${failure}`);
console.log(`${sum('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed === 0 ? 0 : 1;
