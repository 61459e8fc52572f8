"""A script's expressions as C values."""
import errno
import fcntl
import os
import select
import socket
import struct

from .problem import CannotRun

# What the modules of Python 3.11 do not name (linux/tcp.h, linux/in.h, asm-generic/socket.h, sockios.h).
EXTRA = {
    "SOMAXCONN": 4096, "IPTOS_LOWDELAY": 0x10, "IPTOS_THROUGHPUT": 0x08, "IPTOS_RELIABILITY": 0x04, "SOL_IP": 0,
    "IP_MTU_DISCOVER": 10, "IP_RECVERR": 11, "IP_MTU": 14, "IP_PMTUDISC_DONT": 0, "IP_PMTUDISC_WANT": 1, "IP_PMTUDISC_DO": 2,
    "IP_PMTUDISC_PROBE": 3, "IP_PMTUDISC_INTERFACE": 4, "IP_PMTUDISC_OMIT": 5, "SIOCINQ": 0x541B, "SIOCOUTQ": 0x5411, "FIONREAD": 0x541B, "SIOCATMARK": 0x8905, "SIOCOUTQNSD": 0x894B, "FIONBIO": 0x5421, "NULL": 0, "TCP_NOTSENT_LOWAT": 25,
    "TCP_USER_TIMEOUT": 18, "TCP_THIN_LINEAR_TIMEOUTS": 16, "TCP_THIN_DUPACK": 17, "TCP_TIMESTAMP": 24, "TCP_INQ": 36,
    "TCP_CM_INQ": 36, "TCP_TX_DELAY": 37, "SO_PEEK_OFF": 42, "SO_MAX_PACING_RATE": 47, "SO_ZEROCOPY": 60, "SO_RCVLOWAT": 18,
    "SO_SNDLOWAT": 19, "SO_BINDTODEVICE": 25, "IP_FREEBIND": 15, "IP_RECVTOS": 13, "IP_RECVTTL": 12, "SO_DOMAIN": 39, "SO_PROTOCOL": 38, "SO_TIMESTAMP": 29, "SO_TIMESTAMPNS": 35, "IP_MULTICAST_ALL": 49, "SO_TIMESTAMPING": 37, "MSG_EOR": 0x80, "MSG_ZEROCOPY": 0x4000000, "TCP_MD5SIG": 14,
    "SO_EE_ORIGIN_TIMESTAMPING": 4, "SO_EE_ORIGIN_ZEROCOPY": 5, "SO_EE_CODE_ZEROCOPY_COPIED": 1,
    "SO_EE_ORIGIN_NONE": 0, "SO_EE_ORIGIN_LOCAL": 1, "SO_EE_ORIGIN_ICMP": 2, "EPOLL_CTL_ADD": 1, "EPOLL_CTL_DEL": 2, "EPOLL_CTL_MOD": 3,
}
EXTRA |= {"SCM_TIMESTAMPING": 37, "SCM_TIMESTAMP": 29, "SCM_TIMESTAMPNS": 35, "SCM_TSTAMP_SND": 0, "SCM_TSTAMP_SCHED": 1, "SCM_TSTAMP_ACK": 2}
EXTRA |= {"SPLICE_F_MOVE": 1, "SPLICE_F_NONBLOCK": 2, "SPLICE_F_MORE": 4, "SPLICE_F_GIFT": 8}
EXTRA |= {"SO_SNDBUFFORCE": 32, "SO_RCVBUFFORCE": 33}
#: In the order of their bits (linux/net_tstamp.h).
STAMPING = "TX_HARDWARE TX_SOFTWARE RX_HARDWARE RX_SOFTWARE SOFTWARE SYS_HARDWARE RAW_HARDWARE OPT_ID TX_SCHED TX_ACK OPT_CMSG OPT_TSONLY OPT_STATS OPT_PKTINFO OPT_TX_SWHW BIND_PHC OPT_ID_TCP OPT_RX_FILTER TX_COMPLETION".split()
EXTRA |= {f"SOF_TIMESTAMPING_{name}": 1 << bit for bit, name in enumerate(STAMPING)}
ICMP_ERRORS = {"ICMP_DEST_UNREACH": 3, "ICMP_TIME_EXCEEDED": 11, "ICMP_PARAMETERPROB": 12, "ICMP_NET_UNREACH": 0, "ICMP_HOST_UNREACH": 1, "ICMP_PROT_UNREACH": 2, "ICMP_PORT_UNREACH": 3, "ICMP_FRAG_NEEDED": 4}


def constant(name, line):
    if name in EXTRA:
        return EXTRA[name]
    if name in ICMP_ERRORS:
        return ICMP_ERRORS[name]
    for module in (socket, select, errno, os, fcntl):
        value = getattr(module, name, None)
        if isinstance(value, int):
            return int(value)
    raise CannotRun(line, f"the constant {name}")


def number(e):
    kind = e["kind"]
    if kind == "number":
        return e["value"]
    if kind == "list" and len(e["items"]) == 1:
        return number(e["items"][0])
    if kind == "or":
        total = 0
        for part in e["parts"]:
            total |= number(part)
        return total
    if kind == "call" and len(e["args"]) == 1 and e["name"] in ("htons", "htonl", "ntohs", "ntohl"):
        return number(e["args"][0])
    if kind == "call" and e["name"] == "inet_addr":
        return int.from_bytes(address_bytes(e), "little")
    if kind == "name":
        return constant(e["value"], e["line"])
    raise CannotRun(e["line"], f"a number is expected, not {kind}")


def given(e):
    """False for `...` and for what is missing."""
    return e is not None and e["kind"] != "ellipsis"


def member(e, name):
    if e["kind"] != "struct":
        raise CannotRun(e["line"], f"a structure with {name} is expected")
    return next((field["value"] for field in e["fields"] if field["name"] == name), None)


def address_text(e):
    if e["kind"] == "call":
        inner = e["args"][0]
        return inner["value"] if inner["kind"] == "string" else address_text(inner)
    return "0.0.0.0"


def address_bytes(e):
    return socket.inet_aton(address_text(e))


def address_of(e):
    return address_text(member(e, "sin_addr")), number(member(e, "sin_port"))


def sockaddr(address, port):
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(address) + bytes(8)


def read_sockaddr(data):
    return socket.inet_ntoa(data[4:8]), struct.unpack("!H", data[2:4])[0]


def errno_number(name, line):
    return errno.EAGAIN if name == "EWOULDBLOCK" else constant(name, line)
