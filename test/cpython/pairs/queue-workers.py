import queue
import threading
import time

from harness import at

q = queue.Queue(3)
done = []


def worker():
    while True:
        item = q.get()
        if item is None:
            break
        time.sleep(0.05)
        done.append(item)
        q.task_done()


def producer():
    for i in range(12):
        q.put(i)
    at("all put")


at("begin")
threads = [threading.Thread(target=worker, name=f"W{i}") for i in range(3)]
for thread in threads:
    thread.start()
maker = threading.Thread(target=producer, name="P")
maker.start()
maker.join()
q.join()
at("joined")
for _ in threads:
    q.put(None)
for thread in threads:
    thread.join()
at(f"{sorted(done)}")
time.sleep(0.05)
at("a sleep")
