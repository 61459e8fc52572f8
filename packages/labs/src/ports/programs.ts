/** Programs of the lab: one binds what it is told to and says what came of it, one holds several ports open. */
import { encodeUtf8 } from '@netarium/core/base/utf8.ts';
import type { Program } from '@netarium/core/syscall/sys.ts';

/** bind-port PORT: prints the port that it got, or the errno. */
export const bindPort: Program = async (sys, argv) => {
  const fd = await sys.socket('inet', 'stream');
  let line: string;
  try {
    await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: Number(argv[1]) });
    const name = await sys.getsockname(fd);
    line = `bound ${name.family === 'inet' ? name.port : '?'}`;
  } catch (error) {
    line = (error as { code?: string }).code ?? String(error);
  }
  await sys.write(1, encodeUtf8(`${line}\n`));
  return 0;
};

/** hold-ports PORT...: listens on every port until it is told to end. */
export const holdPorts: Program = async (sys, argv) => {
  for (const port of argv.slice(1)) {
    const fd = await sys.socket('inet', 'stream');
    await sys.bind(fd, { family: 'inet', address: '0.0.0.0', port: Number(port) });
    await sys.listen(fd, 5);
  }
  await sys.pause();
  return 0;
};
