import inspect

from harness import at, raised


def state(g):
    return inspect.getgeneratorstate(g)[len("GEN_"):].lower()


def counter(limit):
    at("begins")
    n = 0
    while n < limit:
        n += 1
        yield n
    at("falls off its end")
    return "result"


def pipeline(numbers):
    for n in numbers:
        at(f"doubles {n}")
        yield 2 * n


def leaky():
    yield 1
    raise StopIteration(2)


def itself():
    next(g)
    yield


c = counter(2)
at(f"made: {state(c)}")
at(f"{next(c)} {state(c)}")
at(f"{next(c)} {state(c)}")
try:
    next(c)
except StopIteration as error:
    at(f"StopIteration {error.value} {state(c)}")
at(f"second loop: {list(c)}")

for doubled in pipeline(n for n in (1, 2, 3)):
    at(f"takes {doubled}")
    if doubled == 4:
        break

failing = counter(5)
next(failing)
try:
    failing.throw(ValueError("thrown in"))
except ValueError as error:
    raised(error)
at(f"after it: {state(failing)}")

g = leaky()
next(g)
try:
    next(g)
except RuntimeError as error:
    raised(error)

g = itself()
try:
    next(g)
except ValueError as error:
    raised(error)
