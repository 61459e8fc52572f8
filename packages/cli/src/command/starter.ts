/** The labs that `netarium new` writes: the same small network twice, in TypeScript and in YAML. */

export const starterModule = `import { cable, host, lab, nth, param, router } from 'netarium';

// Two networks and a router between them. Run it with another parameter:  netarium run my-lab.ts --set lost=0
export default lab({
  id: 'my-lab',
  title: { en: 'My first lab', zh: '我的第一个实验' },
  params: {
    lost: { default: 2, min: 0, max: 100, text: { en: 'ping that is lost; 0: none', zh: '丢失第几个 ping；0 表示不丢' } },
    delay: { default: '10ms' },
  },
  machines: {
    laptop: host({ eth0: '10.0.1.2/24', gateway: '10.0.1.1' }),
    gw: router({ eth0: '10.0.1.1/24', eth1: '10.0.2.1/24' }),
    web: host({ eth0: '10.0.2.2/24', gateway: '10.0.2.1' }),
  },
  cables: [
    cable('laptop', 'gw', { rate: '100Mbit', delay: param('delay') }),
    cable('gw', 'web', { rate: '10Mbit', delay: param('delay'), forward: { drop: nth('lost', 'icmp.type == 8') } }),
  ],
  checks: {
    answered: { text: { en: 'the other pings are answered', zh: '其余的 ping 都有应答' } },
    ttl: { text: { en: 'the router took one from the TTL', zh: '路由器把 TTL 减了一' } },
  },
  async script({ laptop, check, seen, say, params }) {
    say({ en: 'laptop pings web, three times', zh: 'laptop 向 web 发三个 ping' });
    const ping = await laptop.sh('ping -c 3 10.0.2.2');
    say({ en: ping.stdout, zh: ping.stdout });
    const lost = Number(params.lost) >= 1 && Number(params.lost) <= 3 ? 1 : 0;
    const answers = seen('icmp.type == 0', 'laptop.eth0');
    check('answered', () => answers.count === 3 - lost, answers.last);
    const request = seen('icmp.type == 8', 'web.eth0').first;
    check('ttl', () => request?.field('ip.ttl') === 63, request);
  },
});
`;

export const starterYaml = `# Two networks and a router between them. Run it with another parameter:  netarium run my-lab.yaml --set lost=0
id: my-lab
title: { en: My first lab, zh: 我的第一个实验 }
params:
  lost: { default: 2, min: 0, max: 100, text: { en: "ping that is lost; 0: none", zh: 丢失第几个 ping；0 表示不丢 } }
  delay: { default: 10ms }
machines:
  laptop: !host { eth0: 10.0.1.2/24, gateway: 10.0.1.1 }
  gw: !router { eth0: 10.0.1.1/24, eth1: 10.0.2.1/24 }
  web: !host { eth0: 10.0.2.2/24, gateway: 10.0.2.1 }
cables:
  - !cable [laptop, gw, { rate: 100Mbit, delay: !param delay }]
  - !cable [gw, web, { rate: 10Mbit, delay: !param delay, forward: { drop: !nth { frames: lost, matching: icmp.type == 8 } } }]
steps:
  - say: { en: "laptop pings web, three times", zh: laptop 向 web 发三个 ping }
  - laptop: ping -c 3 10.0.2.2
    as: ping
checks:
  answered:
    text: { en: at least two pings are answered, zh: 至少两个 ping 有应答 }
    seen: icmp.type == 0
    on: laptop.eth0
    count: { min: 2 }
  summary:
    text: { en: ping prints its summary, zh: ping 打印了统计 }
    stdout: ping
    contains: 3 packets transmitted
`;
