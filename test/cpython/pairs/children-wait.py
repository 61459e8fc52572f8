"""Children: exit codes, signals, stops and continuations, groups, zombies, and what SIGCHLD changes."""
import os
import signal
import time

from harness import at, flush, raised


def child(ms, code=0):
    flush()
    pid = os.fork()
    if pid == 0:
        time.sleep(ms / 1000)
        os._exit(code)
    return pid


def state(pid):
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(") ", 1)[1][0]
    except OSError:
        return "gone"


def told(pid, status):
    if pid == 0:
        return "nothing"
    if os.WIFEXITED(status):
        return f"exit {os.WEXITSTATUS(status)}"
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return f"stopped {os.WSTOPSIG(status)}" if os.WIFSTOPPED(status) else "continued"


def attempt(call):
    try:
        at(told(*call()))
    except OSError as error:
        raised(error)


pid = child(50, 7)
attempt(lambda: os.waitpid(pid, os.WNOHANG))
time.sleep(0.2)
at(f"state {state(pid)}")
attempt(lambda: os.waitpid(pid, 0))
at(f"state {state(pid)}")
attempt(lambda: os.waitpid(pid, 0))

pid = child(10_000)
os.kill(pid, signal.SIGSTOP)
attempt(lambda: os.waitpid(pid, os.WUNTRACED))
at(f"state {state(pid)}")
attempt(lambda: os.waitpid(pid, os.WUNTRACED | os.WNOHANG))
os.kill(pid, signal.SIGCONT)
attempt(lambda: os.waitpid(pid, os.WCONTINUED))
for number in (signal.SIGTERM, signal.SIGSEGV, signal.SIGKILL):
    os.kill(pid, number)
    attempt(lambda: os.waitpid(pid, 0))
    pid = child(10_000)
os.setpgid(pid, pid)
os.kill(-pid, signal.SIGTERM)
attempt(lambda: os.waitpid(-pid, 0))

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
pid = child(10, 3)
info = signal.sigwaitinfo({signal.SIGCHLD})
at(f"SIGCHLD {info.si_code} {info.si_status} {info.si_pid == pid}")
os.waitpid(pid, 0)
pid = child(10_000)
os.kill(pid, signal.SIGKILL)
info = signal.sigwaitinfo({signal.SIGCHLD})
at(f"SIGCHLD {info.si_code} {info.si_status}")
os.waitpid(pid, 0)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
pid = child(10)
attempt(lambda: os.waitpid(pid, 0))
at(f"state {state(pid)}")
