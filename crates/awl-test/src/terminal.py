"""Runs a program on a terminal of its own, of as many columns as the first word
says, and types what it is told: pairs of words, of which the first must have
been shown before the second is typed. What was shown goes to standard output,
and the program's exit code is this one's."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

separator = sys.argv.index("--")
script = list(zip(sys.argv[2:separator:2], sys.argv[3:separator:2]))
command = sys.argv[separator + 1 :]

size = struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0)

child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, size)
    os.execv(command[0], command)

shown = b""
end = time.monotonic() + 60
while time.monotonic() < end:
    if not select.select([terminal], [], [], 0.1)[0]:
        continue
    try:
        piece = os.read(terminal, 4096)
    except OSError:
        break
    if not piece:
        break
    shown += piece
    sys.stdout.buffer.write(piece)
    sys.stdout.flush()
    if script and script[0][0].encode() in shown:
        os.write(terminal, script.pop(0)[1].encode("latin-1") + b"\r")
        shown = b""
else:
    os.kill(child, signal.SIGKILL)
sys.stdout.flush()
_, status = os.waitpid(child, 0)
sys.exit(os.waitstatus_to_exitcode(status))
