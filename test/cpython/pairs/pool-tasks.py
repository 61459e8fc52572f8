import time
from multiprocessing import Pool

from harness import at, raised


def raises(call, *arguments):
    try:
        call(*arguments)
        at("no error")
    except BaseException as error:
        raised(error)


def square(n, seconds=0.0):
    time.sleep(seconds)
    if n == 13:
        raise ValueError(f"bad {n}")
    return n * n


def power(base, exponent):
    return base**exponent


def told(value):
    at(f"told {value}", "callback")


raises(Pool, 0)
pool = Pool(3)
at("begin")
at(f"{[pool.apply(square, (n, 0.1)) for n in range(3)]}")
at("one by one")
results = [pool.apply_async(square, (n, 0.1 + 0.05 * n), callback=told) for n in range(3)]
raises(results[0].get, 0.02)
at(f"{results[0].ready()}")
at(f"{[result.get() for result in results]}")
at("together")
time.sleep(0.1)
at(f"{results[0].ready()} {results[0].successful()}")
bad = pool.apply_async(square, (13,))
raises(bad.get)
at(f"{bad.ready()} {bad.successful()}")
raises(pool.apply, square, (13,))
at(f"{pool.map(square, range(7))}")
raises(pool.map, square, [1, 13, 3])
mapped = pool.map_async(square, [4, 5], 1)
mapped.wait()
at(f"{mapped.get()}")
at(f"{pool.starmap(power, [(2, 3), (3, 2)])}")
at(f"{list(pool.imap(square, [3, 1, 2]))} {sorted(pool.imap_unordered(square, [3, 1, 2]))}")
late = pool.apply_async(square, (8, 0.2))
raises(pool.join)
pool.close()
raises(pool.apply, square, (1,))
pool.join()
at(f"{late.ready()} {late.get()}")
time.sleep(0.1)
at("end")
