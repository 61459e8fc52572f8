import threading
import time

from harness import at, raised


class Numbered(threading.local):
    num = 0


numbered = Numbered()
plain = threading.local()
numbered.num = 99
plain.x = "main"


def work(i):
    at(f"first {numbered.num}")
    try:
        plain.x
    except AttributeError as error:
        raised(error)
    numbered.num = i
    time.sleep(0.05)
    at(f"then {numbered.num}")


threads = [threading.Thread(target=work, args=(i,), name=f"T{i}") for i in range(5)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
at(f"main still {numbered.num} {plain.x}")
