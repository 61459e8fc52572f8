import multiprocessing
import sys
import time

from harness import at, raised


def raises(call, *arguments):
    try:
        call(*arguments)
        at("no error")
    except Exception as error:
        raised(error)


def leaves(code):
    sys.exit(code)


def forever():
    while True:
        time.sleep(1)


def fails():
    raise ValueError("bad")


def parent():
    try:
        multiprocessing.Process(target=leaves, args=(0,)).start()
    except AssertionError as error:
        print(error, flush=True)


def late(text):
    time.sleep(0.2)
    print(text, flush=True)


child = multiprocessing.Process(target=leaves, args=(3,))
at(f"{child.name} {child.daemon} {child.is_alive()} {child.exitcode} {child.pid}")
raises(child.join)
child.start()
child.join()
at(f"{child.is_alive()} {child.exitcode}")
raises(child.start)
for end in "terminate", "kill":
    child = multiprocessing.Process(target=forever)
    child.start()
    child.join(0.1)
    at(f"{child.name} {child.is_alive()} {child.exitcode}")
    raises(child.close)
    getattr(child, end)()
    child.join()
    at(f"{child.is_alive()} {child.exitcode}")
child = multiprocessing.Process(target=fails, name="F")
child.start()
child.join()
at(f"{child.name} {child.exitcode}")
child = multiprocessing.Process(target=parent, daemon=True)
child.start()
child.join()
multiprocessing.Process(target=late, args=("waited for",)).start()
multiprocessing.Process(target=late, args=("never",), daemon=True).start()
at("main is done")
