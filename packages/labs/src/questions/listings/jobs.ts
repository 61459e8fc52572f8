/** Processes, pools, locks, coroutines, and the practical jobs of the notes. */
import { type Listing, listing } from './listing.ts';

const TARGET = `
import threading, time

def _wait():
    time.sleep(2)                        # the notes sleep 60 s

print('flag A')
thread = threading.Thread(target=_wait)  # the function, not _wait()
thread.start()
print('flag B')                          # at once; the process ends 2 s later
`;

const READ_BY_PROCESS = `
from multiprocessing import Process, Queue

def read(path, results):
    with open(path, encoding='utf-8') as file:
        results.put((path, file.read()))

if __name__ == '__main__':
    results = Queue()
    workers = [Process(target=read, args=(path, results)) for path in ('A.txt', 'B.txt')]
    for worker in workers:
        worker.start()
    texts = dict(results.get() for _ in workers)   # get first, then join
    for worker in workers:
        worker.join()
    print(texts)
`;

const READ_BY_POOL = `
from multiprocessing import Pool

def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()

if __name__ == '__main__':
    with Pool(2) as pool:
        print(pool.map(read, ['A.txt', 'B.txt']))  # both at once; apply() would take turns
`;

const IN_ORDER = `
import threading

class Account:
    def __init__(self, number, balance):
        self.number, self.balance, self.lock = number, balance, threading.Lock()

def transfer(source, target, amount):
    if source is target:
        return
    first, second = sorted((source, target), key=lambda account: account.number)
    with first.lock, second.lock:        # one order for everybody: no circle
        if source.balance < amount:
            raise ValueError('not enough')
        source.balance -= amount
        target.balance += amount
`;

const END_MARKERS = `
import queue, threading

END = object()

def produce(tasks, items):
    for item in items:
        tasks.put(item)                  # waits while the queue is full

def consume(tasks, done):
    while (item := tasks.get()) is not END:
        done.append(item * item)

tasks, done = queue.Queue(maxsize=100), []
producers = [threading.Thread(target=produce, args=(tasks, range(k, 300, 3))) for k in range(3)]
consumers = [threading.Thread(target=consume, args=(tasks, done)) for _ in range(2)]
for thread in producers + consumers:
    thread.start()
for thread in producers:
    thread.join()                        # nothing more will come
for _ in consumers:
    tasks.put(END)                       # one each, behind all items
for thread in consumers:
    thread.join()
print(len(done))                         # 300
`;

const POOLS = `
from concurrent.futures import ThreadPoolExecutor, as_completed
import time

def fetch(number):
    time.sleep(0.05)                     # a wait, as for the network
    if number == 3:
        raise OSError('refused')
    return number * 10

with ThreadPoolExecutor(max_workers=5) as pool:
    inputs = {pool.submit(fetch, n): n for n in range(8)}
    for future in as_completed(inputs):
        try:
            print(inputs[future], future.result(timeout=5))
        except OSError as error:
            print(inputs[future], 'failed:', error)   # the exception comes out here
`;

const GENERATOR_COROUTINE = `
def consumer():
    reply = ''
    while True:
        item = yield reply               # gives reply away, waits for an item
        if item is None:
            return
        print('consumes', item)
        reply = '200 OK'

def produce(target):
    target.send(None)                    # runs to the first yield
    for item in range(1, 4):
        print('produces', item)
        print('answer', target.send(item))
    target.close()

produce(consumer())
`;

const ASYNC = `
import asyncio, time

async def work(seconds):
    print('waits', seconds)
    await asyncio.sleep(seconds)         # others run meanwhile
    return f'done after {seconds} s'

async def main():
    started = time.monotonic()
    print(await asyncio.gather(work(2), work(1)))
    print(round(time.monotonic() - started), 's')   # 2, not 3

asyncio.run(main())
`;

const TEN_PICTURES = `
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen
import shutil

def save(url, folder):
    name = Path(urlsplit(url).path).name         # each its own, never xxx.png for all
    part = Path(folder, name + '.part')
    with urlopen(url, timeout=10) as answer, open(part, 'wb') as file:   # raises for 4xx and 5xx
        shutil.copyfileobj(answer, file)         # piece by piece
    part.rename(Path(folder, name))              # whole, or not there
    return name

def save_all(urls, folder):
    with ThreadPoolExecutor(max_workers=5) as pool:
        futures = {pool.submit(save, url, folder): url for url in urls}
        return {futures[f]: f.exception() or f.result() for f in futures}
`;

const CSV = `
import csv, itertools, threading
from concurrent.futures import ThreadPoolExecutor

BATCH, WORKERS, IN_FLIGHT = 100, 20, 100

def batches(rows):
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch

def submit_all(path, handle):
    slots, failed = threading.Semaphore(IN_FLIGHT), []

    def ended(future, number):
        slots.release()
        if future.exception() is not None:
            failed.append((number, future.exception()))

    with open(path, newline='', encoding='utf-8') as file, ThreadPoolExecutor(WORKERS) as pool:
        rows = (row['subscription_id'] for row in csv.DictReader(file, skipinitialspace=True))
        count = 0
        for count, batch in enumerate(batches(rows), 1):
            slots.acquire()              # memory stays flat
            pool.submit(handle, batch).add_done_callback(lambda f, n=count: ended(f, n))
    return count, failed
`;

const PATTERNS = `
import re

USER = re.compile(r'[A-Za-z][A-Za-z0-9_]{2,19}')
MOBILE = re.compile(r'(?:\\+86)?1[3-9][0-9]{9}')
LANDLINE = re.compile(r'0[0-9]{2,3}-?[1-9][0-9]{6,7}(?:-[0-9]{1,6})?')
EMAIL = re.compile(r'[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\\.)+[A-Za-z]{2,}')

accepted = [(USER, 'li_lei'), (MOBILE, '+8613800138000'), (LANDLINE, '010-62345678'), (EMAIL, 'a.b+c@mail.example.com')]
refused = [(USER, '1abc'), (MOBILE, '13800138000\\n'), (MOBILE, '１３８００１３８０００'), (EMAIL, 'a@b')]
assert all(pattern.fullmatch(text) for pattern, text in accepted)
assert not any(pattern.fullmatch(text) for pattern, text in refused)
`;

const SQL = `
CREATE TABLE user (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL, age INTEGER);
INSERT INTO user (name, age) VALUES ('Li Lei', 20), ('Han Meimei', 19);
SELECT id, name FROM user WHERE age > 18 ORDER BY id LIMIT 20;
UPDATE user SET age = age + 1 WHERE id = 1;
DELETE FROM user WHERE id = 2;
`;

const PYMYSQL = `
import pymysql

conn = pymysql.connect(host='127.0.0.1', user='app', password='secret', database='shop')
try:
    with conn.cursor() as cursor:
        cursor.execute('INSERT INTO user (name, age) VALUES (%s, %s)', ("O'Neil", 30))  # values apart
        cursor.execute('UPDATE user SET age = %s WHERE id = %s', (31, cursor.lastrowid))
        cursor.execute('SELECT id, name FROM user WHERE age > %s', (18,))
        print(cursor.fetchall())
    conn.commit()                        # both changes, or none
except pymysql.MySQLError:
    conn.rollback()
    raise
finally:
    conn.close()
`;

const GENERATORS = `
def lines(path):
    with open(path, encoding='utf-8') as file:
        yield from file                  # one line at a time

def numbers(rows):
    for row in rows:
        if row.strip():
            yield int(row)

def total(path):
    return sum(numbers(lines(path)))     # constant memory, whatever the size
`;

const DECORATOR = `
import functools, time

def retry(times, wait=0.01):             # takes the arguments
    def decorate(function):              # takes the function
        @functools.wraps(function)       # keeps its name and docstring
        def wrapper(*args, **kwargs):    # takes the call
            for left in reversed(range(times)):
                try:
                    return function(*args, **kwargs)
                except OSError:
                    if left == 0:
                        raise
                    time.sleep(wait)
        return wrapper
    return decorate

@retry(3)
def fetch(results=[OSError('once'), OSError('twice'), 'third']):
    """Fails twice."""
    result = results.pop(0)
    if isinstance(result, OSError):
        raise result
    return result

print(fetch.__name__, fetch.__doc__, fetch())   # fetch Fails twice. third
`;

const ERRORS = `
import socket

def fetch(host, port, request):
    try:
        with socket.create_connection((host, port), timeout=3) as conn:
            conn.sendall(request)
            answer = b''
            while part := conn.recv(4096):
                answer += part
    except socket.gaierror as error:
        return f'no such name: {error.strerror}'
    except ConnectionRefusedError:
        return 'nobody listens'
    except TimeoutError:
        return 'too slow'
    except OSError as error:             # the rest, with its errno
        raise RuntimeError(f'{host}:{port}') from error
    else:
        return answer                    # b'' is the end, no exception
`;

export const jobListings: ReadonlyMap<string, readonly Listing[]> = new Map([
  ['Q072', [listing('python', 'The function as target', '把函数本身交给 target', TARGET)]],
  [
    'Q073',
    [
      listing('python', 'With Process', '用 Process', READ_BY_PROCESS),
      listing('python', 'With a pool', '用进程池', READ_BY_POOL),
    ],
  ],
  ['Q077', [listing('python', 'Locks in one order', '按统一顺序加锁', IN_ORDER)]],
  [
    'Q082',
    [
      listing(
        'python',
        'Three producers, two consumers, two markers',
        '三个生产者、两个消费者、两个结束标记',
        END_MARKERS,
      ),
    ],
  ],
  [
    'Q083',
    [
      listing(
        'python',
        'A pool, results as they come, errors where they belong',
        '线程池：谁先完成先处理，异常各归各',
        POOLS,
      ),
    ],
  ],
  [
    'Q086',
    [
      listing(
        'python',
        'Producer and consumer by send and yield',
        '用 send 和 yield 的生产者与消费者',
        GENERATOR_COROUTINE,
      ),
    ],
  ],
  ['Q087', [listing('python', 'Two waits at once', '两个等待重叠', ASYNC)]],
  [
    'Q092',
    [
      listing(
        'python',
        'A pool of five, a file for each, errors kept',
        '五个线程的池，文件各自命名，错误留底',
        TEN_PICTURES,
      ),
    ],
  ],
  ['Q097', [listing('python', 'Batches of 100, a bounded number in flight', '每 100 行一批，在途数有上限', CSV)]],
  ['Q098', [listing('python', 'Patterns with examples on both sides', '正则加正反例子', PATTERNS)]],
  [
    'Q099',
    [
      listing('sql', 'The four statements', '增删改查', SQL),
      listing('python', 'From Python, in one transaction', 'Python 里放在一个事务中', PYMYSQL),
    ],
  ],
  ['Q102', [listing('python', 'A pipeline of generators', '生成器流水线', GENERATORS)]],
  ['Q103', [listing('python', 'A decorator with arguments', '带参数的装饰器', DECORATOR)]],
  ['Q104', [listing('python', 'Which exception says what', '哪种异常说明什么', ERRORS)]],
]);
