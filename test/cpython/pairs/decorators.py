import functools

from harness import at, raised


def mark(tag):
    at(f"decorator {tag} is made")

    def decorator(function):
        at(f"{tag} decorates {function.__name__}")

        @functools.wraps(function)
        def wrapper(*args):
            at(f"{tag} before")
            try:
                return f"{tag}({function(*args)})"
            finally:
                at(f"{tag} after")

        return wrapper

    return decorator


def careless(function):
    def wrapper(*args):
        return function(*args)

    return wrapper


@mark("outer")
@mark("inner")
def shout(text):
    at("called")
    if not text:
        raise ValueError("nothing to shout")
    return text + "!"


def whisper(text):
    return text


at(shout("hello"))
at(f"name {shout.__name__}, without wraps {careless(whisper).__name__}")
try:
    shout("")
except ValueError as error:
    raised(error)


@functools.lru_cache(maxsize=2)
def square(n):
    at(f"computes {n}")
    if n < 0:
        raise ValueError("negative")
    return n * n


for n in (1, 2, 1, 3, 1, 2, 2):
    at(f"square {square(n)}")
at(str(square.cache_info()))
for _ in range(2):
    try:
        square(-1)
    except ValueError as error:
        raised(error)
at(str(square.cache_info()))
square.cache_clear()
at(str(square.cache_info()))
