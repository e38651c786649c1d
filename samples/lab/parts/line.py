"""A wire with a length, and with faults where they are wanted: joins two TUN or TAP devices, one in
each of two network namespaces, and hands every packet over after a fixed time.

    line.py DESCRIPTION

The description is JSON:

    { "kind": "tap" or "tun", "one_way_microseconds": 450,
      "ends": [{ "namespace": …, "device": …, "mac": … }, { … }],
      "forward": FAULTS, "backward": FAULTS }

FAULTS say what befalls packets on their way from the first end to the second (`forward`) or back:

    drop         numbers of the TCP segments with at least `least_bytes` of payload that are lost, counted from 1
    late         numbers of those that are held back, so that the ones behind them overtake
    late_microseconds   how long
    least_bytes  segments with less payload are not counted (default 1)

Prints `ready` when both devices exist, then `dropped N` and `late N` for each fault. Packets stay in
order but for these, since all wait equally long.
"""
import ctypes
import fcntl
import gc
import heapq
import json
import os
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
SIOCSIFHWADDR = 0x8924
IFF_TUN = 0x0001
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
ARPHRD_ETHER = 1
CLONE_NEWNET = 0x40000000
LARGEST_PACKET = 65535
ETHERNET_HEADER = 14
TCP = 6


def device_in(end, kind):
    """Makes the device in its namespace; it lives as long as this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{end['namespace']}") as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {end['namespace']}")
    name = end["device"].encode()
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    flags = (IFF_TAP if kind == "tap" else IFF_TUN) | IFF_NO_PI
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name, flags))
    if end.get("mac"):
        mac = bytes.fromhex(end["mac"].replace(":", ""))
        fcntl.ioctl(device, SIOCSIFHWADDR, struct.pack("16sH6s16x", name, ARPHRD_ETHER, mac))
    return device


def tcp_payload(packet):
    """Bytes of TCP payload in an IPv4 packet; 0 in anything else."""
    if len(packet) < 20 or packet[0] >> 4 != 4 or packet[9] != TCP:
        return 0
    header = (packet[0] & 0x0F) * 4
    if len(packet) < header + 20:
        return 0
    return struct.unpack_from(">H", packet, 2)[0] - header - (packet[header + 12] >> 4) * 4


class Direction:
    """What is under way from one end to the other."""

    def __init__(self, target, faults, delay, link_header):
        self.target = target
        self.delay = delay
        self.link_header = link_header
        self.dropped = set(faults.get("drop", ()))
        self.late = set(faults.get("late", ()))
        self.late_by = faults.get("late_microseconds", 0) / 1e6
        self.least_bytes = faults.get("least_bytes", 1)
        self.segments = 0
        self.number = 0
        self.waiting = []

    def take(self, packet):
        delay = self.delay
        if (self.dropped or self.late) and tcp_payload(packet[self.link_header :]) >= self.least_bytes:
            self.segments += 1
            if self.segments in self.dropped:
                print(f"dropped {self.segments}", flush=True)
                return
            if self.segments in self.late:
                print(f"late {self.segments}", flush=True)
                delay += self.late_by
        self.number += 1
        heapq.heappush(self.waiting, (time.monotonic() + delay, self.number, packet))

    def give(self, now):
        while self.waiting and self.waiting[0][0] <= now:
            packet = heapq.heappop(self.waiting)[2]
            try:
                os.write(self.target, packet)
            except OSError:
                pass  # the device is down, as a cable may be unplugged


def relay(by_source):
    while True:
        due = min((direction.waiting[0][0] for direction in by_source.values() if direction.waiting), default=None)
        patience = None if due is None else max(0.0, due - time.monotonic())
        for source in select.select(list(by_source), [], [], patience)[0]:
            try:
                by_source[source].take(os.read(source, LARGEST_PACKET))
            except BlockingIOError:
                continue
        now = time.monotonic()
        for direction in by_source.values():
            direction.give(now)


def main():
    description = json.loads(sys.argv[1])
    kind, delay = description["kind"], description["one_way_microseconds"] / 1e6
    gc.disable()  # a collection would show as a longer wire
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))  # and so would waiting for the processor
    first, second = (device_in(end, kind) for end in description["ends"])
    link_header = ETHERNET_HEADER if kind == "tap" else 0
    print("ready", flush=True)
    relay(
        {
            first: Direction(second, description["forward"], delay, link_header),
            second: Direction(first, description["backward"], delay, link_header),
        }
    )


main()
