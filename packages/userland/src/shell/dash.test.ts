/** Our shell, held to what dash prints. `test/shell-dash.real.test.ts` holds the same table to the real dash. */
import { DASH_CASES } from './dash-cases/all.ts';
import { holdsOnOurs } from './dash-cases/holds-on-ours.test-kit.ts';

holdsOnOurs('sh', DASH_CASES);
