"""
Uploads as Python's own HTTP client does: it sends the whole body before it looks for an answer.

slow-upload.py ADDRESS PORT PATH PIECES: prints the status, or the name of what came instead.
"""
import http.client
import sys
import time

address, port, path, pieces = sys.argv[1:]
PIECE = b"0123456789abcde\n" * 80
PAUSE_SECONDS = 0.12


def photo():
    for _ in range(int(pieces)):
        yield PIECE
        time.sleep(PAUSE_SECONDS)


connection = http.client.HTTPConnection(address, int(port), timeout=10)
fields = {"Host": "shop.example", "Content-Type": "image/jpeg", "Content-Length": str(len(PIECE) * int(pieces))}
try:
    connection.request("POST", path, body=photo(), headers=fields)
    print(connection.getresponse().status)
except OSError as error:
    print(type(error).__name__)
