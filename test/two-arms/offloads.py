#!/usr/bin/env python3
"""offloads.py CARD …: switches off what a card would do for the kernel: checksums, and segments cut or joined (ethtool(8) -K)."""
import array
import fcntl
import socket
import struct
import sys

SIOCETHTOOL = 0x8946
# ETHTOOL_SRXCSUM, STXCSUM, SSG, STSO, SGSO, SGRO
COMMANDS = (0x15, 0x17, 0x19, 0x1F, 0x24, 0x2C)

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    for card in sys.argv[1:]:
        for command in COMMANDS:
            value = array.array("B", struct.pack("II", command, 0))
            try:
                fcntl.ioctl(control, SIOCETHTOOL, struct.pack("16sP16x", card.encode(), value.buffer_info()[0]))
            except OSError as error:
                # A card without such a thing has nothing to switch off.
                if error.errno != 95:
                    raise
