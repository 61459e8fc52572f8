import multiprocessing
import threading
import time

from harness import at, raised


def raises(call, *arguments):
    try:
        call(*arguments)
        at("no error")
    except Exception as error:
        raised(error)


lock, rlock = multiprocessing.Lock(), multiprocessing.RLock()
raises(lock.release)
raises(rlock.release)
at(f"{lock.acquire()} {lock.acquire(False)} {lock.acquire(True, 0.05)}")
at(f"{rlock.acquire()} {rlock.acquire()} {rlock.acquire(False)}")
semaphore, bounded = multiprocessing.Semaphore(2), multiprocessing.BoundedSemaphore(1)
at(f"{semaphore.acquire()} {semaphore.acquire()} {semaphore.acquire(False)} {semaphore.get_value()}")
raises(bounded.release)
semaphore.release()
semaphore.release()
semaphore.release()
at(f"{semaphore.get_value()}")


def release(lock, rlock):
    lock.release()
    try:
        rlock.release()
    except AssertionError as error:
        print(error, flush=True)


child = multiprocessing.Process(target=release, args=(lock, rlock))
child.start()
child.join()
at(f"let go by a child {lock.acquire(False)}")
lock.release()


def add(value, lock):
    for _ in range(5):
        with lock:
            seen = value.value
            time.sleep(0.002)
            value.value = seen + 1


for kind, guard in [("process lock", lock), ("its own lock", None), ("thread lock", threading.Lock())]:
    value = multiprocessing.Value("i", 0)
    children = [multiprocessing.Process(target=add, args=(value, guard or value.get_lock())) for _ in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    at(f"{kind}: {'exact' if value.value == 20 else 'updates lost'}")
event, condition = multiprocessing.Event(), multiprocessing.Condition()


def told(event, condition):
    with condition:
        event.set()
        print(condition.wait(), flush=True)


child = multiprocessing.Process(target=told, args=(event, condition))
child.start()
at(f"{event.wait()} {event.is_set()}")
with condition:
    condition.notify_all()
child.join()
with condition:
    at(f"{condition.wait(0.05)}")
event.clear()
at(f"{event.wait(0.05)}")
