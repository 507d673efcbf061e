// Threads over one shared linear memory. JavaScript starts each worker with its own stack and thread-local block, and
// calls nabla_worker; everything after that is atomics in here. Exports and imports that are no kernels begin with nabla_.
#include "../parallel.h"

#define INTERNAL_EXPORT(name) extern "C" __attribute__((export_name(#name)))

/** JavaScript starts workers first … last, which join in whenever they are up. */
extern "C" __attribute__((import_module("env"), import_name("nabla_start_workers"))) void nabla_start_workers(int first, int last);

namespace {

using Task = void (*)(void* context, idx i, int thread);

/** About 20 µs of looking before a thread sleeps: most kernels of a training step follow each other within that. */
constexpr int SPINS = 20000;
constexpr int64_t JOIN_TIMEOUT_NS = 1000000;

struct Pool {
  /** High half: the job's number. Low half: how many of its tasks nobody has claimed. One word, so that a claim is valid for one job only. */
  alignas(64) uint64_t ticket;
  /** Tasks of the job that are not finished. */
  alignas(64) int32_t pending;
  int32_t joining;
  alignas(64) int32_t sleepers;
  int32_t lost;
  int32_t threads = 1;
  int32_t started = 1;
  int32_t may_sleep = 1;
  Task task;
  void* context;
  idx count;
  int32_t claimed[MAX_THREADS];
  void* workspaces[MAX_THREADS];
};

Pool pool;
thread_local int this_thread = 0;
thread_local bool in_task = false;

template <class T> ALWAYS_INLINE T get(const T& x) { return __atomic_load_n(&x, __ATOMIC_SEQ_CST); }
template <class T> ALWAYS_INLINE void set(T& x, T value) { __atomic_store_n(&x, value, __ATOMIC_SEQ_CST); }

int32_t* job_number() { return reinterpret_cast<int32_t*>(&pool.ticket) + 1; }

/** The index of a task that is this thread's to run, or −1. The job's fields are read after the claim: until then they may change. */
idx claim() {
  uint64_t ticket = get(pool.ticket);
  while (static_cast<uint32_t>(ticket) != 0) {
    if (__atomic_compare_exchange_n(&pool.ticket, &ticket, ticket - 1, true, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
      return pool.count - static_cast<idx>(static_cast<uint32_t>(ticket));
    }
  }
  return -1;
}

void run_tasks() {
  int32_t done = 0;
  for (idx i = claim(); i >= 0; i = claim(), done++) pool.task(pool.context, i, this_thread);
  if (done == 0) return;
  pool.claimed[this_thread] += done;
  if (__atomic_sub_fetch(&pool.pending, done, __ATOMIC_SEQ_CST) == 0 && get(pool.joining)) {
    __builtin_wasm_memory_atomic_notify(&pool.pending, 1);
  }
}

void await_next_job(int32_t seen) {
  for (int spin = 0; spin < SPINS; spin++) {
    if (get(*job_number()) != seen) return;
  }
  __atomic_fetch_add(&pool.sleepers, 1, __ATOMIC_SEQ_CST);
  while (get(*job_number()) == seen) __builtin_wasm_memory_atomic_wait32(job_number(), seen, -1);
  __atomic_fetch_sub(&pool.sleepers, 1, __ATOMIC_SEQ_CST);
}

/** Waits for tasks that others claimed and still run; those are the only ones left here. */
void join() {
  for (int spin = 0; spin < SPINS; spin++) {
    if (get(pool.pending) == 0) return;
  }
  if (!pool.may_sleep) {
    while (get(pool.pending) != 0) {
      if (get(pool.lost)) __builtin_trap();
    }
    return;
  }
  set(pool.joining, 1);
  for (int32_t pending = get(pool.pending); pending != 0; pending = get(pool.pending)) {
    if (get(pool.lost)) __builtin_trap();
    __builtin_wasm_memory_atomic_wait32(&pool.pending, pending, JOIN_TIMEOUT_NS);
  }
  set(pool.joining, 0);
}

void publish(Task task, void* context, idx count) {
  pool.task = task;
  pool.context = context;
  pool.count = count;
  set(pool.pending, static_cast<int32_t>(count));
  uint64_t number = (get(pool.ticket) >> 32) + 1;
  set(pool.ticket, number << 32 | static_cast<uint32_t>(count));
  if (get(pool.sleepers)) __builtin_wasm_memory_atomic_notify(job_number(), static_cast<uint32_t>(count - 1));
}

}  // namespace

/** Starts the workers that are wanted and not started yet. Kernels do it by themselves; a browser does it before, when it can still wait. */
INTERNAL_EXPORT(nabla_start) void nabla_start() {
  if (pool.started >= pool.threads) return;
  int first = pool.started;
  pool.started = pool.threads;
  nabla_start_workers(first, pool.threads - 1);
}

extern "C" void nabla_parallel(Task task, void* context, idx count) {
  if (in_task || pool.threads == 1 || count == 1 || pool.lost) {
    for (idx i = 0; i < count; i++) task(context, i, this_thread);
    return;
  }
  nabla_start();
  in_task = true;
  publish(task, context, count);
  run_tasks();
  join();
  in_task = false;
}

/** The calling thread's own, also where a task that runs in line was given another number. */
extern "C" void* nabla_workspace(int) { return pool.workspaces[this_thread]; }

INTERNAL_EXPORT(nabla_set_threads) int nabla_set_threads(int threads) {
  int clamped = threads < 1 ? 1 : threads > MAX_THREADS ? MAX_THREADS : threads;
  set(pool.threads, clamped);
  return clamped;
}

/** Whether the thread that calls kernels may sleep while others finish. Browsers forbid it to the main thread of a page, which looks on instead. */
INTERNAL_EXPORT(nabla_set_may_sleep) void nabla_set_may_sleep(int may) { pool.may_sleep = may; }

/** Called before the thread's first task; WORKSPACE_BYTES at a multiple of 64. */
INTERNAL_EXPORT(nabla_set_workspace) void nabla_set_workspace(int thread, void* workspace) { pool.workspaces[thread] = workspace; }

INTERNAL_EXPORT(nabla_workspace_bytes) int nabla_workspace_bytes() { return WORKSPACE_BYTES; }

/** How many tasks a thread has run. */
INTERNAL_EXPORT(nabla_claimed) int nabla_claimed(int thread) { return pool.claimed[thread]; }

/** A worker's whole life. */
INTERNAL_EXPORT(nabla_worker) void nabla_worker(int thread) {
  this_thread = thread;
  in_task = true;
  for (;;) {
    int32_t seen = get(*job_number());
    if (thread < get(pool.threads)) run_tasks();
    await_next_job(seen);
  }
}

/** A worker's task trapped: whoever waits for it must not wait for ever. */
INTERNAL_EXPORT(nabla_worker_lost) void nabla_worker_lost() {
  set(pool.lost, 1);
  __builtin_wasm_memory_atomic_notify(&pool.pending, 1);
}
