import os
import socket
import socketserver
import sys
import threading
import time

from harness import at, raised

sys.stderr = open(os.devnull, "w")


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        while data := self.request.recv(1024):
            if data == b"bad":
                raise ValueError("bad word")
            if data == b"wait":
                time.sleep(0.3)
            self.request.sendall(data.upper())


def call(address, *words):
    with socket.create_connection(address) as client:
        answers = []
        for word in words:
            client.sendall(word.encode())
            answers.append(client.recv(1024).decode())
        # A forked child has a copy of this end: closing it is not enough.
        client.shutdown(socket.SHUT_WR)
        return answers


def greet(address):
    at(f"answers {call(address, 'wait', 'hello')}")


for kind in (socketserver.TCPServer, socketserver.ThreadingTCPServer, socketserver.ForkingTCPServer):
    server = kind(("127.0.0.1", 0), Handler)
    server.request_queue_size = 5
    loop = threading.Thread(target=server.serve_forever, args=(0.05,), name="loop")
    loop.start()
    address = server.server_address
    at(f"{kind.__name__} begins")
    clients = [threading.Thread(target=greet, args=(address,), name=f"C{i}") for i in range(3)]
    for client in clients:
        client.start()
        time.sleep(0.03)
    for client in clients:
        client.join()
    at(f"{kind.__name__} served")
    at(f"{call(address, 'one', 'bad')} {call(address, 'two')}")
    time.sleep(0.2)
    at(f"children {len(getattr(server, 'active_children', None) or ())}")
    server.shutdown()
    loop.join()
    server.server_close()
    try:
        socket.create_connection(address)
    except OSError as error:
        raised(error)
    at(f"threads {threading.active_count()}")
time.sleep(0.3)
at("rested")
time.sleep(0.3)
at("end")
