"""The kernel of this machine as judge of packet scripts.

    python3 judge_scripts.py SCRIPTS.json VERDICTS.json

SCRIPTS is {variables, sideBySide, scripts: [{settings, events}]}: parsed scripts, and the sysctl variables that each namespace gets before its
script. VERDICTS is a list of {verdict, line, seen, missing, tries}. Each script has a process, a network namespace and a TUN device of its own.
"""
import fcntl
import json
import os
import signal
import sys

import namespace
from judge.script_run import verdict_of

TRIES = 3
GRACE_SECONDS = 40
LOCK = "/tmp/netarium-judge.lock"
#: A namespace may choose only among the algorithms that the machine's list allows.
ALLOWED = "net.ipv4.tcp_allowed_congestion_control"
MACHINE_WIDE = (ALLOWED, "net.core.rmem_max", "net.core.wmem_max")


def give_up(_signal, _frame):
    raise TimeoutError


def play(script, variables, out):
    """In a child: the real-time class keeps a busy machine from making a punctual kernel look late."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        pass
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(int(duration(script)) + GRACE_SECONDS)
    os.write(out, json.dumps(verdict_of(script, variables)).encode())


def duration(script):
    """Seconds that a script takes, as its times say."""
    total = 0
    for event in script["events"]:
        when = event["time"]
        total = when["fromUs"] + (total if when["relative"] else 0)
    return total / 1e6


class Pool:
    def __init__(self, scripts, variables):
        self.scripts, self.variables = scripts, variables
        self.verdicts = [None] * len(scripts)
        self.running = {}

    def start(self, index):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                play(self.scripts[index], self.variables, write)
            except BaseException as error:
                os.write(write, json.dumps({"verdict": "cannot run", "line": 0, "missing": f"the judge itself: {error!r}"}).encode())
            os._exit(0)
        os.close(write)
        self.running[child] = (index, read)

    def finish_one(self):
        child, _ = os.wait()
        index, read = self.running.pop(child)
        with os.fdopen(read) as file:
            self.verdicts[index] = json.loads(file.read())

    def run(self, indices, side_by_side):
        for index in sorted(indices, key=lambda i: -duration(self.scripts[i])):
            if len(self.running) == side_by_side:
                self.finish_one()
            self.start(index)
        while self.running:
            self.finish_one()


def judge(scripts, variables, side_by_side):
    pool = Pool(scripts, variables)
    again, tries = list(range(len(scripts))), 1
    while again:
        pool.run(again, max(2, side_by_side // tries))
        for index in again:
            pool.verdicts[index]["tries"] = tries
        again = [index for index in again if pool.verdicts[index]["verdict"] == "fail"] if tries < TRIES else []
        tries += 1
    return pool.verdicts


def with_machine_variables(variables, work):
    """What a namespace cannot set for itself is set for the whole machine meanwhile, and put back."""
    alone = open(LOCK, "w")
    fcntl.flock(alone, fcntl.LOCK_EX)  # another judge would put back what this one needs
    before = {name: namespace.read_variable(name) for name in MACHINE_WIDE}
    algorithm = variables["net.ipv4.tcp_congestion_control"]
    wanted = {name: variables.get(name, before[name]) for name in MACHINE_WIDE}
    if algorithm not in before[ALLOWED].split():
        wanted[ALLOWED] = f"{before[ALLOWED]} {algorithm}"
    try:
        for name, value in wanted.items():
            namespace.set_variable(name, value)
        return work()
    finally:
        for name, value in before.items():
            namespace.set_variable(name, value)


def main():
    with open(sys.argv[1]) as file:
        task = json.load(file)
    variables = task["variables"]
    verdicts = with_machine_variables(variables, lambda: judge(task["scripts"], variables, task["sideBySide"]))
    with open(sys.argv[2], "w") as file:
        json.dump(verdicts, file)


main()
