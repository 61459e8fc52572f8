import threading
import time

from harness import at, raised


def raises(call, *arguments):
    try:
        call(*arguments)
        at("no error")
    except Exception as error:
        raised(error)


def work(seconds):
    at("begins")
    time.sleep(seconds)
    at(f"ends after {seconds}")


thread = threading.Thread(target=work, args=(0.2,))
at(f"{thread.name} {thread.is_alive()} {thread.ident} {thread.daemon}")
raises(thread.join)
thread.start()
at(f"alive {thread.is_alive()} {threading.active_count()}")
raises(thread.start)
raises(threading.current_thread().join)
thread.join(0.05)
at(f"after a short join {thread.is_alive()}")
thread.join()
thread.join()
at(f"after the long one {thread.is_alive()} {threading.active_count()}")
raises(thread.start)
named = threading.Thread(target=work, args=(0,), name="N", daemon=True)
at(f"{named.name} {named.daemon}")
named.start()
named.join()
at(f"another is {threading.Thread(target=work).name}")
