import threading
import time
from concurrent.futures import ThreadPoolExecutor

from harness import at, raised

started = []


def square(n, seconds):
    started.append(n)
    time.sleep(seconds)
    if n == 13:
        raise ValueError(f"bad {n}")
    return n * n


def told(future):
    at(f"told {threading.current_thread().name}")
    raise ValueError("in a callback")


with ThreadPoolExecutor(4, thread_name_prefix="w") as pool:
    at("begin")
    at(f"{list(pool.map(square, range(8), [0.1] * 8))}")
    at("eight")
    at(f"{list(pool.map(square, [1, 2, 3], [0.15, 0.1, 0.05]))}")
    results = pool.map(square, [5, 13, 7], [0.01] * 3)
    try:
        for result in results:
            at(f"{result}")
    except ValueError as error:
        raised(error)
    results = pool.map(square, [1, 2], [0.01, 0.3], timeout=0.15)
    try:
        for result in results:
            at(f"{result}")
    except TimeoutError as error:
        raised(error)
    time.sleep(0.3)
    at("sleep")
    time.sleep(0.3)
    at("slept")

pool = ThreadPoolExecutor(1, thread_name_prefix="one")
tasks = [pool.submit(square, 20 + i, 0.1) for i in range(4)]
time.sleep(0.05)
tasks[0].add_done_callback(told)
pool.shutdown(wait=False, cancel_futures=True)
at(f"{[task.cancelled() for task in tasks]}")
at(f"{tasks[0].result()}")
time.sleep(0.05)
at(f"{sorted(started)}")
