import asyncio

from harness import at, raised


async def producer(queue, name, count):
    for i in range(count):
        await queue.put(f"{name}{i}")
        at(f"put {name}{i}, {queue.qsize()} inside")


async def consumer(queue, name):
    while True:
        item = await queue.get()
        at(f"{name} got {item}")
        await asyncio.sleep(0)
        queue.task_done()


async def main():
    queue = asyncio.Queue(maxsize=2)
    producers = [asyncio.create_task(producer(queue, name, 4)) for name in "pq"]
    await asyncio.sleep(0.01)
    at(f"full: {queue.full()}")
    try:
        queue.put_nowait("too much")
    except asyncio.QueueFull as error:
        raised(error)
    consumers = [asyncio.create_task(consumer(queue, f"c{i}")) for i in range(3)]
    await asyncio.gather(*producers)
    await queue.join()
    at("joined")
    for task in consumers:
        task.cancel()
    await asyncio.gather(*consumers, return_exceptions=True)
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty as error:
        raised(error)


asyncio.run(main())
