import os
import signal
import time
from concurrent.futures import ProcessPoolExecutor, as_completed

from harness import at, raised


def raises(call, *arguments):
    try:
        call(*arguments)
        at("no error")
    except BaseException as error:
        raised(error)


def square(n, seconds=0.01):
    time.sleep(seconds)
    if n == 13:
        raise ValueError(f"bad {n}")
    return n * n


def whoami():
    time.sleep(0.1)
    return os.getpid()


def die():
    os.kill(os.getpid(), signal.SIGKILL)


raises(ProcessPoolExecutor, 0)
pool = ProcessPoolExecutor(2)
pids = {f.result() for f in [pool.submit(whoami) for _ in range(4)]}
at(f"{len(pids)} {os.getpid() in pids}")
at(f"{list(pool.map(square, range(6), chunksize=2))}")
slow, fast = pool.submit(square, 3, 0.3), pool.submit(square, 4, 0.1)
at(f"{[f.result() for f in as_completed([slow, fast])]}")
raises(pool.submit(square, 13).result)
raises(pool.submit(square, 1, 0.3).result, 0.05)
results = pool.map(square, [1, 13, 2])
at(f"{next(results)}")
raises(next, results)
pool.shutdown()
raises(pool.submit, square, 1)
broken = ProcessPoolExecutor(2)
at(f"{broken.submit(square, 9).result()}")
waiting = broken.submit(square, 1, 5)
raises(broken.submit(die).result)
raises(waiting.result)
raises(broken.submit, square, 1)
broken.shutdown()
at("down")
