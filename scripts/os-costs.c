/*
 * Measures what the operating system's own work costs on this machine, in nanoseconds, and prints it as the `cpu: { costs: ... }` of a Netarium host.
 * Each figure is the median of several rounds; the load of the machine counts in, so run it on an idle one.
 *
 *   cc -O2 -pthread -o os-costs scripts/os-costs.c && ./os-costs
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 9 };

static int64_t now_ns(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

static int by_value(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return x < y ? -1 : x > y;
}

/* The median of ROUNDS runs of `once`, each of which answers nanoseconds per operation. */
static int64_t median(int64_t (*once)(void)) {
  int64_t samples[ROUNDS];
  for (int i = 0; i < ROUNDS; i++) samples[i] = once();
  qsort(samples, ROUNDS, sizeof samples[0], by_value);
  return samples[ROUNDS / 2];
}

static void pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  sched_setaffinity(0, sizeof set, &set);
}

static void unpin(void) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int core = 0; core < sysconf(_SC_NPROCESSORS_ONLN); core++) CPU_SET(core, &set);
  sched_setaffinity(0, sizeof set, &set);
}

/* getpid(2), which does nothing but enter the kernel and come back. */
static int64_t system_call(void) {
  enum { COUNT = 200000 };
  int64_t from = now_ns();
  for (int i = 0; i < COUNT; i++) syscall(SYS_getpid);
  return (now_ns() - from) / COUNT;
}

static _Atomic long cell;

static int64_t atomic_add(void) {
  enum { COUNT = 2000000 };
  int64_t from = now_ns();
  for (int i = 0; i < COUNT; i++) atomic_fetch_add(&cell, 1);
  return (now_ns() - from) / COUNT;
}

static int forth[2], back[2];

static void *answer(void *unused) {
  char byte;
  while (read(forth[0], &byte, 1) == 1)
    if (write(back[1], &byte, 1) != 1) break;
  return unused;
}

enum { TURNS = 20000 };

/* A byte goes there and back: two switches and four calls; the calls are taken off by the caller. */
static int64_t ping_pong(void) {
  char byte = 1;
  int64_t from = now_ns();
  for (int i = 0; i < TURNS; i++)
    if (write(forth[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1) exit(1);
  return (now_ns() - from) / (2 * TURNS);
}

static void open_pipes(void) {
  if (pipe(forth) != 0 || pipe(back) != 0) exit(1);
}

static void close_pipes(void) {
  close(forth[0]);
  close(back[0]);
  close(back[1]);
}

/* Between threads of one process on one core. */
static int64_t thread_switch(void) {
  pthread_t other;
  open_pipes();
  pin(0);
  pthread_create(&other, NULL, answer, NULL);
  int64_t ns = ping_pong();
  close(forth[1]);
  pthread_join(other, NULL);
  close_pipes();
  unpin();
  return ns;
}

/* Between processes on one core: page tables change as well. */
static int64_t process_switch(void) {
  open_pipes();
  pin(0);
  pid_t child = fork();
  if (child == 0) {
    close(forth[1]);
    answer(NULL);
    _exit(0);
  }
  int64_t ns = ping_pong();
  close(forth[1]);
  waitpid(child, NULL, 0);
  close_pipes();
  unpin();
  return ns;
}

/* A pipe written and read by one thread: what ping_pong costs without its switches. */
static int64_t pipe_calls(void) {
  char byte = 1;
  int own[2];
  if (pipe(own) != 0) exit(1);
  int64_t from = now_ns();
  for (int i = 0; i < TURNS; i++)
    if (write(own[1], &byte, 1) != 1 || read(own[0], &byte, 1) != 1) exit(1);
  int64_t ns = (now_ns() - from) / TURNS;
  close(own[0]);
  close(own[1]);
  return ns;
}

static void *nothing(void *unused) { return unused; }

static int64_t new_thread(void) {
  enum { COUNT = 500 };
  int64_t from = now_ns();
  for (int i = 0; i < COUNT; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, nothing, NULL);
    pthread_join(thread, NULL);
  }
  return (now_ns() - from) / COUNT;
}

static int64_t new_process(void) {
  enum { COUNT = 200 };
  int64_t from = now_ns();
  for (int i = 0; i < COUNT; i++) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, NULL, 0);
  }
  return (now_ns() - from) / COUNT;
}

static int64_t new_program(void) {
  enum { COUNT = 50 };
  int64_t from = now_ns();
  for (volatile int i = 0; i < COUNT; i++) {
    pid_t child = vfork();
    if (child == 0) {
      execl("/bin/true", "true", (char *)NULL);
      _exit(127);
    }
    waitpid(child, NULL, 0);
  }
  return (now_ns() - from) / COUNT;
}

static _Atomic int word;
static _Atomic int64_t woken_at;

static void *sleeper(void *unused) {
  while (atomic_load(&word) == 0) syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
  atomic_store(&woken_at, now_ns());
  return unused;
}

/* From FUTEX_WAKE until the sleeper runs, on another core where there is one. */
static int64_t wake_up(void) {
  enum { COUNT = 40 };
  int64_t sum = 0;
  for (int i = 0; i < COUNT; i++) {
    pthread_t thread;
    struct timespec asleep = {.tv_nsec = 2000000};
    atomic_store(&word, 0);
    pthread_create(&thread, NULL, sleeper, NULL);
    nanosleep(&asleep, NULL);
    int64_t from = now_ns();
    atomic_store(&word, 1);
    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    pthread_join(thread, NULL);
    sum += atomic_load(&woken_at) - from;
  }
  return sum / COUNT;
}

static int64_t at_least(int64_t ns, int64_t least) { return ns < least ? least : ns; }

int main(void) {
  int64_t calls = median(pipe_calls);
  int64_t threads = median(thread_switch), processes = median(process_switch);
  printf("{\n");
  printf("  \"syscallNs\": %lld,\n", (long long)median(system_call));
  printf("  \"cellNs\": %lld,\n", (long long)median(atomic_add));
  printf("  \"contextSwitchNs\": %lld,\n", (long long)at_least(threads - calls, 0));
  printf("  \"pageTableSwitchNs\": %lld,\n", (long long)at_least(processes - threads, 0));
  printf("  \"threadNs\": %lld,\n", (long long)median(new_thread));
  printf("  \"forkNs\": %lld,\n", (long long)median(new_process));
  printf("  \"spawnNs\": %lld,\n", (long long)median(new_program));
  printf("  \"wakeUpNs\": %lld\n", (long long)median(wake_up));
  printf("}\n");
  return 0;
}
