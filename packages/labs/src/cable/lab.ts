/** A cable and its cards: rate, delay, loss, MTU, a card that is down, and a cable that is pulled out. */
import { cable, host, lab, param } from '@netarium/core/check/lab.ts';
import type { LabContext } from '@netarium/core/check/lab-context.ts';

const BOB = '10.0.1.2';
/** Bytes of an echo request of 56 and of 1472 bytes as a frame. */
const SMALL = 98;
const LARGE = 1514;
type Context = LabContext<'ann' | 'bob'>;

export default lab({
  id: 'cable',
  title: { en: 'The cable and the card', zh: '线缆与网卡' },
  text: {
    en: 'One cable between two hosts. Its rate and delay are measured from frames, it loses some, the MTU bounds them, a card is switched off, and in the end somebody pulls the plug in the middle of the traffic.',
    zh: '两台主机之间的一根线缆。从帧的时刻量出速率和时延，它会丢帧，MTU 限制帧长，网卡被关闭，最后有人在传输途中拔掉插头。',
  },
  params: {
    rate: { default: '100Mbit', text: { en: 'Rate of the cable', zh: '线缆速率' } },
    delay: { default: '1ms', text: { en: 'Delay of the cable', zh: '线缆时延' } },
    loss: { default: '20%', text: { en: 'Loss on the second cable', zh: '第二根线缆的丢包率' } },
    mtu: { default: 1500, min: 576, max: 9000, text: { en: 'MTU of the cards', zh: '网卡的 MTU' } },
    down: { default: true, text: { en: 'Ann’s card is switched off', zh: '是否关闭 Ann 的网卡' } },
    cut: { default: true, text: { en: 'The cable is pulled out', zh: '是否拔掉线缆' } },
  },
  machines: {
    ann: host({ eth0: { address: '10.0.1.1/24', mtu: param('mtu') }, eth1: '10.0.2.1/24' }),
    bob: host({ eth0: { address: '10.0.1.2/24', mtu: param('mtu') }, eth1: '10.0.2.2/24' }),
  },
  cables: [
    cable('ann.eth0', 'bob.eth0', { name: 'good', rate: param('rate'), delay: param('delay') }),
    cable('ann.eth1', 'bob.eth1', { name: 'lossy', rate: '100Mbit', delay: '1ms', forward: { loss: param('loss') } }),
  ],
  checks: {
    rate: {
      text: {
        en: '1416 bytes more take 113.28 us more at 100 Mbit/s',
        zh: '100 Mbit/s 时多 1416 字节就多用 113.28 微秒',
      },
      row: 20,
      clause: 1,
    },
    delay: {
      text: { en: 'A frame arrives 1 ms after its last bit was sent', zh: '最后一个比特发出 1 毫秒后帧才到达' },
      row: 20,
      clause: 2,
    },
    loss: {
      text: { en: 'The lossy cable loses frames, and says which', zh: '有损线缆丢帧，并说明丢了哪些' },
      row: 20,
      clause: 3,
    },
    mtu: {
      text: { en: '1500 bytes go in one packet, 1501 do not', zh: '1500 字节能装进一个分组，1501 字节不能' },
      row: 20,
      clause: 4,
    },
    down: {
      text: { en: 'A card that is down neither sends nor receives', zh: '关闭的网卡既不发送也不接收' },
      row: 20,
      clause: 5,
    },
    'no-carrier': {
      text: { en: 'Both ends show NO-CARRIER once the cable is out', zh: '拔掉线缆后两端都显示 NO-CARRIER' },
      row: 20,
      clause: 6,
    },
    instant: {
      text: {
        en: 'From that instant on nothing arrives, not even what was on its way',
        zh: '从那一刻起什么都不再到达，包括途中的帧',
      },
      row: 20,
      clause: 7,
    },
  },
  counterRuns: {
    slow: { set: { rate: '10Mbit' }, flips: ['rate'], text: { en: 'A slower cable.', zh: '更慢的线缆。' } },
    long: { set: { delay: '2ms' }, flips: ['delay'], text: { en: 'A longer cable.', zh: '更长的线缆。' } },
    lossless: {
      set: { loss: '0%' },
      flips: ['loss'],
      text: { en: 'A cable that loses nothing.', zh: '不丢帧的线缆。' },
    },
    jumbo: { set: { mtu: 9000 }, flips: ['mtu'], text: { en: 'Cards for jumbo frames.', zh: '支持巨帧的网卡。' } },
    up: { set: { down: false }, flips: ['down'], text: { en: 'The card stays on.', zh: '网卡保持开启。' } },
    plugged: {
      set: { cut: false },
      flips: ['no-carrier', 'instant'],
      text: { en: 'Nobody pulls the plug.', zh: '没人拔插头。' },
    },
  },
  async script(context) {
    await timing(context);
    await losing(context);
    await bound(context);
    await switchedOff(context);
    await pulled(context);
  },
});

/** Nanoseconds from Ann's card to Bob's for the last echo request of a length. */
function travel({ seen }: Context, length: number): number {
  const filter = `icmp.type == 8 && frame.len == ${length}`;
  const [out, arrived] = [seen(filter, 'ann.eth0').last, seen(filter, 'bob.eth0').last];
  return out === undefined || arrived === undefined ? -1 : arrived.atNs - out.atNs;
}

async function timing(context: Context): Promise<void> {
  const { ann, check, seen, say } = context;
  await ann.sh(`ping -c 1 ${BOB}; ping -c 1 -s 1472 ${BOB}`);
  const [small, large] = [travel(context, SMALL), travel(context, LARGE)];
  say({
    en: `${SMALL} bytes take ${small} ns to arrive, ${LARGE} bytes ${large} ns`,
    zh: `${SMALL} 字节用 ${small} 纳秒到达，${LARGE} 字节用 ${large} 纳秒`,
  });
  check(
    'rate',
    () => ({ met: large - small === (LARGE - SMALL) * 80, saw: `${large - small} ns more` }),
    seen('icmp', 'bob.eth0').last,
  );
  // The time per byte follows from the two lengths; preamble, gap and check sequence are 24 bytes more.
  const perByte = (large - small) / (LARGE - SMALL);
  const delay = Math.round(small - (SMALL + 24) * perByte);
  check('delay', () => ({ met: Math.abs(delay - 1_000_000) <= 1, saw: `${delay} ns` }), seen('icmp', 'bob.eth0').first);
}

async function losing({ ann, check, seen, events, say }: Context): Promise<void> {
  await ann.sh('ping -c 50 -i 0.05 -W 1 10.0.2.2');
  const sent = seen('icmp.type == 8', 'ann.eth1').count;
  const arrived = seen('icmp.type == 8', 'bob.eth1').count;
  const drops = events('frame.drop').filter(({ values }) => values.reason === 'lost');
  say({
    en: `${sent} sent, ${arrived} arrived, ${drops.length} frames lost`,
    zh: `发送 ${sent} 个，到达 ${arrived} 个，丢失 ${drops.length} 帧`,
  });
  check('loss', () => ({
    met: sent === 50 && arrived < sent && drops.length >= sent - arrived,
    ...(drops[0] === undefined ? {} : { atNs: drops[0].at, packet: drops[0].values.packet }),
    saw: `${sent - arrived} of ${sent} lost`,
  }));
}

async function bound({ ann, check, seen }: Context): Promise<void> {
  const fits = await ann.sh(`ping -c 1 -M do -s 1472 ${BOB}`);
  const tooLong = await ann.sh(`ping -c 1 -W 1 -M do -s 1473 ${BOB}`);
  const said = `${tooLong.stdout}${tooLong.stderr}`;
  check(
    'mtu',
    () => ({
      met: fits.status === 0 && tooLong.status !== 0 && /[Mm]essage too long/.test(said),
      saw: said.trim().split('\n').at(-1) ?? '',
    }),
    seen('frame.len == 1514', 'bob.eth0').last,
  );
}

async function switchedOff({ ann, bob, params, check, seen, say }: Context): Promise<void> {
  if (params.down === true) {
    say({ en: 'Ann switches her card off', zh: 'Ann 关闭网卡' });
    await ann.sh('ip link set eth0 down');
  }
  const before = seen('frame', 'ann.eth0').count;
  const out = await ann.sh(`ping -c 1 -W 1 ${BOB}`);
  const back = await bob.sh('ping -c 1 -W 1 10.0.1.1');
  const passed = seen('frame', 'ann.eth0').count - before;
  check('down', () => ({
    met: out.status !== 0 && back.status !== 0 && passed === 0,
    saw: `${passed} frames passed Ann's card`,
  }));
  await ann.sh('ip link set eth0 up');
}

async function pulled(context: Context): Promise<void> {
  const { ann, bob, params, check, seen, events, sleep, say, cable: wire } = context;
  await ann.sh(`ping -c 1 ${BOB}`);
  const flow = ann.start(`ping -c 100 -i 0.002 ${BOB}`);
  // Long enough for a request to be half way when the plug is pulled.
  await sleep('30ms');
  await sleep(700_000);
  const cutNs = context.now;
  if (params.cut === true) {
    say({ en: 'The plug is pulled', zh: '插头被拔掉' });
    wire('good').cut();
  }
  const [atAnn, atBob] = [await ann.sh('ip link show eth0'), await bob.sh('ip link show eth0')];
  check('no-carrier', () => ({
    met: atAnn.stdout.includes('NO-CARRIER') && atBob.stdout.includes('NO-CARRIER'),
    saw: `${atAnn.stdout.split('>')[0]}>, ${atBob.stdout.split('>')[0]}>`,
  }));
  await sleep('500ms');
  flow.kill('SIGINT');
  await flow.wait();
  const late = seen('icmp', 'bob.eth0').packets.filter((p) => p.direction === 'in' && p.atNs > cutNs);
  const inFlight = events('frame.drop').filter(({ values }) => values.reason === 'cut-in-flight');
  check('instant', () => ({
    met: late.length === 0 && inFlight.length > 0,
    atNs: cutNs,
    saw: `${late.length} frames arrived later, ${inFlight.length} were lost on the way`,
  }));
}
