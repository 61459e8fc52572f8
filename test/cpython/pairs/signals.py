import os
import signal
import time

from harness import at, flush, raised

me = os.getpid()


def handler(number, frame):
    at(f"handler of {signal.Signals(number).name}")


signal.signal(signal.SIGUSR1, handler)
signal.signal(signal.SIGUSR2, handler)
at("sends one")
os.kill(me, signal.SIGUSR1)
at("after it")

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
for _ in range(3):
    os.kill(me, signal.SIGUSR1)
at(f"blocked, pending {[s.name for s in signal.sigpending()]}")
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
at(f"unblocked, pending {[s.name for s in signal.sigpending()]}")

signal.signal(signal.SIGUSR2, signal.SIG_IGN)
os.kill(me, signal.SIGUSR2)
at("ignored")

signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGUSR2])
signal.signal(signal.SIGUSR2, handler)
os.kill(me, signal.SIGUSR2)
at(f"waited for: {signal.sigtimedwait([signal.SIGUSR1, signal.SIGUSR2], 1).si_signo == signal.SIGUSR2}")
at(f"nothing comes: {signal.sigtimedwait([signal.SIGUSR1], 0.01)}")
signal.pthread_sigmask(signal.SIG_SETMASK, [])

signal.signal(signal.SIGALRM, handler)
at("one from")
signal.setitimer(signal.ITIMER_REAL, 0.15)
signal.pause()
at("one to")
signal.setitimer(signal.ITIMER_REAL, 0.15, 0.15)
for _ in range(3):
    signal.pause()
left, interval = signal.setitimer(signal.ITIMER_REAL, 0)
at("three to")
at(f"interval was {round(interval, 3)}")
at(f"left of an alarm of 100 s: {(signal.alarm(100), signal.alarm(0))[1]}")

try:
    os.kill(4194303, signal.SIGTERM)
except ProcessLookupError as error:
    raised(error)
try:
    signal.signal(signal.SIGKILL, handler)
except OSError as error:
    raised(error)
r, w = os.pipe()
signal.setitimer(signal.ITIMER_REAL, 0.02)
os.set_blocking(w, True)
child = os.fork()
if child == 0:
    time.sleep(0.05)
    os.write(w, b"x")
    os._exit(0)
at(f"a read is begun again after the handler: {len(os.read(r, 1))}")
os.waitpid(child, 0)
flush()
os.kill(me, signal.SIGTERM)
