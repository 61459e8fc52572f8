import itertools

from harness import at


class Countdown:
    def __init__(self, start):
        self.left = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.left == 0:
            raise StopIteration
        self.left -= 1
        return self.left + 1


def take(iterator, name):
    try:
        at(f"{name}: {next(iterator)}")
    except StopIteration:
        at(f"{name}: StopIteration")


numbers = [10, 20, 30]
first, second = iter(numbers), iter(numbers)
for _ in range(2):
    take(first, "first")
take(second, "second")
at(f"the rest of first: {list(first)}")
take(first, "first")
take(first, "first")
at(f"a loop over first: {list(first)}")
at(f"a new iterator: {list(iter(numbers))}")

down = Countdown(3)
at(f"iter(iterator) is the iterator: {iter(down) is down}")
take(down, "down")
at(f"its loop goes on: {list(down)}")
at(f"a second loop: {list(down)}")

growing = [1]
for n in growing:
    at(f"sees {n}")
    if n < 4:
        growing.append(n + 1)

counter = itertools.count()
at(f"without end: {sum(1 for _ in itertools.islice(counter, 1000000))}, then {next(counter)}")

with open("lines", "w") as file:
    file.write("one\ntwo\nthree")
with open("lines") as file:
    take(file, "file")
    at(f"the rest: {[line.rstrip() for line in file]}")
    take(file, "file")
