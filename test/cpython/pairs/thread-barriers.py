import threading
import time

from harness import at, raised


def raises(call, *arguments):
    try:
        call(*arguments)
        at("no error")
    except Exception as error:
        raised(error)


barrier = threading.Barrier(3, action=lambda: at("all are here"))


def go(i):
    time.sleep(0.05 * (i + 1))
    at("comes")
    at(f"number {barrier.wait()}")


threads = [threading.Thread(target=go, args=(i,), name=f"T{i}") for i in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
at(f"{barrier.parties} {barrier.n_waiting} {barrier.broken}")
raises(barrier.wait, 0.05)
at(f"{barrier.broken}")
raises(barrier.wait)
barrier.reset()
at(f"{barrier.broken}")


def held():
    raises(barrier.wait)


thread = threading.Thread(target=held, name="H")
thread.start()
time.sleep(0.05)
at(f"{barrier.n_waiting}")
barrier.abort()
thread.join()
at(f"{barrier.broken}")
