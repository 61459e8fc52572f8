import threading
import time
from concurrent.futures import ThreadPoolExecutor

from harness import at, raised


def raises(call, *arguments):
    try:
        call(*arguments)
        at("no error")
    except BaseException as error:
        raised(error)


def square(n, seconds=0.2):
    at(f"square {n}")
    time.sleep(seconds)
    return n * n


def broken():
    raise ValueError("no")


def callback(future):
    at(f"callback {future.done()} {future.cancelled()}")


raises(ThreadPoolExecutor, 0)
pool = ThreadPoolExecutor(2, thread_name_prefix="w")
at(f"threads {threading.active_count()}")
first = pool.submit(square, 3, 0.2)
time.sleep(0.02)
second = pool.submit(square, 4, 0.3)
time.sleep(0.02)
third = pool.submit(square, 5)
fourth = pool.submit(square, 6)
third.add_done_callback(callback)
second.add_done_callback(callback)
at(f"threads {threading.active_count()}")
at(f"{first.running()} {third.running()} {third.done()}")
raises(first.result, 0.02)
at(f"{third.cancel()} {third.cancel()} {first.cancel()} {third.cancelled()} {third.done()}")
at(f"{first.result()} {first.exception()} {first.done()} {first.running()}")
raises(third.result)
raises(third.exception)
at(f"{second.result()} {fourth.result()}")
first.add_done_callback(callback)
bad = pool.submit(broken)
raises(bad.result)
at(f"{type(bad.exception()).__name__} {bad.exception()} {bad.cancelled()}")
pool.shutdown()
raises(pool.submit, square, 1)
at(f"threads {threading.active_count()}")
