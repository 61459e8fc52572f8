/** The table that our shell is held to (`packages/userland/src/shell/dash-cases`), run by the real dash. */
import { DASH_CASES } from '@netarium/userland/shell/dash-cases/all.ts';
import { holdsOnTheRealOne } from './real-dash.ts';

holdsOnTheRealOne('dash', DASH_CASES);
