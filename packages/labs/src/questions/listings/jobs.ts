/** Coroutines, downloads, files, patterns, databases, and items of the language. */
import { type Listing, listing } from './listing.ts';

const GENERATOR_COROUTINE = `
def consumer():
    reply = ''
    while True:
        item = yield reply               # gives reply away, waits for an item ¦ 交出 reply，等待下一个 item
        if item is None:
            return
        print('consumes', item)
        reply = '200 OK'

def produce(target):
    target.send(None)                    # runs to the first yield ¦ 运行到第一个 yield
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
    await asyncio.sleep(seconds)         # others run meanwhile ¦ 期间别的协程照跑
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
    name = Path(urlsplit(url).path).name         # each its own, never xxx.png for all ¦ 各用各的名字，不能都叫 xxx.png
    part = Path(folder, name + '.part')
    with urlopen(url, timeout=10) as answer, open(part, 'wb') as file:   # raises for 4xx and 5xx ¦ 4xx、5xx 会抛异常
        shutil.copyfileobj(answer, file)         # piece by piece ¦ 分块写入
    part.rename(Path(folder, name))              # whole, or not there ¦ 要么完整，要么不存在
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
            slots.acquire()              # memory stays flat ¦ 内存保持平稳
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
        cursor.execute('INSERT INTO user (name, age) VALUES (%s, %s)', ("O'Neil", 30))  # values apart ¦ 参数与语句分开传
        cursor.execute('UPDATE user SET age = %s WHERE id = %s', (31, cursor.lastrowid))
        cursor.execute('SELECT id, name FROM user WHERE age > %s', (18,))
        print(cursor.fetchall())
    conn.commit()                        # both changes, or none ¦ 两处修改要么都生效，要么都不生效
except pymysql.MySQLError:
    conn.rollback()
    raise
finally:
    conn.close()
`;

const GENERATORS = `
def lines(path):
    with open(path, encoding='utf-8') as file:
        yield from file                  # one line at a time ¦ 一次一行

def numbers(rows):
    for row in rows:
        if row.strip():
            yield int(row)

def total(path):
    return sum(numbers(lines(path)))     # constant memory, whatever the size ¦ 无论文件多大，内存恒定
`;

const DECORATOR = `
import functools, time

def retry(times, wait=0.01):             # takes the arguments ¦ 接收装饰器的参数
    def decorate(function):              # takes the function ¦ 接收被装饰的函数
        @functools.wraps(function)       # keeps its name and docstring ¦ 保留名字和文档字符串
        def wrapper(*args, **kwargs):    # takes the call ¦ 接收调用
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
    except OSError as error:             # the rest, with its errno ¦ 其余错误，带着 errno
        raise RuntimeError(f'{host}:{port}') from error
    else:
        return answer                    # b'' is the end, no exception ¦ b'' 表示结束，不是异常
`;

export const jobListings: ReadonlyMap<string, readonly Listing[]> = new Map([
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
