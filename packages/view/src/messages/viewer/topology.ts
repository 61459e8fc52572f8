/** Machines, cables, and what is on its way. */
export const en = {
  topologyPicture: 'Machines, cables and packets at this instant',
  onTheWay: 'On the way',
  moving: (from: string, to: string, packet: number) => `packet ${packet}: ${from} to ${to}`,
  lostHere: (reason: string, packet: number) => `packet ${packet} lost: ${reason}`,
  machinesTable: 'Machines and cables',
  cables: 'Cables',
  toMachine: (name: string) => `to ${name}`,
};

export const zh: typeof en = {
  topologyPicture: '此刻的机器、网线和分组',
  onTheWay: '路上的分组',
  moving: (from, to, packet) => `分组 ${packet}：${from} 到 ${to}`,
  lostHere: (reason, packet) => `分组 ${packet} 丢失：${reason}`,
  machinesTable: '机器与网线',
  cables: '网线',
  toMachine: (name) => `连到 ${name}`,
};
