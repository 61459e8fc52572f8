/** try, except, else, finally: which parts run in which order, and what comes out. */
import { attempt } from '@netarium/userland/runtimes/exceptions.ts';
import { KeyError, type Pair, type Trace, ValueError } from '../pair.ts';

class QuotedKeyError extends KeyError {
  /** `str(KeyError(x))` is the repr of x. */
  constructor(key: string) {
    super(`'${key}'`);
  }
}

type Raised = new (message: string) => Error;

function statement(trace: Trace, title: string, where?: string, Kind: Raised = ValueError): Promise<string> {
  const part = (name: string) => async () => {
    trace.at(`${title}: ${name}`);
    if (name === where) throw new Kind(name);
    return name;
  };
  return attempt({
    body: part('body'),
    except: [{ of: ['ValueError'], handle: part('except') }],
    otherwise: part('else'),
    ending: async () => void (await part('finally')()),
  });
}

function overriding(): string {
  try {
    return 'from the body';
  } finally {
    // biome-ignore lint/correctness/noUnsafeFinally: what this pair shows
    return 'from finally';
  }
}

function swallowing(): string {
  for (;;) {
    try {
      throw new ValueError('lost');
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: what this pair shows
      break;
    }
  }
  return 'went on';
}

export default {
  order: 'total',
  main: (trace) => async () => {
    const caught = async (title: string, where?: string, kind?: Raised) => {
      try {
        trace.at(`gives ${await statement(trace, title, where, kind)}`);
      } catch (error) {
        trace.raised(error);
      }
    };
    await caught('nothing raised');
    await caught('raised in the body', 'body');
    await caught('not taken by the clause', 'body', QuotedKeyError);
    await caught('raised in else', 'else');
    await caught('raised in finally', 'finally');
    trace.at(overriding());
    trace.at(swallowing());
    return 0;
  },
} satisfies Pair;
