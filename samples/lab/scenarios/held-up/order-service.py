"""Answers orders with one of Python's own HTTP servers: `order-service.py ADDRESS PORT CLASS`."""
import sys
from http import server

address, port, kind = sys.argv[1:]


class Orders(server.BaseHTTPRequestHandler):
    # Head and body in one segment.
    wbufsize = 4096

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "16")
        self.end_headers()
        self.wfile.write(b'{"orders": [42]}')


getattr(server, kind)((address, int(port)), Orders).serve_forever()
