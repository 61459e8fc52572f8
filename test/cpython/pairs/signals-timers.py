"""Timers and interrupted calls: an interval timer ticks, alarm tells what was left, a read and a sleep go on after a handler."""
import os
import signal
import time

from harness import at

ticks = 0


def tick(number, frame):
    global ticks
    ticks += 1
    at(f"tick {ticks}")


signal.signal(signal.SIGALRM, tick)
at(f"before {signal.setitimer(signal.ITIMER_REAL, 0.05, 0.1)}")
while ticks < 3:
    signal.pause()
left, interval = signal.setitimer(signal.ITIMER_REAL, 0)
at(f"left {0 < left <= 0.1} {interval:.1f}")
at(f"off {signal.getitimer(signal.ITIMER_REAL)}")
at(f"alarm {signal.alarm(5)}")
at(f"alarm {signal.alarm(0)}")
at(f"alarm {signal.alarm(0)}")

r, w = os.pipe()
signal.signal(signal.SIGALRM, lambda number, frame: os.write(w, b"from the handler"))
signal.setitimer(signal.ITIMER_REAL, 0.05)
at(f"read {os.read(r, 100)}")
signal.signal(signal.SIGALRM, tick)
began = time.monotonic()
signal.setitimer(signal.ITIMER_REAL, 0.05)
time.sleep(0.2)
at(f"slept to the end {time.monotonic() - began >= 0.2}")
