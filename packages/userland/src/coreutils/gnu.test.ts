/** Our tools, held to what Debian's print. `test/coreutils-gnu.real.test.ts` holds the same table to the real ones. */
import { holdsOnOurs } from '../shell/dash-cases/holds-on-ours.test-kit.ts';
import { GNU_CASES } from './gnu-cases/all.ts';

holdsOnOurs('tools', GNU_CASES);
