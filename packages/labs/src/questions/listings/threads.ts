/** Threads, processes, pools, locks and queues. */
import { type Listing, listing } from './listing.ts';

const TARGET = `
import threading, time

def _wait():
    time.sleep(2)                        # the notes sleep 60 s ¦ 笔记里睡 60 秒

print('flag A')
thread = threading.Thread(target=_wait)  # the function, not _wait() ¦ 传函数本身，不是 _wait()
thread.start()
print('flag B')                          # at once; the process ends 2 s later ¦ 立刻执行到；进程 2 秒后才结束
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
    texts = dict(results.get() for _ in workers)   # get first, then join ¦ 先 get，再 join
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
        print(pool.map(read, ['A.txt', 'B.txt']))  # both at once; apply() would take turns ¦ 两个同时；apply() 就是一个一个来
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
    with first.lock, second.lock:        # one order for everybody: no circle ¦ 大家顺序一致：不成环
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
        tasks.put(item)                  # waits while the queue is full ¦ 队列满时等待

def consume(tasks, done):
    while (item := tasks.get()) is not END:
        done.append(item * item)

tasks, done = queue.Queue(maxsize=100), []
producers = [threading.Thread(target=produce, args=(tasks, range(k, 300, 3))) for k in range(3)]
consumers = [threading.Thread(target=consume, args=(tasks, done)) for _ in range(2)]
for thread in producers + consumers:
    thread.start()
for thread in producers:
    thread.join()                        # nothing more will come ¦ 不会再有数据了
for _ in consumers:
    tasks.put(END)                       # one each, behind all items ¦ 每人一个，排在所有数据之后
for thread in consumers:
    thread.join()
print(len(done))                         # 300
`;

const POOLS = `
from concurrent.futures import ThreadPoolExecutor, as_completed
import time

def fetch(number):
    time.sleep(0.05)                     # a wait, as for the network ¦ 模拟等网络
    if number == 3:
        raise OSError('refused')
    return number * 10

with ThreadPoolExecutor(max_workers=5) as pool:
    inputs = {pool.submit(fetch, n): n for n in range(8)}
    for future in as_completed(inputs):
        try:
            print(inputs[future], future.result(timeout=5))
        except OSError as error:
            print(inputs[future], 'failed:', error)   # the exception comes out here ¦ 异常在这里抛出
`;

export const threadListings: ReadonlyMap<string, readonly Listing[]> = new Map([
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
]);
