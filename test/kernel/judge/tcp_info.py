"""struct tcp_info (linux/tcp.h) as names, and the constants that a script's code uses with them."""
import ctypes
import re

from .libc import invoke

SOL_TCP, TCP_INFO = 6, 11
BYTES = "state ca_state retransmits probes backoff options".split()
WORDS = """rto ato snd_mss rcv_mss unacked sacked lost retrans fackets last_data_sent last_ack_sent last_data_recv last_ack_recv
pmtu rcv_ssthresh rtt rttvar snd_ssthresh snd_cwnd advmss reordering rcv_rtt rcv_space total_retrans""".split()
LONGS = "pacing_rate max_pacing_rate bytes_acked bytes_received".split()
COUNTS = "segs_out segs_in notsent_bytes min_rtt data_segs_in data_segs_out".split()
TIMES = "delivery_rate busy_time rwnd_limited sndbuf_limited".split()
TAIL = "dsack_dups reord_seen rcv_ooopack snd_wnd rcv_wnd rehash".split()


class Info(ctypes.Structure):
    _fields_ = (
        [(name, ctypes.c_uint8) for name in BYTES]
        + [("snd_wscale", ctypes.c_uint8, 4), ("rcv_wscale", ctypes.c_uint8, 4)]
        + [("delivery_rate_app_limited", ctypes.c_uint8, 1), ("fastopen_client_fail", ctypes.c_uint8, 2)]
        + [(name, ctypes.c_uint32) for name in WORDS]
        + [(name, ctypes.c_uint64) for name in LONGS]
        + [(name, ctypes.c_uint32) for name in COUNTS]
        + [(name, ctypes.c_uint64) for name in TIMES]
        + [("delivered", ctypes.c_uint32), ("delivered_ce", ctypes.c_uint32)]
        + [("bytes_sent", ctypes.c_uint64), ("bytes_retrans", ctypes.c_uint64)]
        + [(name, ctypes.c_uint32) for name in TAIL]
    )


STATES = """ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING""".split()
CONSTANTS = {f"TCP_{name}": i + 1 for i, name in enumerate(STATES)}
CONSTANTS |= {f"TCP_CA_{name}": i for i, name in enumerate(("Open", "Disorder", "CWR", "Recovery", "Loss"))}
OPTIONS = ("TIMESTAMPS", "SACK", "WSCALE", "ECN", "ECN_SEEN", "SYN_DATA")
CONSTANTS |= {f"TCPI_OPT_{name}": 1 << i for i, name in enumerate(OPTIONS)}


def fields(fd):
    """None where the socket has none."""
    info, size = Info(), ctypes.c_uint(ctypes.sizeof(Info))
    if invoke("getsockopt", fd, SOL_TCP, TCP_INFO, ctypes.byref(info), ctypes.byref(size))[1] != 0:
        return None
    return {f"tcpi_{field[0]}": getattr(info, field[0]) for field in Info._fields_}


# What conditions over numbers use; print has nobody to read it.
BUILTINS = {"AssertionError": AssertionError, "abs": abs, "int": int, "max": max, "min": min, "print": lambda *_: None}


def failing(text, names, scope):
    """Runs a block with the variables of those before it. The assertion that does not hold, as (row, values); None where all hold."""
    scope |= {"__builtins__": BUILTINS, **CONSTANTS, **names}
    block = text.strip(" \t")
    try:
        exec(block, scope)
    except AssertionError as error:
        row = block.split("\n")[error.__traceback__.tb_next.tb_lineno - 1].strip()
        used = [name for name in scope if name in re.findall(r"\w+", row) and name not in CONSTANTS and name not in BUILTINS]
        return row, ", ".join(f"{name} = {scope[name]}" for name in used)
    return None
