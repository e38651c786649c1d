"""A wire with a length: joins two TUN devices named `wan`, one in each of two network namespaces,
and hands every packet over after a fixed time.

    delay-line.py NAMESPACE NAMESPACE ONE_WAY_MICROSECONDS

Prints `ready` when both devices exist. Packets stay in order, since all wait equally long.
"""
import collections
import ctypes
import fcntl
import gc
import os
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
CLONE_NEWNET = 0x40000000
LARGEST_PACKET = 65535


def tun_in(namespace):
    """Makes the TUN device in a namespace; it lives as long as this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{namespace}") as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {namespace}")
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"wan", IFF_TUN | IFF_NO_PI))
    return device


def relay(one, other, delay):
    waiting = {one: collections.deque(), other: collections.deque()}
    opposite = {one: other, other: one}
    while True:
        due = min((queue[0][0] for queue in waiting.values() if queue), default=None)
        patience = None if due is None else max(0.0, due - time.monotonic())
        for device in select.select([one, other], [], [], patience)[0]:
            try:
                packet = os.read(device, LARGEST_PACKET)
            except BlockingIOError:
                continue
            waiting[opposite[device]].append((time.monotonic() + delay, packet))
        now = time.monotonic()
        for device, queue in waiting.items():
            while queue and queue[0][0] <= now:
                os.write(device, queue.popleft()[1])


def main():
    first, second, microseconds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    gc.disable()  # a collection would show as a longer wire
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))  # and so would waiting for the processor
    one, other = tun_in(first), tun_in(second)
    print("ready", flush=True)
    relay(one, other, microseconds / 1e6)


main()
