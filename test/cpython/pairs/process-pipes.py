import multiprocessing

from harness import at, raised


def raises(call, *arguments):
    try:
        call(*arguments)
        at("no error")
    except Exception as error:
        raised(error)


def answer(connection, other):
    other.close()
    question = connection.recv()
    connection.send(len(question))
    connection.send({"long": "x" * 50000})


one, other = multiprocessing.Pipe()
child = multiprocessing.Process(target=answer, args=(other, one))
child.start()
other.close()
one.send([1, "two", None])
at(f"{one.recv()} {len(one.recv()['long'])}")
child.join()
at(f"{one.poll(0.05)}")
raises(one.recv)
raises(one.send, "x")
reader, writer = multiprocessing.Pipe(False)
raises(reader.send, 1)
raises(writer.recv)
at(f"{reader.poll()} {reader.poll(0.05)}")
writer.send("there")
at(f"{reader.poll()} {reader.recv()}")
reader.close()
raises(reader.recv)
raises(writer.send, "x")
