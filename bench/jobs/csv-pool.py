"""The rival of `csv --print` in Python: csv-pool.py FILE OUT WORKERS BATCH: csv.reader, ThreadPoolExecutor, each task writes the ids of its rows.
With WORKERS 0 the reader alone: every row as a list, the ids counted. Prints what it did as JSON."""
import csv
import json
import sys
import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice

path, out, workers, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
start = time.perf_counter()
rows = tasks = 0


def batches(reader):
    while batch := list(islice(reader, size)):
        yield batch


with open(path, newline="", encoding="utf-8") as source, open(out, "wb") as sink:
    reader = csv.reader(source, skipinitialspace=True)
    at = next(reader).index("subscription_id")
    lock = threading.Lock()

    def work(batch):
        text = "".join(f"{row[at]}\n" for row in batch).encode()
        with lock:
            sink.write(text)
        return len(batch)

    if workers == 0:
        for row in reader:
            if len(row[at]) == 24:
                rows += 1
    else:
        with ThreadPoolExecutor(workers) as pool:
            pending = set()
            for batch in batches(reader):
                # Without a bound the whole file would wait in the pool's queue.
                if len(pending) >= 100:
                    done, pending = wait(pending, return_when=FIRST_COMPLETED)
                    rows += sum(future.result() for future in done)
                pending.add(pool.submit(work, batch))
                tasks += 1
            rows += sum(future.result() for future in pending)
print(json.dumps({"rows": rows, "tasks": tasks, "seconds": time.perf_counter() - start}))
