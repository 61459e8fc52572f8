"""Runs cases with CPython's HTTP clients against a server that records what they send.

In:  {"answers": {path: {"raw": text of one byte a character, "end": "keep" | "close" | "hang"}}, "cases": [{"name": ..., "code": ...}]}
Out: {"port": ..., "results": [{"out": text, "connections": [text sent on each connection, ...]}]}
Every name is 127.0.0.1. A case's code sees `base` (the server's URL), `port` and `failure(f)`, which names what f raises.
"""
import contextlib
import io
import json
import socket
import sys
import threading

real_getaddrinfo = socket.getaddrinfo
names = []


def getaddrinfo(host, port, *rest, **more):
    # The codec that socket itself uses for names.
    names.append(host if isinstance(host, str) else host.decode())
    if str(host).endswith('.invalid'):
        raise socket.gaierror(socket.EAI_NONAME, 'Name or service not known')
    return real_getaddrinfo('127.0.0.1', port, *rest, **more)


socket.getaddrinfo = getaddrinfo
job = json.load(sys.stdin)
records = []


def receive(connection, buffer, done):
    while not done(buffer):
        data = connection.recv(65536)
        if not data:
            return None
        buffer += data
    return buffer


def body_done(head):
    lines = [line.lower() for line in head.split(b'\r\n')]
    if b'transfer-encoding: chunked' in lines:
        return lambda rest: rest.endswith(b'0\r\n\r\n')
    length = next((int(line[15:]) for line in lines if line.startswith(b'content-length:')), 0)
    return lambda rest: len(rest) >= length


def serve(connection):
    record = []
    records.append(record)
    try:
        while True:
            data = receive(connection, b'', lambda buffer: b'\r\n\r\n' in buffer)
            if data is None:
                break
            head, rest = data.split(b'\r\n\r\n', 1)
            record.append((head + b'\r\n\r\n').decode('latin-1'))
            rest = receive(connection, rest, body_done(head))
            record.append(('' if rest is None else rest.decode('latin-1')))
            target = head.split(b' ')[1].decode('latin-1')
            path = target.split('?')[0]
            path = '/' + path.split('/', 3)[-1] if path.startswith('http') else path
            answer = job['answers'].get(path, job['answers']['/'])
            connection.sendall(answer['raw'].encode('latin-1'))
            if answer['end'] == 'close':
                break
            if answer['end'] == 'hang':
                receive(connection, b'', lambda buffer: False)
                break
    except OSError:
        pass
    connection.close()


listener = socket.create_server(('127.0.0.1', 0))
port = listener.getsockname()[1]
base = 'http://127.0.0.1:%d' % port


def accept():
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


threading.Thread(target=accept, daemon=True).start()


def failure(body):
    try:
        body()
        return 'no error'
    except Exception as error:
        return '%s: %s' % (type(error).__name__, error)


results = []
for case in job['cases']:
    records.clear()
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(case['code'], 'case', 'exec'), {'base': base, 'port': port, 'failure': failure, 'names': names})
    results.append({'out': out.getvalue(), 'connections': [''.join(record) for record in records]})
print(json.dumps({'port': port, 'results': results}))
