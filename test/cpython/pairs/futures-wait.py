import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, as_completed, wait

from harness import at, raised


def doze(name, seconds):
    time.sleep(seconds)
    return name


with ThreadPoolExecutor(3) as pool:
    at("begin")
    futures = [pool.submit(doze, name, seconds) for name, seconds in (("c", 0.3), ("a", 0.1), ("b", 0.2))]
    done, not_done = wait(futures, return_when=FIRST_COMPLETED)
    at(f"first {sorted(f.result() for f in done)} {len(not_done)}")
    at("first done")
    done, not_done = wait(futures, timeout=0.05)
    at(f"early {len(done)} {len(not_done)}")
    try:
        for future in as_completed(futures, timeout=0.1):
            at(f"completed {future.result()}")
    except TimeoutError as error:
        raised(error)
    done, not_done = wait(futures)
    at(f"all {sorted(f.result() for f in done)} {len(not_done)}")
    at("all done")
    again = [pool.submit(doze, name, seconds) for name, seconds in (("x", 0.2), ("y", 0.1))]
    at(f"order {[f.result() for f in as_completed(again)]}")
    at(f"at once {[f.result() for f in as_completed(again[:1])]}")
    late = [pool.submit(doze, "late", 0.1) for _ in range(5)]
    at(f"{[f.done() for f in late]}")
    at("leaving")
at(f"{[f.done() for f in late]}")
at("left")
