"""A real kernel's answers to `ip` commands: python3 configure.py SEQUENCES.json ANSWERS.json

Each sequence is {commands, gets}: commands for `ip`, run one by one in a fresh network namespace with two cards whose cables are plugged,
then destinations for `ip route get`. Noted are the error of each command, the tables, the addresses and the answers.
"""
import json
import os
import subprocess
import sys

NAMESPACE = f"configure-{os.getpid()}"


def ip(arguments):
    command = ["ip", "-n", NAMESPACE, *arguments.split()]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def outcome(arguments):
    result = ip(arguments)
    return "" if result.returncode == 0 else result.stderr.strip().split("\n")[0]


def answer(destination):
    result = ip(f"-j route get {destination}")
    return json.loads(result.stdout)[0] if result.returncode == 0 else result.stderr.strip().split("\n")[0]


def run(sequence):
    subprocess.run(["ip", "netns", "add", NAMESPACE], check=True)
    try:
        ip("link set lo up")
        for i in (0, 1):
            ip(f"link add eth{i} type veth peer name peer{i}")
            ip(f"link set peer{i} up")
            ip(f"link set eth{i} up")
        return {
            "errors": [outcome(command) for command in sequence["commands"]],
            "main": json.loads(ip("-4 -j route show table main").stdout or "[]"),
            "local": json.loads(ip("-4 -j route show table local").stdout or "[]"),
            "addresses": json.loads(ip("-4 -j addr").stdout),
            "gets": [answer(each) for each in sequence["gets"]],
        }
    finally:
        subprocess.run(["ip", "netns", "del", NAMESPACE], check=False)


with open(sys.argv[1]) as file:
    sequences = json.load(file)
with open(sys.argv[2], "w") as file:
    json.dump([run(sequence) for sequence in sequences], file)
