/**
 * What CPython says to programs that break the rules of its language: recorded outcomes, which the labs quote and
 * `test/cpython/language-errors.real.test.ts` compares with the interpreter. The programs retell printed ones of the notes, with the same fault.
 */
export interface RecordedError {
  readonly program: string;
  /** The last line of standard error. */
  readonly lastLine: string;
  /** The version of CPython that said it. */
  readonly version: string;
}

const VERSION = '3.11';

/** One line indented by a tab among lines indented by blanks, as the notes print the body of their coroutine. */
const MIXED_INDENTATION = `import asyncio

async def wait_for_it(seconds):
    print("waiting", seconds)
\tawait asyncio.sleep(seconds)
    return "done"
`;

/** The coroutine is wrapped in a task and then handed to the loop a second time. */
const AWAITED_TWICE = `import asyncio

async def wait_for_it(seconds):
    print("waiting", seconds)
    await asyncio.sleep(seconds)
    return f"done after {seconds} s"

coroutine = wait_for_it(0.01)
loop = asyncio.new_event_loop()
task = loop.create_task(coroutine)
loop.run_until_complete(coroutine)
`;

/** The generator function is defined under one name and called by another. */
const MISSPELT = `def constomer():
    yield "ready"

c = consumer()
`;

/** A value is sent to a generator that has not begun. */
const NOT_PRIMED = `def consumer():
    answer = "ready"
    while True:
        item = yield answer
        answer = "200 OK"

consumer().send(1)
`;

/** Two greenlets are joined that nobody has spawned. */
const NOT_SPAWNED = `class gevent:
    joinall = staticmethod(lambda greenlets: None)

def play():
    print("start play")

gevent.joinall([g1, g2])
`;

export const recordedErrors: ReadonlyMap<string, RecordedError> = new Map([
  [
    'mixed-indentation',
    {
      program: MIXED_INDENTATION,
      lastLine: 'TabError: inconsistent use of tabs and spaces in indentation',
      version: VERSION,
    },
  ],
  [
    'awaited-twice',
    { program: AWAITED_TWICE, lastLine: 'RuntimeError: cannot reuse already awaited coroutine', version: VERSION },
  ],
  [
    'misspelt',
    {
      program: MISSPELT,
      lastLine: "NameError: name 'consumer' is not defined. Did you mean: 'constomer'?",
      version: VERSION,
    },
  ],
  [
    'not-primed',
    {
      program: NOT_PRIMED,
      lastLine: "TypeError: can't send non-None value to a just-started generator",
      version: VERSION,
    },
  ],
  ['not-spawned', { program: NOT_SPAWNED, lastLine: "NameError: name 'g1' is not defined", version: VERSION }],
]);
