"""Takes uploads with Python's own HTTP server: `upload-service.py ADDRESS PORT VERSION`, HTTP/1.0 being its default."""
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

address, port, version = sys.argv[1:]


class Uploads(BaseHTTPRequestHandler):
    protocol_version = version

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Content-Length", "7")
        self.end_headers()
        self.wfile.write(b"stored\n")


ThreadingHTTPServer((address, int(port)), Uploads).serve_forever()
