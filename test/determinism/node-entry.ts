/** Another process of the comparison: runs the labs named on its command line, prints one line of JSON each. */
import { identify } from './runs.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
for (const id of process.argv.slice(2)) console.log(JSON.stringify(await identify(id, turn)));
