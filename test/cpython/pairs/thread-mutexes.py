import threading
import time

from harness import at, raised


def raises(call, *arguments):
    try:
        call(*arguments)
        at("no error")
    except Exception as error:
        raised(error)


lock, rlock = threading.Lock(), threading.RLock()
raises(lock.release)
raises(rlock.release)
at(f"{lock.acquire()} {lock.locked()} {lock.acquire(False)} {lock.acquire(timeout=0.05)}")
at(f"{rlock.acquire()} {rlock.acquire(False)} {rlock.acquire(timeout=0.05)}")


def other():
    at(f"{lock.acquire(False)} {rlock.acquire(False)}")
    raises(rlock.release)
    lock.release()
    at("let the lock of main go")
    at(f"again {lock.acquire()}")
    time.sleep(0.1)
    lock.release()


thread = threading.Thread(target=other, name="T")
thread.start()
time.sleep(0.05)
at(f"waits {lock.acquire()}")
thread.join()
for _ in range(3):
    rlock.release()
raises(rlock.release)
