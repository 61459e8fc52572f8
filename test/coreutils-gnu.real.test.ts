/**
 * The table that our tools are held to (`packages/userland/src/coreutils/gnu-cases`), run with Debian's own: coreutils, grep, sed, findutils,
 * diffutils, procps, xxd and hexdump. As root.
 */
import { GNU_CASES } from '@netarium/userland/coreutils/gnu-cases/all.ts';
import { holdsOnTheRealOne } from './real-dash.ts';

holdsOnTheRealOne("Debian's tools", GNU_CASES);
