/** Clients and servers, framing, WSGI, and commands of the firewall. */
import { type Listing, listing } from './listing.ts';

const UDP_SERVER = `
import socket

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind(('0.0.0.0', 9000))
    while True:
        data, peer = server.recvfrom(65535)   # one datagram, whole ¦ 一个完整的数据报
        server.sendto(data.upper(), peer)     # no listen, no accept ¦ 不用 listen，也不用 accept
`;

const UDP_CLIENT = `
import socket

def ask(number, text, server=('127.0.0.1', 9000), tries=3):
    request = f'{number} {text}'.encode()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(server)       # fixes the peer; a closed port becomes ConnectionRefusedError ¦ 固定对端；端口没人监听时抛 ConnectionRefusedError
        wait = 0.5
        for _ in range(tries):
            client.send(request)
            client.settimeout(wait)
            try:
                while True:
                    answer = client.recv(65535)
                    if answer.startswith(f'{number} '.encode()):   # not a late one ¦ 不是迟到的应答
                        return answer.decode()
            except TimeoutError:
                wait *= 2            # lost, or too slow: ask again ¦ 丢了，或者太慢：再问一次
    raise TimeoutError(f'no answer to {number}')

if __name__ == '__main__':
    print(ask(1, 'hello'))           # 1 HELLO
`;

const TCP_SERVER = `
import socket

with socket.create_server(('0.0.0.0', 9000)) as server:   # socket, SO_REUSEADDR, bind, listen
    while True:
        conn, peer = server.accept()     # a new socket for this client ¦ 专门给这个客户端的新套接字
        with conn:
            while data := conn.recv(4096):   # b'' : the client has closed ¦ b''：客户端已关闭
                conn.sendall(data.upper())   # all of it, not a part ¦ 全部发完，不是只发一部分
`;

const TCP_CLIENT = `
import socket

with socket.create_connection(('127.0.0.1', 9000), timeout=5) as client:
    client.sendall('hello'.encode())
    client.shutdown(socket.SHUT_WR)      # nothing more from here ¦ 这边不再发送
    answer = b''
    while part := client.recv(4096):     # until the server closes ¦ 直到服务端关闭
        answer += part
    print(answer.decode())               # HELLO
`;

const FRAMING = `
import struct

LONGEST = 1 << 20

def send_message(sock, payload):
    sock.sendall(struct.pack('!I', len(payload)) + payload)   # length, network byte order ¦ 长度，网络字节序

def receive_exactly(sock, count):
    data = bytearray()
    while len(data) < count:
        part = sock.recv(count - len(data))
        if not part:
            raise EOFError('closed in the middle of a message')
        data += part
    return bytes(data)

def receive_message(sock):
    (length,) = struct.unpack('!I', receive_exactly(sock, 4))
    if length > LONGEST:
        raise ValueError(f'a message of {length} bytes')
    return receive_exactly(sock, length)
`;

const THREADED = `
import socket, threading

slots = threading.BoundedSemaphore(200)          # more clients wait in the backlog ¦ 再多的客户端就在 backlog 里等

def serve(conn):
    try:
        with conn:
            conn.settimeout(60)                  # silent clients do not hold a thread for ever ¦ 不说话的客户端不会一直占着线程
            while data := conn.recv(1024):       # b'' ends the loop ¦ b'' 结束循环
                conn.sendall(data.upper())
    except (TimeoutError, ConnectionError):
        pass                                     # the client went away: an ordinary end ¦ 客户端走了：正常结束
    finally:
        slots.release()

with socket.create_server(('0.0.0.0', 9000)) as server:
    while True:
        slots.acquire()
        conn, peer = server.accept()
        threading.Thread(target=serve, args=(conn,), daemon=True).start()
`;

const WSGI = `
def app(environ, start_response):
    name = environ['PATH_INFO'].strip('/') or 'world'
    body = f'hello {name}\\n'.encode()            # bytes, not str ¦ bytes，不是 str
    start_response('200 OK', [('Content-Type', 'text/plain; charset=utf-8'),
                              ('Content-Length', str(len(body)))])
    return [body]                                # an iterable of bytes ¦ 产出 bytes 的可迭代对象

def upper(inner):                                # middleware: server to inner, application to outer ¦ 中间件：对内是服务器，对外是应用
    def outer(environ, start_response):
        return [part.upper() for part in inner(environ, start_response)]
    return outer

if __name__ == '__main__':
    from wsgiref.simple_server import make_server
    make_server('127.0.0.1', 8000, upper(app)).serve_forever()
`;

const BLOCK_DNS = `
iptables -I INPUT -s 192.168.1.5 -p udp --dport 53 -j REJECT
iptables -I INPUT -s 192.168.1.5 -p tcp --dport 53 -j REJECT --reject-with tcp-reset
iptables -L INPUT -nv --line-numbers      # the counters grow when .5 asks ¦ .5 来查询时计数会涨
iptables -D INPUT -s 192.168.1.5 -p udp --dport 53 -j REJECT   # takes the first one back ¦ 撤销第一条
`;

const ALLOW_PORTS = `
iptables -A INPUT -i lo -j ACCEPT
iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
iptables -A INPUT -p tcp --dport 22 -j ACCEPT          # before the door closes ¦ 关门之前先放行
iptables -A INPUT -s 10.1.1.0/24 -p udp -m multiport --dports 8888,9999 -j ACCEPT
iptables -P INPUT DROP
`;

const FIND_THE_FAULT = `
# on 192.168.1.2 ¦ 在 192.168.1.2 上
ip -br addr; ip route get 192.168.1.3     # same subnet? which interface? ¦ 同一子网吗？走哪个接口？
ping -c 3 192.168.1.3; ip neigh show 192.168.1.3
nc -vz -w 3 192.168.1.3 8080              # refused, timed out, or open ¦ 被拒绝、超时，还是通的
curl -v --max-time 5 http://192.168.1.3:8080/data
# on 192.168.1.3 ¦ 在 192.168.1.3 上
ss -ltnp 'sport = :8080'                  # listening? on which address? queue full? ¦ 在监听吗？哪个地址？队列满了吗？
iptables -L INPUT -nv --line-numbers
curl -v http://127.0.0.1:8080/data        # past network and firewall ¦ 绕开网络和防火墙
journalctl -u SERVICE --since -10min; df -h; free -m
# on both at once ¦ 两边同时
tcpdump -ni any 'host 192.168.1.2 and tcp port 8080' -w side.pcap
`;

export const socketListings: ReadonlyMap<string, readonly Listing[]> = new Map([
  [
    'Q022',
    [
      listing('python', 'UDP server', 'UDP 服务端', UDP_SERVER),
      listing(
        'python',
        'UDP client with time-out, repetition and a number',
        'UDP 客户端：超时、重发、编号',
        UDP_CLIENT,
      ),
    ],
  ],
  [
    'Q023',
    [
      listing('python', 'TCP server', 'TCP 服务端', TCP_SERVER),
      listing('python', 'TCP client', 'TCP 客户端', TCP_CLIENT),
    ],
  ],
  ['Q028', [listing('python', 'Framing by a length prefix', '用长度前缀分帧', FRAMING)]],
  ['Q044', [listing('python', 'An application, a middleware, a server', '应用、中间件、服务器', WSGI)]],
  ['Q046', [listing('shell', 'Both protocols, in front, with a check', '两种协议都封，插在前面，再验证', BLOCK_DNS)]],
  ['Q047', [listing('shell', 'An allow-list that does not lock you out', '不会把自己锁在外面的白名单', ALLOW_PORTS)]],
  ['Q049', [listing('shell', 'From below, on one side and on the other', '自下而上，两端分别查', FIND_THE_FAULT)]],
  ['Q075', [listing('python', 'A thread for each client, with limits', '一个客户端一个线程，带限制', THREADED)]],
]);
