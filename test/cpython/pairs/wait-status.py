import os
import signal
import time

from harness import at, raised


def start(script):
    return os.posix_spawn("/bin/sh", ["sh", "-c", script], {"PATH": os.environ["PATH"]})


def told(name, status):
    if os.WIFEXITED(status):
        at(f"{name}: code {os.WEXITSTATUS(status)}")
    elif os.WIFSIGNALED(status):
        at(f"{name}: {signal.Signals(os.WTERMSIG(status)).name}")
    elif os.WIFSTOPPED(status):
        at(f"{name}: stopped by {signal.Signals(os.WSTOPSIG(status)).name}")
    elif os.WIFCONTINUED(status):
        at(f"{name}: continued")


for name, script in [("true", "exit 0"), ("three", "exit 3"), ("large", "exit 259"), ("killed", "kill -TERM $$"),
                     ("hard", "kill -KILL $$"), ("no command", "nonesuch-command 2>/dev/null")]:
    told(name, os.waitpid(start(script), 0)[1])

slow = start("sleep 0.1; exit 7")
at(f"not yet: {os.waitpid(slow, os.WNOHANG)}")
told("slow", os.waitpid(slow, 0)[1])
try:
    os.waitpid(slow, 0)
except ChildProcessError as error:
    raised(error)
try:
    os.waitpid(-1, 0)
except ChildProcessError as error:
    raised(error)

stopped = start("kill -STOP $$; exit 5")
told("stopped", os.waitpid(stopped, os.WUNTRACED)[1])
os.kill(stopped, signal.SIGCONT)
told("continued", os.waitpid(stopped, os.WCONTINUED)[1])
told("ended", os.waitpid(stopped, 0)[1])

first, second = start("sleep 0.1; exit 1"), start("exit 2")
told("who ends first", os.waitpid(-1, 0)[1])
told("who ends second", os.waitpid(-1, 0)[1])

zombie = start("exit 4")
time.sleep(0.1)
os.kill(zombie, 0)
at("a zombie can be signalled")
told("zombie", os.waitpid(zombie, 0)[1])
try:
    os.kill(zombie, 0)
except ProcessLookupError as error:
    raised(error)
try:
    os.posix_spawn("/nowhere", ["nowhere"], {})
except FileNotFoundError as error:
    at(f"raised {type(error).__name__}")
