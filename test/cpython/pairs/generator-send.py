from harness import at, raised


def consumer():
    answer = "ready"
    while True:
        item = yield answer
        if not item:
            return
        print(f"[CONSUMER] takes {item}")
        answer = "200 OK"


def producer(c):
    at(f"primed: {c.send(None)}")
    for item in range(1, 6):
        print(f"[PRODUCER] makes {item}")
        answer = c.send(item)
        print(f"[PRODUCER] hears {answer}")
    c.close()
    at("closed")


def careful(name):
    try:
        while True:
            at(f"{name} got {(yield)}")
    except GeneratorExit:
        at(f"{name} is told to end")
    finally:
        at(f"{name} cleans up")


def stubborn():
    while True:
        try:
            yield 1
        except GeneratorExit:
            at("not yet")


producer(consumer())

try:
    consumer().send(1)
except TypeError as error:
    raised(error)

c = consumer()
c.send(None)
try:
    c.send(0)
except StopIteration as error:
    at(f"returned {error.value}")
try:
    c.send(1)
except StopIteration:
    at("and stays ended")

g = careful("g")
next(g)
g.send("one")
g.close()
g.close()
at("closing twice is nothing")

unborn = careful("unborn")
unborn.close()
at("nothing ran")

s = stubborn()
next(s)
try:
    s.close()
except RuntimeError as error:
    raised(error)
