import os
import select

from harness import at, raised

r, w = os.pipe()
e = select.epoll()


def look(name):
    at(f"{name}: {' '.join('HUP' if events & select.EPOLLHUP else 'IN' for _, events in e.poll(0))}")


def attempt(name, call, *arguments):
    try:
        call(*arguments)
        at(f"{name}: done")
    except OSError as error:
        raised(error, name)


e.register(r, select.EPOLLIN)
look("nothing there")
os.write(w, b"abc")
look("level, first look")
look("level, second look")
os.read(r, 1)
look("level, part is left")

e.modify(r, select.EPOLLIN | select.EPOLLET)
look("edge, told of what is there")
look("edge, second look")
os.read(r, 1)
look("edge, after a read")
os.write(w, b"d")
look("edge, new data")
look("edge, forgotten data")

e.modify(r, select.EPOLLIN | select.EPOLLONESHOT)
look("one shot")
os.write(w, b"e")
look("one shot is spent")
e.modify(r, select.EPOLLIN | select.EPOLLONESHOT)
look("one shot again")

attempt("twice", e.register, r, select.EPOLLIN)
e.unregister(r)
look("unregistered")
attempt("not there", e.modify, r, select.EPOLLIN)
attempt("not there either", e.unregister, r)
with open("file", "w") as file:
    attempt("regular file", e.register, file.fileno(), select.EPOLLIN)
attempt("closed descriptor", e.register, 99, select.EPOLLIN)
attempt("itself", e.register, e.fileno(), select.EPOLLIN)

e.register(r, select.EPOLLIN)
os.read(r, 10)
os.close(w)
look("writer gone")
copy = os.dup(r)
os.close(r)
look("closed, but a copy is open")
os.close(copy)
look("closed for good")
inner = select.epoll()
r, w = os.pipe()
inner.register(r, select.EPOLLIN)
e.register(inner.fileno(), select.EPOLLIN)
os.write(w, b"x")
look("an epoll in an epoll")
