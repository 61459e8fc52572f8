/** The handbook's Python runs as it is printed: clients meet servers, files are read, patterns refuse what they should. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { questions } from '@netarium/labs/questions/questions.ts';
import { afterAll, afterEach, expect, test } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'netarium-listings-'));
const servers: ChildProcess[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.kill('SIGKILL');
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const listingsOf = (id: string) => questions.find((question) => question.id === id)!.listings;

/** The listing as a file, with lines behind it; ports of the listings are the tests' own. */
function file(id: string, number: number, port = 9000, more = '', language: 'en' | 'zh' = 'en'): string {
  const path = join(scratch, `${id}-${number}-${port}-${language}.py`);
  const text = listingsOf(id)[number]!.text[language];
  writeFileSync(path, `${text.replaceAll('9000', String(port))}\n${more}\n`);
  return path;
}

const python = (path: string): string =>
  execFileSync('python3', [path], { cwd: scratch, encoding: 'utf8', timeout: 60_000, stdio: 'pipe' });

/** Runs until the test is over; a client that comes too early asks again. */
function serve(path: string): void {
  servers.push(spawn('python3', [path], { cwd: scratch, stdio: 'ignore' }));
}

async function eventually(ask: () => string): Promise<string> {
  for (let tries = 0; ; tries++) {
    try {
      return ask();
    } catch (error) {
      if (tries > 40) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

test.each(['en', 'zh'] as const)('every Python listing is Python (%s)', (remarks) => {
  const all = questions.flatMap(({ id, listings }) =>
    listings.flatMap(({ language }, number) => (language === 'python' ? [file(id, number, 9000, '', remarks)] : [])),
  );
  expect(all.length).toBeGreaterThan(15);
  execFileSync('python3', ['-m', 'py_compile', ...all], { cwd: scratch });
});

test('UDP client and server; without a server the client says so', async () => {
  const client = file('Q022', 1, 9101);
  expect(() => python(client)).toThrow(/ConnectionRefusedError/);
  serve(file('Q022', 0, 9101));
  expect(await eventually(() => python(client))).toBe('1 HELLO\n');
});

test.each([
  ['one client after the other', 'Q023', 9102],
  ['a thread for each', 'Q075', 9103],
])('TCP client and server, %s', async (_, id, port) => {
  serve(file(id, 0, port));
  expect(await eventually(() => python(file('Q023', 1, port)))).toBe('HELLO\n');
});

test('framing: messages come out whole, byte by byte or all at once; a cut one is an error', () => {
  const more = `
a, b = __import__('socket').socketpair()
for payload in (b'', b'x' * 70000, 'two words'.encode()):
    __import__('threading').Thread(target=send_message, args=(a, payload)).start()
    assert receive_message(b) == payload
a.sendall(struct.pack('!I', 9) + b'cut')
a.close()
try:
    receive_message(b)
except EOFError as error:
    print(error)
`;
  expect(python(file('Q028', 0, 9000, more))).toBe('closed in the middle of a message\n');
});

test('WSGI: the application and its middleware keep the contract', () => {
  const more = `
from wsgiref.validate import validator
from wsgiref.util import setup_testing_defaults
environ = {'SCRIPT_NAME': '', 'PATH_INFO': '/reader', 'REQUEST_METHOD': 'GET', 'QUERY_STRING': ''}
setup_testing_defaults(environ)
checked = validator(app)(environ, lambda status, headers, info=None: print(status))
print(b''.join(checked)); checked.close()
print(upper(app)(environ, lambda status, headers: None))
`;
  const path = file('Q044', 0, 9000, more);
  writeFileSync(path, listingsOf('Q044')[0]!.text.en.split("if __name__ == '__main__'")[0]! + more);
  expect(python(path)).toBe("200 OK\nb'hello reader\\n'\n[b'HELLO READER\\n']\n");
});

test('two files, by processes and by a pool', () => {
  writeFileSync(join(scratch, 'A.txt'), '甲\n');
  writeFileSync(join(scratch, 'B.txt'), 'B\n');
  expect(python(file('Q073', 0))).toMatch(/^\{.*'A\.txt': '甲\\n'.*\}\n$/);
  expect(python(file('Q073', 1))).toBe("['甲\\n', 'B\\n']\n");
});

test('transfers in both directions at once end, and no money is lost', () => {
  const more = `
a, b = Account(1, 5000), Account(2, 5000)
def many(source, target):
    for _ in range(1000):
        transfer(source, target, 1)
threads = [threading.Thread(target=many, args=pair) for pair in ((a, b), (b, a)) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join(30)
print(any(thread.is_alive() for thread in threads), a.balance + b.balance)
`;
  expect(python(file('Q077', 0, 9000, more))).toBe('False 10000\n');
});

test('what the listings say they print', () => {
  expect(python(file('Q072', 0))).toBe('flag A\nflag B\n');
  expect(python(file('Q082', 0))).toBe('300\n');
  const pool = python(file('Q083', 0)).trim().split('\n').sort();
  expect(pool).toEqual(['0 0', '1 10', '2 20', '3 failed: refused', '4 40', '5 50', '6 60', '7 70']);
  expect(python(file('Q086', 0)).split('\n').slice(0, 3)).toEqual(['produces 1', 'consumes 1', 'answer 200 OK']);
  expect(python(file('Q087', 0))).toBe("waits 2\nwaits 1\n['done after 2 s', 'done after 1 s']\n2 s\n");
  expect(python(file('Q103', 0))).toBe('fetch Fails twice. third\n');
});

test('patterns take what they must and refuse the rest', () => {
  expect(python(file('Q098', 0))).toBe('');
});

test('rows in batches of a hundred: none lost, errors with their batch', () => {
  writeFileSync(join(scratch, 'rows.csv'), `id, subscription_id\n${'7, s\n'.repeat(1037)}`);
  const more = `
seen = []
def handle(batch):
    seen.append(len(batch))
    if len(batch) == 37:
        raise OSError('refused')
count, failed = submit_all('rows.csv', handle)
print(count, sum(seen), failed)
`;
  expect(python(file('Q097', 0, 9000, more))).toBe("11 1037 [(11, OSError('refused'))]\n");
});

test('pictures under their own names; one that is not there is an error, and no file', () => {
  const more = `
import functools, http.server, os, threading
os.makedirs('site', exist_ok=True); os.makedirs('saved', exist_ok=True)
for number in range(10):
    Path('site', f'{number}.png').write_bytes(bytes([number]) * 5000)
class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args): pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), functools.partial(Quiet, directory='site'))
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f'http://127.0.0.1:{server.server_port}/'
found = save_all([f'{base}{number}.png' for number in range(11)], 'saved')
print(sorted(os.listdir('saved')), found[base + '10.png'].code, Path('saved', '7.png').read_bytes() == bytes([7]) * 5000)
`;
  const names = Array.from({ length: 10 }, (_, number) => `'${number}.png'`).join(', ');
  expect(python(file('Q092', 0, 9000, more))).toBe(`[${names}] 404 True\n`);
});

test('a pipeline of generators, and exceptions by their kind', () => {
  writeFileSync(join(scratch, 'numbers.txt'), '1\n\n2\n3\n');
  expect(python(file('Q102', 0, 9000, "print(total('numbers.txt'))"))).toBe('6\n');
  const more = "print(fetch('127.0.0.1', 1, b''), '|', fetch('no-such-host.invalid', 80, b'')[:12])";
  expect(python(file('Q104', 0, 9000, more))).toBe('nobody listens | no such name\n');
});

test('the four statements do what they say', () => {
  const sql = listingsOf('Q099')[0]!.text.en;
  const path = join(scratch, 'sql.py');
  const script = `
import sqlite3
db = sqlite3.connect(':memory:')
for statement in '''${sql}'''.split(';'):
    rows = db.execute(statement).fetchall()
    if rows: print(rows)
print(db.execute('SELECT name, age FROM user').fetchall())
`;
  writeFileSync(path, script);
  expect(python(path)).toBe("[(1, 'Li Lei'), (2, 'Han Meimei')]\n[('Li Lei', 21)]\n");
});
