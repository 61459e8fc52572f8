import threading
import time

from harness import at, raised


def raises(call, *arguments):
    try:
        call(*arguments)
        at("no error")
    except Exception as error:
        raised(error)


raises(threading.Semaphore, -1)
semaphore, bounded = threading.Semaphore(2), threading.BoundedSemaphore(1)
at(f"{bounded.acquire()} {bounded.acquire(False)} {bounded.acquire(timeout=0.05)}")
bounded.release()
raises(bounded.release)
raises(semaphore.acquire, False, 1)
raises(semaphore.release, 0)


def work():
    with semaphore:
        time.sleep(0.1)
        at("worked")


at("begin")
threads = [threading.Thread(target=work, name=f"T{i}") for i in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
at("six by two")
time.sleep(0.1)
at("one more")
semaphore.release(3)
at(f"{[semaphore.acquire(False) for _ in range(6)]}")
