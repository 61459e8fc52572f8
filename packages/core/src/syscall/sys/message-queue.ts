/** POSIX message queues: mq_open(3), mq_send(3), mq_receive(3). Names are `/something`. `timeoutNs` negative or absent: no time limit. */
export interface MessageQueueOptions {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly nonblock?: boolean;
  readonly mode?: number;
  /** Of a queue that this call makes: 10 messages of 8,192 bytes unless given. */
  readonly maxmsg?: number;
  readonly msgsize?: number;
}

export interface MessageQueueAttributes {
  readonly maxmsg: number;
  readonly msgsize: number;
  /** Messages in it now. */
  readonly curmsgs: number;
}

export interface MessageQueueCalls {
  /** A descriptor. ENOENT, EEXIST, EACCES, EINVAL (name, sizes), EMFILE. */
  mq_open(name: string, options: MessageQueueOptions): Promise<number>;
  /** Waits for room. EMSGSIZE, EAGAIN, ETIMEDOUT, EINVAL (priority). */
  mq_send(mqd: number, data: Uint8Array, priority: number, timeoutNs?: number): Promise<void>;
  /** The oldest message of the highest priority. EMSGSIZE where `length` is less than the queue's message size. */
  mq_receive(
    mqd: number,
    length: number,
    timeoutNs?: number,
  ): Promise<{ readonly data: Uint8Array; readonly priority: number }>;
  mq_getattr(mqd: number): Promise<MessageQueueAttributes>;
  /** Takes the name away; the queue goes with its last descriptor. */
  mq_unlink(name: string): Promise<void>;
}
