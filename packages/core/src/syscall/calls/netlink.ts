/** rtnetlink(7) and sock_diag(7) as one call; changes need uid 0. */
import { E } from '../../base/errno.ts';
import type { CallTable } from '../call-table.ts';
import { listSockets } from '../socket-list.ts';

export const netlinkCalls = {
  netlink(kernel, thread, _call, request) {
    if ('get' in request) {
      const { network } = kernel;
      switch (request.get) {
        case 'links':
          return network.links();
        case 'addresses':
          return network.addresses();
        case 'routes':
          return network.routes();
        case 'route':
          return network.routeTo(request.to, request.from);
        case 'neighbours':
          return network.neighbours();
        case 'sockets':
          return listSockets(kernel);
        default:
          return E.EOPNOTSUPP;
      }
    }
    return thread.process.uid === 0 ? kernel.network.change(request) : E.EPERM;
  },
} satisfies Partial<CallTable>;
