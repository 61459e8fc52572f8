"""What share of one core processes of these nice values get from the kernel: `scheduling.py QUESTION ANSWER`.

The question is {"seconds": s, "scenarios": [[nice, ...], ...]}; the answer, for each scenario, the CPU time of each process in seconds. All are pinned to one
core, sleep until the same instant and compute until the same instant.
"""
import json
import os
import sys
import time


def spin(core, nice, start, end, fd):
    os.sched_setaffinity(0, {core})
    os.nice(nice)
    time.sleep(max(0, start - time.monotonic()))
    before = time.process_time()
    while time.monotonic() < end:
        pass
    os.write(fd, json.dumps(time.process_time() - before).encode())


def shares(nices, seconds):
    core = max(os.sched_getaffinity(0))
    start = time.monotonic() + 0.2
    pipes = []
    for nice in nices:
        reader, writer = os.pipe()
        if os.fork() == 0:
            try:
                spin(core, nice, start, start + seconds, writer)
            finally:
                os._exit(0)
        os.close(writer)
        pipes.append(reader)
    used = [json.loads(os.read(reader, 100)) for reader in pipes]
    for reader in pipes:
        os.close(reader)
        os.wait()
    return used


def forbidden():
    """Why this kernel cannot be asked; empty where it can."""
    if not hasattr(os, "sched_setaffinity"):
        return "no sched_setaffinity(2)"
    pid = os.fork()
    if pid == 0:
        try:
            os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
            os.nice(5)
            os._exit(0)
        except OSError as error:
            os._exit(error.errno)
    errno = os.waitstatus_to_exitcode(os.wait()[1])
    return f"sched_setaffinity(2) or nice(2): {os.strerror(errno)}" if errno else ""


def main(asked, answered):
    with open(asked) as file:
        question = json.load(file)
    why = forbidden()
    used = [] if why else [shares(nices, question["seconds"]) for nices in question["scenarios"]]
    with open(answered, "w") as file:
        json.dump({"forbidden": why, "used": used}, file)


main(*sys.argv[1:])
