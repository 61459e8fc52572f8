import asyncio
import time

from harness import at


async def polite(seconds):
    await asyncio.sleep(seconds)


async def blocking(seconds):
    time.sleep(seconds)


async def main():
    at("one begins")
    await polite(0.25)
    at("one ends")
    at("ten begin")
    await asyncio.gather(*(polite(0.25) for _ in range(10)))
    at("ten end")
    at("three blocking begin")
    await asyncio.gather(*(blocking(0.25) for _ in range(3)))
    at("three blocking end")


asyncio.run(main())
