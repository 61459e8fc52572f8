/** Curves, and why a congestion window falls. */
export const en = {
  noCurves: 'This run has no curves.',
  plotKinds: {
    cwnd: 'Congestion window',
    rtt: 'Round-trip time (ms); dots: single samples',
    goodput: 'Goodput; thin: throughput (Mbit/s)',
    queue: 'Queue',
  },
  plotTime: 'seconds',
  throughput: 'throughput',
  plotSamples: 'samples',
  queueDrops: (count: number) => (count === 1 ? 'one frame dropped' : `${count} frames dropped`),
  sequence: {
    title: 'Sequence numbers (Stevens), relative bytes',
    which: 'Connection and direction',
    parts: {
      data: 'sent',
      again: 'R sent again',
      lost: '✕ lost',
      acks: 'acknowledged',
      window: 'window’s edge',
      sack: 'SACK',
    },
    now: (sent: string, acked: string, edge: string) =>
      `Sent up to ${sent}, acknowledged up to ${acked}, window up to ${edge}.`,
  },
  curve: 'Curve',
  curveNow: 'Value at this instant',
  falls: 'Where a congestion window falls',
  fall: (from: string, to: string) => `cwnd ${from} → ${to}`,
  duplicateAcks: (count: number) =>
    count === 1 ? 'One duplicate ACK came before:' : `${count} duplicate ACKs came before:`,
  noDuplicateAcks: 'No duplicate ACK came before.',
};

export const zh: typeof en = {
  noCurves: '这次运行没有曲线。',
  plotKinds: {
    cwnd: '拥塞窗口 cwnd',
    rtt: '往返时间 RTT（毫秒）；点：各次采样',
    goodput: '有效吞吐 goodput；细线：吞吐 throughput（Mbit/s）',
    queue: '队列',
  },
  plotTime: '秒',
  throughput: '吞吐 throughput',
  plotSamples: '采样',
  queueDrops: (count) => `丢弃 ${count} 帧`,
  sequence: {
    title: '序号（Stevens 图），相对字节',
    which: '连接和方向',
    parts: {
      data: '发出',
      again: 'R 重传',
      lost: '✕ 丢失',
      acks: '已确认',
      window: '窗口右边沿',
      sack: '选择确认 SACK',
    },
    now: (sent, acked, edge) => `已发送到 ${sent}，已确认到 ${acked}，窗口到 ${edge}。`,
  },
  curve: '曲线',
  curveNow: '此刻的值',
  falls: '拥塞窗口下降的地方',
  fall: (from, to) => `cwnd ${from} → ${to}`,
  duplicateAcks: (count) => `此前到达 ${count} 个重复 ACK：`,
  noDuplicateAcks: '此前没有重复 ACK。',
};
