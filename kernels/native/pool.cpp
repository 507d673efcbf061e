// The native thread pool. Workers spin for a while after a job, since the next one usually follows within microseconds,
// then sleep. Every thread has a share of the tasks, the same one each time a job of that size runs, so that data stays
// in its core's cache; it claims them from the front, and who has finished claims from the back of another's share. So
// a worker that is late, or never scheduled, is never waited for.
#include "../parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#if defined(_WIN32)
#include <malloc.h>
#else
#include <signal.h>
#include <unistd.h>
#endif
#if defined(__linux__)
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#endif

namespace {

constexpr int SPINS_BEFORE_SLEEP = 4000;
constexpr int SPINS_BEFORE_YIELD = 2000;
constexpr size_t CACHE_LINES = 128;  // two lines: neighbours are fetched in pairs
constexpr idx MAX_UNITS = 0xffff;  // what a share counts; a unit is one task unless there are more than this

struct Job {
  void (*task)(void*, idx, int);
  void* context;
  idx count, unit;
};

// Written by the caller before it publishes the shares, and again only after all tasks are done; a worker reads it only
// between claiming a unit and reporting it done.
Job job;
// The units of a thread's share that nobody claimed yet, [first, end), and the job's number: one compare-and-swap of the
// word claims a unit and proves that the job is still the current one. Eight shares in a line, as all are scanned.
alignas(CACHE_LINES) uint64_t shares[MAX_THREADS];
int share_count;
alignas(CACHE_LINES) uint32_t generation;  // the job's number again, as the word to sleep on
alignas(CACHE_LINES) idx done;
alignas(CACHE_LINES) int sleepers;
alignas(CACHE_LINES) int busy;  // held by the thread whose job runs, and while threads start or stop

int wanted_threads;  // 0 until asked for or first used
int running_workers;
bool stopping;
pthread_t workers[MAX_THREADS];

__thread int this_thread;
__thread void* this_workspace;
pthread_key_t workspace_key;

inline void pause_cpu() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

void flush_denormals() {
#if defined(__x86_64__)
  __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040);
#elif defined(__aarch64__)
  uint64_t mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  __asm__ volatile("msr fpcr, %0" ::"r"(mode | (uint64_t{1} << 24)));
#endif
}

#if defined(__linux__)
void sleep_while(uint32_t seen) { syscall(SYS_futex, &generation, FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0); }
void wake(int count) {
  syscall(SYS_futex, &generation, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}
void reset_sleep() {}
#else
pthread_mutex_t sleep_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t sleep_condition = PTHREAD_COND_INITIALIZER;
void sleep_while(uint32_t seen) {
  pthread_mutex_lock(&sleep_mutex);
  while (__atomic_load_n(&generation, __ATOMIC_SEQ_CST) == seen) pthread_cond_wait(&sleep_condition, &sleep_mutex);
  pthread_mutex_unlock(&sleep_mutex);
}
void wake(int) {
  pthread_mutex_lock(&sleep_mutex);
  pthread_cond_broadcast(&sleep_condition);
  pthread_mutex_unlock(&sleep_mutex);
}
void reset_sleep() {
  sleep_mutex = PTHREAD_MUTEX_INITIALIZER;
  sleep_condition = PTHREAD_COND_INITIALIZER;
}
#endif

struct Share {
  uint32_t number;
  uint32_t first, end;

  explicit Share(uint64_t word)
      : number(static_cast<uint32_t>(word >> 32)), first(word >> 16 & MAX_UNITS), end(word & MAX_UNITS) {}
  Share(uint32_t number, idx first, idx end)
      : number(number), first(static_cast<uint32_t>(first)), end(static_cast<uint32_t>(end)) {}
  uint64_t word() const { return static_cast<uint64_t>(number) << 32 | first << 16 | end; }
};

/** Runs all units of one share that are left, from the front or from the back; false if the job is over. */
bool run_share(uint64_t* word, uint32_t number, int thread, bool own) {
  uint64_t seen = __atomic_load_n(word, __ATOMIC_ACQUIRE);
  for (;;) {
    Share share(seen);
    if (share.number != number) return false;
    if (share.first == share.end) return true;
    const idx unit = own ? share.first++ : --share.end;
    if (!__atomic_compare_exchange_n(word, &seen, share.word(), true, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) continue;
    const idx begin = unit * job.unit, end = begin + job.unit < job.count ? begin + job.unit : job.count;
    for (idx i = begin; i < end; i++) job.task(job.context, i, thread);
    __atomic_fetch_add(&done, end - begin, __ATOMIC_RELEASE);
    seen = __atomic_load_n(word, __ATOMIC_ACQUIRE);
  }
}

/** Runs tasks of job `number` until none is left: this thread's share, then the others'. */
void run_tasks(uint32_t number, int thread) {
  const int count = __atomic_load_n(&share_count, __ATOMIC_RELAXED);
  for (int i = 0, share = thread; i < count; i++, share = share + 1 < count ? share + 1 : 0)
    if (!run_share(&shares[share], number, thread, i == 0)) return;
}

uint32_t wait_for_job(uint32_t seen) {
  for (int spins = 0;; spins++) {
    uint32_t current = __atomic_load_n(&generation, __ATOMIC_ACQUIRE);
    if (current != seen) return current;
    if (spins < SPINS_BEFORE_SLEEP) {
      pause_cpu();
      continue;
    }
    __atomic_fetch_add(&sleepers, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&generation, __ATOMIC_SEQ_CST) == seen) sleep_while(seen);
    __atomic_fetch_sub(&sleepers, 1, __ATOMIC_SEQ_CST);
    spins = 0;
  }
}

uint32_t first_seen;  // the generation when the workers start

void* worker(void* thread) {
  this_thread = static_cast<int>(reinterpret_cast<intptr_t>(thread));
  flush_denormals();
  for (uint32_t seen = first_seen;;) {
    seen = wait_for_job(seen);
    if (__atomic_load_n(&stopping, __ATOMIC_ACQUIRE)) return nullptr;
    run_tasks(seen, this_thread);
  }
}

/** Starts job `number` on at most `helpers` sleeping workers and on all that are awake. */
void publish(uint32_t number, int helpers) {
  __atomic_store_n(&generation, number, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&sleepers, __ATOMIC_SEQ_CST) > 0) wake(helpers);
}

bool try_acquire() {
  return !__atomic_load_n(&busy, __ATOMIC_RELAXED) && !__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE);
}
void release() { __atomic_store_n(&busy, 0, __ATOMIC_RELEASE); }

int available_cores() {
#if defined(__linux__)
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores) == 0) return CPU_COUNT(&cores);
#endif
#if defined(_WIN32)
  return pthread_num_processors_np();
#else
  return static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
#endif
}
int clamp_threads(int threads) { return threads < 1 ? 1 : threads > MAX_THREADS ? MAX_THREADS : threads; }

void start_workers() {
  if (wanted_threads == 0) wanted_threads = clamp_threads(available_cores());
  first_seen = generation;
#if !defined(_WIN32)
  sigset_t all, before;  // signals belong to the program's own threads
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
#endif
  while (running_workers + 1 < wanted_threads) {
    void* number = reinterpret_cast<void*>(static_cast<intptr_t>(running_workers + 1));
    if (pthread_create(&workers[running_workers], nullptr, worker, number) != 0) {
      wanted_threads = running_workers + 1;  // the system allows no more
      break;
    }
    running_workers++;
  }
#if !defined(_WIN32)
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
#endif
}

void stop_workers() {
  if (running_workers == 0) return;
  __atomic_store_n(&stopping, true, __ATOMIC_RELEASE);
  publish(generation + 1, MAX_THREADS);
  for (int i = 0; i < running_workers; i++) pthread_join(workers[i], nullptr);
  running_workers = 0;
  stopping = false;
}

// A forked child has no workers: it starts its own when it needs them.
[[maybe_unused]] void after_fork_in_child() {
  running_workers = 0;
  sleepers = 0;
  busy = 0;
  reset_sleep();
}

#if defined(_WIN32)
void* allocate_workspace() { return _aligned_malloc(WORKSPACE_BYTES, 4096); }
void free_workspace(void* memory) { _aligned_free(memory); }
#else
void* allocate_workspace() {
  void* memory = nullptr;
  if (posix_memalign(&memory, WORKSPACE_BYTES, WORKSPACE_BYTES) != 0) return nullptr;
#if defined(__linux__)
  madvise(memory, WORKSPACE_BYTES, MADV_HUGEPAGE);
#endif
  return memory;
}
void free_workspace(void* memory) { free(memory); }
#endif

__attribute__((constructor)) void load() {
  pthread_key_create(&workspace_key, free_workspace);
#if !defined(_WIN32)
  pthread_atfork(nullptr, nullptr, after_fork_in_child);
#endif
}
__attribute__((destructor)) void unload() {
  stop_workers();
  pthread_key_delete(workspace_key);
}

/** The tasks of a job, on the workers and on the caller, who holds the pool. */
void run_job(void (*task)(void*, idx, int), void* context, idx count) {
  const uint32_t number = generation + 1;
  const idx unit = (count + MAX_UNITS - 1) / MAX_UNITS, units = (count + unit - 1) / unit;
  job = {task, context, count, unit};
  __atomic_store_n(&done, 0, __ATOMIC_RELAXED);
  const int threads = running_workers + 1;
  __atomic_store_n(&share_count, threads, __ATOMIC_RELAXED);
  for (idx i = 0; i < threads; i++)
    __atomic_store_n(&shares[i], Share(number, units * i / threads, units * (i + 1) / threads).word(), __ATOMIC_RELEASE);
  publish(number, units < threads ? static_cast<int>(units) - 1 : running_workers);
  run_tasks(number, 0);
  for (int spins = 0; __atomic_load_n(&done, __ATOMIC_ACQUIRE) != count; spins++) {
    if (spins < SPINS_BEFORE_YIELD) pause_cpu();
    else sched_yield();  // a worker lost its core in the middle of a task
  }
}

}  // namespace

extern "C" void nabla_parallel(void (*task)(void*, idx, int), void* context, idx count) {
  if (count > 1 && try_acquire()) {
    if (running_workers + 1 != wanted_threads) start_workers();
    const bool threaded = running_workers > 0;
    if (threaded) run_job(task, context, count);
    release();
    if (threaded) return;
  }
  for (idx i = 0; i < count; i++) task(context, i, this_thread);
}

/** Every thread has its own, whichever number it runs under, so calls from two JavaScript threads do not meet. */
extern "C" void* nabla_workspace(int) {
  if (this_workspace) return this_workspace;
  void* const memory = allocate_workspace();
  if (!memory) abort();
  pthread_setspecific(workspace_key, memory);
  return this_workspace = memory;
}

/** How many threads run kernels, the caller's included; 0 means as many as there are cores. At most 64. */
extern "C" void nabla_set_threads(int threads) {
  while (!try_acquire()) sched_yield();
  stop_workers();
  wanted_threads = clamp_threads(threads > 0 ? threads : available_cores());
  release();
}

extern "C" int nabla_threads() {
  return wanted_threads ? wanted_threads : clamp_threads(available_cores());
}
