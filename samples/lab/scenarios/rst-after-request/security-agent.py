"""A runtime-protection agent as they run on servers: inline on the host, it reads every request
before the server does, blocks by the viewer's address in X-Forwarded-For, and resets both sides.

    security-agent.py QUEUE INJECTION_DEVICE SERVER_DEVICE

Requests come from a netfilter queue (NFQUEUE), so the agent decides before the server's TCP has
seen them. The first request of a viewer that looks like an attack is let through and puts the
viewer on the block list. Each later request of that viewer is swallowed, and two resets go out:

- to the client, written on the server's device, as if the server had refused the request: its
  sequence number is the request's acknowledgement;
- to the server's own TCP, as if the client had given up: its sequence number is the *start* of
  the request, the only one that this TCP accepts, because the request never reached it. It is
  written on INJECTION_DEVICE, whose peer hands what it receives to SERVER_DEVICE as received, as
  an agent in the kernel does: a capture on SERVER_DEVICE shows it coming in.

Both are bare: RST without ACK, window 0, no options, IP ID 0. Prints `ready`, then one line for
each viewer listed and each request reset.
"""
import gc
import os
import re
import socket
import struct
import sys

NETLINK_NETFILTER = 12
NLM_F_REQUEST = 1
NLM_F_ACK = 4
NLMSG_ERROR = 2
QUEUE_SUBSYSTEM = 3 << 8
MSG_PACKET, MSG_VERDICT, MSG_CONFIG = QUEUE_SUBSYSTEM | 0, QUEUE_SUBSYSTEM | 1, QUEUE_SUBSYSTEM | 2
CFG_CMD, CFG_PARAMS = 1, 2
CMD_BIND, COPY_PACKET = 1, 2
ATTR_PACKET_HEADER, ATTR_VERDICT, ATTR_HARDWARE_ADDRESS, ATTR_PAYLOAD = 1, 2, 9, 10
NF_DROP, NF_ACCEPT = 0, 1

ATTACK = re.compile(rb"%27|%3Cscript|\.\./", re.IGNORECASE)
VIEWER = re.compile(rb"\r\nX-Forwarded-For: ([0-9.]+)", re.IGNORECASE)
TCP_RST = 0x04
TTL = 64


class Queue:
    """A netfilter queue, whole packets, one verdict each."""

    def __init__(self, number):
        self.number = number
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
        self.socket.bind((0, 0))
        self._configure(attribute(CFG_CMD, struct.pack(">BBH", CMD_BIND, 0, socket.AF_INET)))
        self._configure(attribute(CFG_PARAMS, struct.pack(">IB", 0xFFFF, COPY_PACKET)))

    def _configure(self, attributes):
        self._send(MSG_CONFIG, attributes, NLM_F_ACK)
        answer = self.socket.recv(65536)
        code = struct.unpack_from("=i", answer, 16)[0]
        if struct.unpack_from("=H", answer, 4)[0] != NLMSG_ERROR or code != 0:
            raise OSError(-code, "netfilter queue")

    def _send(self, kind, attributes, flags=0):
        body = struct.pack(">BBH", 0, 0, self.number) + attributes
        self.socket.send(struct.pack("=IHHII", 16 + len(body), kind, NLM_F_REQUEST | flags, 0, 0) + body)

    def packets(self):
        """Yields (id, source link-layer address, IPv4 packet)."""
        while True:
            message = self.socket.recv(1 << 17)
            offset = 0
            while offset + 16 <= len(message):
                length, kind = struct.unpack_from("=IH", message, offset)
                if kind == MSG_PACKET:
                    found = dict(attributes_of(message[offset + 20 : offset + length]))
                    identity = struct.unpack_from(">I", found[ATTR_PACKET_HEADER])[0]
                    yield identity, found[ATTR_HARDWARE_ADDRESS][4:10], found[ATTR_PAYLOAD]
                offset += (length + 3) & ~3

    def decide(self, identity, verdict):
        self._send(MSG_VERDICT, attribute(ATTR_VERDICT, struct.pack(">II", verdict, identity)))


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def attributes_of(message):
    offset = 0
    while offset + 4 <= len(message):
        length, kind = struct.unpack_from("=HH", message, offset)
        yield kind & 0x3FFF, message[offset + 4 : offset + length]
        offset += (length + 3) & ~3


def checksum(content):
    """RFC 1071; the content is of even length."""
    total = sum(struct.unpack(f">{len(content) // 2}H", content))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def reset_frame(to_mac, from_mac, source, source_port, target, target_port, sequence):
    """An Ethernet frame with a bare RST: no ACK, window 0, no options, IP ID 0, DF."""
    tcp = struct.pack(">HHIIBBHHH", source_port, target_port, sequence, 0, 5 << 4, TCP_RST, 0, 0, 0)
    pseudo = source + target + struct.pack(">BBH", 0, socket.IPPROTO_TCP, len(tcp))
    tcp = tcp[:16] + struct.pack(">H", checksum(pseudo + tcp)) + tcp[18:]
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0x4000, TTL, socket.IPPROTO_TCP, 0, source, target)
    ip = ip[:10] + struct.pack(">H", checksum(ip)) + ip[12:]
    return to_mac + from_mac + b"\x08\x00" + ip + tcp


def open_device(name):
    device = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    device.bind((name, 0))
    return device


def main():
    queue_number, injection_name, server_name = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    gc.disable()
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))  # in the place of a kernel module: it does not wait its turn
    outward, inward = open_device(server_name), open_device(injection_name)
    own_mac = outward.getsockname()[4]
    queue = Queue(queue_number)
    listed = set()
    print("ready", flush=True)

    for identity, peer_mac, packet in queue.packets():
        tcp_start = (packet[0] & 0x0F) * 4
        client, server = packet[12:16], packet[16:20]
        client_port, server_port, sequence, acknowledgement, offset = struct.unpack_from(">HHIIB", packet, tcp_start)
        request = packet[tcp_start + (offset >> 4) * 4 :]
        match = VIEWER.search(request)
        viewer = match.group(1) if match else None

        if viewer in listed:
            to_client = reset_frame(peer_mac, own_mac, server, server_port, client, client_port, acknowledgement)
            to_server = reset_frame(own_mac, peer_mac, client, client_port, server, server_port, sequence)
            outward.send(to_client)
            inward.send(to_server)
            queue.decide(identity, NF_DROP)
            print(f"reset {viewer.decode()} {socket.inet_ntoa(client)}:{client_port}", flush=True)
            continue
        queue.decide(identity, NF_ACCEPT)
        if viewer is not None and ATTACK.search(request.partition(b"\r\n")[0]):
            listed.add(viewer)
            print(f"listed {viewer.decode()}", flush=True)


main()
