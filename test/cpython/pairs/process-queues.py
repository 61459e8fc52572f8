import multiprocessing
import queue
import threading
import time

from harness import at, raised


def raises(call, *arguments):
    try:
        call(*arguments)
        at("no error")
    except Exception as error:
        raised(error)


def produce(q, start):
    for i in range(5):
        q.put(start + i)


def consume(q, out):
    while (item := q.get()) is not None:
        out.put(item)


def work(q):
    while True:
        q.get()
        time.sleep(0.05)
        q.task_done()


def hello(q):
    q.put("hello")


q = multiprocessing.Queue(1)
at(f"threads {threading.active_count()}")
raises(q.get_nowait)
raises(q.get, True, 0.05)
q.put(1)
at(f"threads {threading.active_count()}")
raises(q.put_nowait, 2)
raises(q.put, 2, True, 0.05)
at(f"{q.full()} {q.qsize()} {q.get()} {q.empty()}")

q, out = multiprocessing.Queue(3), multiprocessing.Queue()
makers = [multiprocessing.Process(target=produce, args=(q, 10 * i)) for i in range(2)]
takers = [multiprocessing.Process(target=consume, args=(q, out)) for _ in range(2)]
for process in makers + takers:
    process.start()
for process in makers:
    process.join()
for _ in takers:
    q.put(None)
items = [out.get() for _ in range(10)]
for process in takers:
    process.join()
at(f"{sorted(items)}")

joinable = multiprocessing.JoinableQueue()
multiprocessing.Process(target=work, args=(joinable,), daemon=True).start()
for i in range(4):
    joinable.put(i)
joinable.join()
at("joined")
raises(joinable.task_done)
simple = multiprocessing.SimpleQueue()
multiprocessing.Process(target=hello, args=(simple,)).start()
at(f"{simple.get()} {simple.empty()}")
