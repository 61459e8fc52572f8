/** The echo of every book: a server that sends back in capitals what it gets, one client after another, and a client that asks and prints. */
import { decodeUtf8, encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';

/** echo-server PORT */
export const server: Program = async (sys, argv) => {
  const fd = await sys.socket('inet', 'stream');
  await sys.setsockopt(fd, 'socket', 'SO_REUSEADDR', 1);
  await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: Number(argv[1]) });
  await sys.listen(fd, 5);
  for (;;) {
    const { fd: client } = await sys.accept(fd);
    for (;;) {
      const data = await sys.recv(client, 1024);
      if (data.length === 0) break;
      await sys.send(client, encodeUtf8(decodeUtf8(data).toUpperCase()));
    }
    await sys.close(client);
  }
};

/** echo-client ADDRESS PORT WORD...: sends each word and prints the answer. */
export const client: Program = async (sys, argv) => {
  const [, address, port, ...words] = argv;
  const fd = await sys.socket('inet', 'stream');
  try {
    await sys.connect(fd, { family: 'inet', address: address!, port: Number(port) });
  } catch (error) {
    await sys.write(1, encodeUtf8(`${(error as { code?: string }).code}\n`));
    return 1;
  }
  for (const word of words) {
    await sys.send(fd, encodeUtf8(word));
    await sys.write(1, encodeUtf8(`${decodeUtf8(await sys.recv(fd, 1024))}\n`));
  }
  await sys.close(fd);
  return 0;
};
