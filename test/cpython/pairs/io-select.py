"""select: the sets come back with what is ready; a number that no set holds, and a closed one."""
import os
import select

from harness import at, raised

r1, w1 = os.pipe()
r2, w2 = os.pipe()
ready = select.select([r1, r2], [w1, w2], [], 0)
at(f"empty {ready[0] == []} {ready[1] == [w1, w2]}")
os.write(w1, b"x")
ready = select.select([r1, r2], [], [r1])
at(f"one {ready[0] == [r1]} {ready[2] == []}")
os.read(r1, 10)
ready = select.select([r1, r2], [], [], 0.02)
at(f"time out {ready == ([], [], [])}")
os.close(w1)
ready = select.select([r1, r2], [], [])
at(f"end of file {ready[0] == [r1]} {os.read(r1, 10)}")
os.close(r2)
ready = select.select([], [w2], [])
at(f"no reader {ready[1] == [w2]}")
os.close(w2)
try:
    select.select([w2], [], [], 0)
except OSError as error:
    raised(error)
os.dup2(r1, 1023)
at(f"1023 {select.select([1023], [], [], 0)[0]}")
