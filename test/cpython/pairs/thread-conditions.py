import threading
import time

from harness import at, raised


def raises(call, *arguments):
    try:
        call(*arguments)
        at("no error")
    except Exception as error:
        raised(error)


condition, event = threading.Condition(), threading.Event()
raises(condition.wait)
raises(condition.notify)
with condition:
    at(f"nobody told it {condition.wait(0.05)} {condition.wait_for(lambda: False, 0.05)}")


def waiter():
    with condition:
        condition.wait()
        at("woken")


threads = [threading.Thread(target=waiter, name=f"W{i}") for i in range(3)]
for thread in threads:
    thread.start()
    time.sleep(0.05)
for i in range(3):
    with condition:
        condition.notify()
    time.sleep(0.05)
    at(f"told one, {sum(thread.is_alive() for thread in threads)} left")


def sleeper():
    at(f"event {event.wait()}")


at(f"{event.is_set()} {event.wait(0.05)}")
thread = threading.Thread(target=sleeper, name="E")
thread.start()
time.sleep(0.05)
event.set()
thread.join()
at(f"{event.is_set()} {event.wait()}")
event.clear()
at(f"{event.is_set()}")
