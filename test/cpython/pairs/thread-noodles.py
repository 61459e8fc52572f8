import threading
import time

from harness import at

noodles, fork = threading.Lock(), threading.Lock()


def eat(name):
    noodles.acquire()
    at("has the noodles")
    fork.acquire()
    at("has the fork")
    time.sleep(0.05)
    at("has eaten")
    fork.release()
    noodles.release()


at("begin")
threads = [threading.Thread(target=eat, args=(name,), name=name) for name in ["alex", "wusir", "bao", "tai"]]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
at("all have eaten")
time.sleep(0.05)
at("a meal's time")
