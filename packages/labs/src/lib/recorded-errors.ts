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

/** The class is misspelt, and its target is called where it should be passed. */
const MISSPELT_THREAD = `import threading
import time

def _wait():
    time.sleep(0.01)

start = time.time()
t = threading.Tread(target=_wait(), daemon=False)
t.start()
print(time.time() - start)
`;

/** The class is imported as Process and called as process. */
const LOWER_CASE = `from multiprocessing import Process

def func(name):
    print(name)

p1 = process(target=func, args=('A',))
`;

/** Quotation marks as a word processor sets them. */
const TYPOGRAPHIC = `def func(file):
    with open(file, \u2019r\u2019) as f:
        return f.read()
`;

/** The names of the files lack their ending. */
const NO_ENDING = `def func(file):
    with open(file, 'r', encoding='utf8') as f:
        return f.read()

print(func('a'))
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
  [
    'misspelt-thread',
    {
      program: MISSPELT_THREAD,
      lastLine: "AttributeError: module 'threading' has no attribute 'Tread'. Did you mean: 'Thread'?",
      version: VERSION,
    },
  ],
  [
    'lower-case',
    {
      program: LOWER_CASE,
      lastLine: "NameError: name 'process' is not defined. Did you mean: 'Process'?",
      version: VERSION,
    },
  ],
  [
    'typographic-quotes',
    { program: TYPOGRAPHIC, lastLine: "SyntaxError: invalid character '\u2019' (U+2019)", version: VERSION },
  ],
  [
    'no-ending',
    { program: NO_ENDING, lastLine: "FileNotFoundError: [Errno 2] No such file or directory: 'a'", version: VERSION },
  ],
]);
