/** Predict-first: waiting for input and output (area A6). */
import { byCheck, byStory, one, type QuizItem, storyEvidence, text } from './quiz.ts';

export const waitingItems: readonly QuizItem[] = [
  {
    id: 'state-of-a-reader',
    rows: [46, 54],
    lab: 'blocking-io',
    samples: ['thread.state'],
    question: text(
      'A program calls recv() on a blocking socket; the peer will speak in 200 ms. In which state is its thread meanwhile?',
      '程序在阻塞套接字上调用 recv()，对端 200 毫秒后才发数据。这期间它的线程处于什么状态？',
    ),
    task: one({
      blocked: ['asleep, without a core', '睡眠，不占 CPU'],
      running: ['running: it asks again and again', '运行：反复询问'],
      ready: ['ready, waiting for a core', '就绪，等 CPU'],
    }),
    decide: ({ run, events }) => {
      const states = events('thread.state').filter(({ host }) => host === 'client');
      const asleep = states.find(({ values }) => values.state === 'blocked' && values.waits.startsWith('recv'));
      const wake =
        asleep === undefined
          ? undefined
          : states.find(
              ({ at, values }) => at > asleep.at && values.tid === asleep.values.tid && values.state === 'running',
            );
      const worked = run.story.find(({ text: { en } }) => en.includes('calls were for nothing'));
      if (asleep === undefined)
        return { answer: ['running'], evidence: worked === undefined ? [] : [storyEvidence(worked)] };
      const { process, tid, waits, fromNs } = asleep.values;
      const from = {
        atNs: fromNs,
        text: { en: `${process}/${tid}: blocked in ${waits}`, zh: `${process}/${tid}：阻塞在 ${waits}` },
      };
      const to =
        wake === undefined
          ? []
          : [
              {
                atNs: wake.values.fromNs,
                text: { en: `${process}/${tid}: running again`, zh: `${process}/${tid}：恢复运行` },
              },
            ];
      return { answer: ['blocked'], evidence: [from, ...to] };
    },
    why: text(
      'It sleeps in the kernel and is woken when the segment comes; the core is free for others.',
      '它睡在内核里，报文段到达时被唤醒；CPU 可以给别人用。',
    ),
    expected: ['blocked'],
    otherwise: { set: { first: 'nonblocking' }, expected: ['running'] },
  },
  {
    id: 'eagain',
    rows: [47, 54],
    lab: 'blocking-io',
    question: text(
      'On a non-blocking socket recv() finds no data yet. What does it say?',
      '非阻塞套接字上 recv() 时还没有数据，它返回什么？',
    ),
    task: one({
      EAGAIN: ['EAGAIN', 'EAGAIN'],
      empty: ['zero bytes', '零字节'],
      sleeps: ['nothing yet: it sleeps', '不返回：睡眠等待'],
    }),
    decide: (run) => {
      const found = run.story(/^Its answers, in order: (\S+),/)[0];
      if (found !== undefined)
        return { answer: [found.groups[0] === 'EAGAIN' ? 'EAGAIN' : 'sleeps'], evidence: [storyEvidence(found.line)] };
      return { answer: ['sleeps'], evidence: run.story(/slept/).map(({ line }) => storyEvidence(line)) };
    },
    why: text(
      'EAGAIN is "not yet"; zero bytes are the end of the stream. To mix them up is a classic fault.',
      'EAGAIN 表示“还没有”，零字节表示对端已关闭。混淆两者是典型错误。',
    ),
    expected: ['EAGAIN'],
    otherwise: { set: { second: 'blocking' }, expected: ['sleeps'] },
  },
  {
    id: 'epoll-looks',
    rows: [48, 51, 52, 53],
    lab: 'multiplexing',
    set: { clients: 100 },
    question: text(
      'A server has 100 connections; at each wake-up a few are ready. How many descriptors does epoll look at?',
      '服务器有 100 条连接，每次醒来只有少数就绪。epoll 要检查多少个描述符？',
    ),
    task: one({ ready: ['those on its ready list', '只看就绪链表上的'], all: ['all, at each look', '每次都看全部'] }),
    decide: byCheck('epoll', 'ready', 'all', /descriptors looked at/),
    why: text(
      'select and poll walk over all descriptors at every call; epoll is told by wake-ups which ones to look at (epoll(7)).',
      'select 和 poll 每次遍历全部描述符；epoll 由唤醒得知该看哪些（epoll(7)）。',
    ),
    expected: ['ready'],
    otherwise: { set: { clients: 100, third: 'poll' }, expected: ['all'] },
  },
  {
    id: 'select-limit',
    rows: [51, 52],
    lab: 'select-and-poll',
    question: text(
      'A program watches one descriptor only, and its number is 5000. Does select() take it?',
      '程序只监视一个描述符，编号是 5000。select() 能用吗？',
    ),
    task: one({ EINVAL: ['no: an error', '不能：出错'], ok: ['yes', '能'] }),
    decide: byStory(/^select \d{3,}: (\S+)/, ([result]) => (result === 'EINVAL' ? 'EINVAL' : 'ok'), 'last'),
    why: text(
      'Its sets are bit maps of FD_SETSIZE, 1024: the number counts, not how many. Here it is EINVAL, as POSIX has it; with glibc FD_SET beyond the set is undefined behaviour, CPython raises ValueError (select(2)). poll has no such limit.',
      '它的集合是 FD_SETSIZE（1024）位的位图：看的是编号而不是个数。这里按 POSIX 返回 EINVAL；glibc 里越界的 FD_SET 是未定义行为，CPython 则抛 ValueError（select(2)）。poll 没有这个限制。',
    ),
    expected: ['EINVAL'],
    otherwise: { set: { number: 1023 }, expected: ['ok'] },
  },
  {
    id: 'edge-triggered-rest',
    rows: [53],
    lab: 'edge-triggered',
    question: text(
      'Ten bytes arrive at an edge-triggered descriptor. The reader takes 4 and calls epoll_wait again. What happens?',
      '边缘触发的描述符收到十个字节。程序读走 4 个后再次调用 epoll_wait，会怎样？',
    ),
    task: one({
      sleeps: ['it sleeps, six bytes stay unread', '睡下去，六个字节没人读'],
      told: ['it is told again at once', '立刻再次通知'],
    }),
    decide: byCheck('forgotten', 'sleeps', 'told', /left \d+ bytes/),
    why: text(
      'An edge is told once, at the arrival. Read until EAGAIN, or use level-triggered (epoll(7)).',
      '边缘只在到达时通知一次。要读到 EAGAIN 为止，或用水平触发（epoll(7)）。',
    ),
    expected: ['sleeps'],
    otherwise: { set: { reads: 'drain' }, expected: ['told'] },
  },
  {
    id: 'sigio-copies',
    rows: [49],
    lab: 'signal-io',
    question: text(
      'Signal-driven I/O: when SIGIO arrives, where is the data?',
      '信号驱动 I/O：SIGIO 到来时，数据在哪里？',
    ),
    task: one({
      kernel: ['in the kernel; the program still has to recv it', '还在内核里，程序仍要 recv'],
      program: ['already in the program’s buffer', '已在程序的缓冲区里'],
    }),
    decide: byCheck('copy', 'kernel', 'program', /SIGIO|handler calls/),
    why: text(
      'The signal tells of readiness only; the copy is made by recv. Only asynchronous I/O reports a finished copy.',
      '信号只表示就绪，复制由 recv 完成。只有异步 I/O 通知的是复制已完成。',
    ),
    expected: ['kernel'],
    otherwise: { set: { handler: 'nothing' }, expected: ['program'] },
  },
  {
    id: 'completion',
    rows: [50, 54],
    lab: 'async-io',
    question: text(
      'Asynchronous I/O by io_uring: when the completion is seen, what does the buffer hold?',
      '用 io_uring 做异步 I/O：看到完成通知时，缓冲区里有什么？',
    ),
    task: one({
      filled: ['the data, without a recv', '已经是数据，不需要 recv'],
      empty: ['nothing yet; now recv has to be called', '还没有，现在要调用 recv'],
    }),
    decide: byCheck('filled', 'filled', 'empty', /completion/),
    why: text(
      'The kernel does the waiting and the copying; the program is told when all is done (io_uring(7)).',
      '等待和复制都由内核完成，做完才通知程序（io_uring(7)）。',
    ),
    expected: ['filled'],
    otherwise: { set: { by: 'recv' }, expected: ['empty'] },
  },
];
