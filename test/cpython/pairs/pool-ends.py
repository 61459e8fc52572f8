import multiprocessing
import os
import signal
import time
from multiprocessing import Pool

from harness import at, raised


def whoami(seconds=0.1):
    time.sleep(seconds)
    return os.getpid()


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def alive():
    return len(multiprocessing.active_children())


with Pool(2) as pool:
    at(f"{alive()}")
    first = {result.get() for result in [pool.apply_async(whoami) for _ in range(4)]}
    at(f"{len(first)}")
    pool.apply_async(die)
    time.sleep(0.5)
    at(f"{alive()}")
    second = {result.get() for result in [pool.apply_async(whoami) for _ in range(4)]}
    at(f"{len(second)} {len(first & second)}")
time.sleep(0.2)
at(f"after with {alive()}")

pool = Pool(2)
at("working")
lost = pool.apply_async(whoami, (60,))
time.sleep(0.2)
pool.terminate()
pool.join()
at(f"{alive()} {lost.ready()}")
at("terminated")
try:
    lost.get(0.05)
except multiprocessing.TimeoutError as error:
    raised(error)
time.sleep(0.2)
at("later")
left = Pool(2)
left.apply_async(whoami, (60,))
at("leaving")
