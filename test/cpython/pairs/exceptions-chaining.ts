/** What an exception came from: contexts kept by themselves, causes named, both suppressed, the same raised again, three in a row. */
import { repr } from '@netarium/userland/runtimes/asyncio/errors.ts';
import { RuntimeError } from '@netarium/userland/runtimes/errors.ts';
import { attempt, type Chained, formatChain, raiseFrom } from '@netarium/userland/runtimes/exceptions.ts';
import { KeyError, type Pair, ValueError } from '../pair.ts';

async function inner(): Promise<void> {
  throw new ValueError('inner');
}

/** `inner` with a clause that raises. */
const handled = (handle: (error: Error) => never) =>
  attempt<void>({ body: inner, except: [{ of: ['ValueError'], handle: async (error) => handle(error) }] });

const explicitly = () => handled((error) => raiseFrom(new RuntimeError('because of it'), error));

const FUNCTIONS: readonly (readonly [string, () => Promise<void>])[] = [
  [
    'during',
    () =>
      handled(() => {
        throw new RuntimeError('while handling');
      }),
  ],
  ['explicitly', explicitly],
  ['suppressed', () => handled(() => raiseFrom(new RuntimeError('alone'), null))],
  [
    'again',
    () =>
      handled((error) => {
        throw error;
      }),
  ],
  [
    'in_finally',
    () =>
      attempt<void>({
        body: inner,
        ending: async () => {
          throw new RuntimeError('from finally');
        },
      }),
  ],
  [
    'three',
    () =>
      attempt<void>({
        body: explicitly,
        except: [
          {
            of: ['RuntimeError'],
            handle: async () => {
              throw new KeyError("'third'");
            },
          },
        ],
      }),
  ],
];

const shown = (error: unknown) => (error === undefined || error === null ? 'None' : repr(error));

export default {
  order: 'total',
  main: (trace) => async () => {
    for (const [name, run] of FUNCTIONS) {
      await run().catch((error: Chained) => {
        trace.at(`${name}: cause ${shown(error.cause)}, context ${shown(error.context)}`);
        for (const line of formatChain(error)) trace.at(line);
      });
    }
    return 0;
  },
} satisfies Pair;
