"""A network namespace of one's own with a TUN device in it."""
import ctypes
import fcntl
import os
import struct
import subprocess

CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 0x0001, 0x1000


def enter(device="tun0"):
    """Leaves the machine's namespace for a new one and opens the device there."""
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
    return tun


def ip(*commands):
    subprocess.run(["ip", "-batch", "-"], input="\n".join(commands) + "\n", text=True, check=True)


def path_of(name):
    return "/proc/sys/" + name.replace(".", "/")


def read_variable(name):
    with open(path_of(name)) as file:
        return file.read().strip()


def set_variable(name, value):
    """False where a namespace has no such variable or may not change it."""
    try:
        if read_variable(name).split() != str(value).split():
            with open(path_of(name), "w") as file:
                file.write(str(value))
        return True
    except OSError:
        return False
