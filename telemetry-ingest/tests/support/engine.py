"""ClickHouse's HTTP interface, as far as telemetry-ingest uses it, over the
engine of the package chdb-core: Debian's server is old, and what works there
must work on a current engine. Arguments: a folder; it prints its port."""

import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from chdb.session import Session

folder = sys.argv[1]
session = Session(os.path.join(folder, "data"))
one_at_a_time = threading.Lock()


def run(query, settings, body):
    """A statement in the query has its rows in the body."""
    if query:
        rows = os.path.join(folder, "rows")
        with open(rows, "wb") as file:
            file.write(body)
        table, layout = query.rsplit(" FORMAT ", 1)
        statement = f"{table} FROM INFILE '{rows}' FORMAT {layout}"
    else:
        statement = body.decode()
    for name, value in settings:
        session.query(f"SET {name} = {value}")
    answer = session.query(statement, "TabSeparated").bytes() or b""
    if query:
        os.remove(rows)
    return answer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        told = dict(parse_qsl(urlsplit(self.path).query))
        query = told.pop("query", None)
        body = self.rfile.read(int(self.headers["content-length"]))
        try:
            with one_at_a_time:
                status, answer = 200, run(query, told.items(), body)
        except Exception as error:
            status, answer = 500, str(error).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
