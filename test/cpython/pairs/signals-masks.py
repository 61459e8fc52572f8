"""Blocked signals: pending once or, real-time ones, as often as sent; who takes them, and in which order."""
import os
import signal
import time

from harness import at, raised

me = os.getpid()
RT = signal.SIGRTMIN + 1
seen = []


def note(number, frame):
    seen.append(signal.Signals(number).name if number < 34 else f"RT{number - signal.SIGRTMIN}")


def names(numbers):
    return ",".join(f"{int(number)}" for number in sorted(numbers))


for number in (signal.SIGUSR1, signal.SIGUSR2, RT):
    signal.signal(number, note)
old = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1, signal.SIGUSR2, RT, signal.SIGKILL})
at(f"blocked before: {names(old)}")
at(f"blocked now: {names(signal.pthread_sigmask(signal.SIG_BLOCK, set()))}")
for _ in range(3):
    os.kill(me, signal.SIGUSR1)
    os.kill(me, RT)
at(f"pending {names(signal.sigpending())}, seen {seen}")
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
at(f"seen {seen}")
for expected in range(4):
    info = signal.sigtimedwait({RT, signal.SIGUSR2}, 0.01)
    at("nothing" if info is None else f"took {info.si_signo} code {info.si_code} from me {info.si_pid == me}")
os.kill(me, signal.SIGUSR2)
os.kill(me, RT)
at(f"first {signal.sigwait({RT, signal.SIGUSR2})}")
at(f"second {signal.sigwait({RT, signal.SIGUSR2})}")
os.kill(me, signal.SIGUSR2)
signal.signal(signal.SIGUSR2, signal.SIG_IGN)
at(f"ignored, pending {names(signal.sigpending())}")
signal.signal(signal.SIGCONT, note)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCONT})
os.kill(me, signal.SIGCONT)
at(f"pending {names(signal.sigpending())}")
for number in (signal.SIGKILL, signal.SIGSTOP):
    try:
        signal.signal(number, note)
    except OSError as error:
        raised(error)
try:
    os.kill(4194303, 0)
except OSError as error:
    raised(error)
signal.setitimer(signal.ITIMER_REAL, 0.02)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
info = signal.sigwaitinfo({signal.SIGALRM})
at(f"alarm {info.si_signo} code {info.si_code == 128}")
