"""Four people, one bowl of noodles, one fork: two take the noodles first, two the fork. Mostly it never ends; what it prints says how far it came."""
import threading
import time

noodles, fork = threading.Lock(), threading.Lock()


def eat(name, first, first_name, second, second_name):
    first.acquire()
    print(name, "has", first_name)
    second.acquire()
    print(name, "has", second_name)
    print(name, "eats")
    time.sleep(0.2)
    second.release()
    print(name, "puts down", second_name)
    first.release()
    print(name, "puts down", first_name)


for name, fork_first in [("alex", False), ("wusir", False), ("baoyuan", True), ("taibai", True)]:
    bowl = (noodles, "the noodles")
    order = (fork, "the fork", *bowl) if fork_first else (*bowl, fork, "the fork")
    threading.Thread(target=eat, args=(name, *order)).start()
