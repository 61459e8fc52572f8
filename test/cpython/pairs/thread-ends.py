import sys
import threading
import time

from harness import at


def bad():
    at("about to fail")
    raise ValueError("bad")


def leaves():
    at("leaves")
    sys.exit(5)


def late():
    time.sleep(0.1)
    at("late")
    print("late", flush=True)


def forever():
    while True:
        time.sleep(0.03)


for name, target, daemon in [("B", bad, False), ("L", leaves, False), ("D", forever, True)]:
    thread = threading.Thread(target=target, name=name, daemon=daemon)
    thread.start()
    if not daemon:
        thread.join()
threading.Thread(target=late, name="late one").start()
at("main is done")
print("main is done", flush=True)
sys.exit(3)
