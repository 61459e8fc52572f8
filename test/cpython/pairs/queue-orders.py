import queue

from harness import at, raised


def raises(call, *arguments):
    try:
        call(*arguments)
        at("no error")
    except Exception as error:
        raised(error)


for kind in queue.Queue, queue.LifoQueue, queue.PriorityQueue:
    q = kind()
    for item in [3, 1, 2, 5, 4]:
        q.put(item)
    at(f"{[q.get() for _ in range(5)]}")
q = queue.PriorityQueue()
for item in [(2, "b"), (1, "z"), (1, "a")]:
    q.put(item)
at(f"{[q.get()[1] for _ in range(3)]}")
q.put(1)
raises(q.put, "x")
q = queue.Queue(2)
raises(q.get_nowait)
raises(q.get, True, 0.05)
raises(q.get, True, -1)
q.put("a")
q.put("b")
at(f"{q.full()} {q.empty()} {q.qsize()}")
raises(q.put_nowait, "c")
raises(q.put, "c", True, 0.05)
q.task_done()
q.task_done()
raises(q.task_done)
q.join()
simple = queue.SimpleQueue()
raises(simple.get_nowait)
raises(simple.get, True, 0.05)
simple.put(1)
at(f"{simple.qsize()} {simple.get()} {simple.empty()}")
