import asyncio

from harness import at, raised


async def serve(reader, writer):
    at("a client", "server")
    while line := await reader.readline():
        at(f"got {line!r}", "server")
        writer.write(line.upper())
        await writer.drain()
    at("end of the client", "server")
    writer.close()


async def short(reader, writer):
    writer.write(b"abcdef|gh")
    writer.write_eof()
    try:
        writer.write(b"more")
    except RuntimeError as error:
        raised(error, "short server")
    await writer.drain()
    await reader.read()
    writer.close()


async def client(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for text in (b"one\n", b"two\nthree\n"):
        writer.write(text)
        for _ in range(text.count(b"\n")):
            at(f"answer {await reader.readline()!r}", "client")
    writer.write_eof()
    at(f"rest {await reader.read()!r}, at the end {reader.at_eof()}", "client")
    writer.close()
    await writer.wait_closed()


async def reads(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    at(f"exactly {await reader.readexactly(3)!r}", "client")
    at(f"until {await reader.readuntil(b'|')!r}", "client")
    try:
        await reader.readexactly(10)
    except asyncio.IncompleteReadError as error:
        raised(error, "client")
        at(f"partial {error.partial!r}", "client")
    at(f"after the end {await reader.readline()!r}", "client")
    writer.close()
    await writer.wait_closed()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    await client(server.sockets[0].getsockname()[1])
    server.close()
    server = await asyncio.start_server(short, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await reads(port)
    server.close()
    await asyncio.sleep(0.01)
    try:
        await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError as error:
        at(f"raised {type(error).__name__} {error.errno}")


asyncio.run(main())
