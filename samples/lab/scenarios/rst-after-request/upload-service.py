"""An upload service on plain sockets: `upload-service.py ADDRESS PORT LIMIT drops|reads`.

It answers each upload with 201. One whose Content-Length is above LIMIT it either `drops`, closing the
socket with the body unread, or `reads` to its end and answers with 413. Prints `ready`.
"""
import re
import socket
import sys
import threading
import time

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"


def serve(connection, limit, drops):
    received = b""
    while True:
        piece = connection.recv(1024)
        if not piece:
            break
        received += piece
        head, end, body = received.partition(HEAD_END)
        if not end:
            continue
        length = int(LENGTH.search(head).group(1))
        if length > limit and drops:
            time.sleep(0.02)  # it looks the customer up; meanwhile the body arrives
            break
        while len(body) < length:
            body += connection.recv(65536)
        status = b"413 Content Too Large" if length > limit else b"201 Created"
        connection.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
        received = b""
    connection.close()


def main():
    address, port, limit, manner = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    listener = socket.create_server((address, port), backlog=64)
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, limit, manner == "drops"), daemon=True).start()


main()
