// Fork-join over tasks. Tasks are cut by shape only and claimed dynamically, so results do not depend on the number of
// threads or on who claimed what. A worker that claimed nothing is never waited for. Implemented once per home:
// native/pool.cpp and wasm/pool.cpp.
#pragma once
#include "kernel.h"

/** Runs task(context, i, thread) for every i in [0, count), each once; `thread` is 0 … threads−1. Nested calls run in line. */
extern "C" void nabla_parallel(void (*task)(void* context, idx i, int thread), void* context, idx count);
/** This thread's scratch, WORKSPACE_BYTES long and 64-byte aligned; its content does not survive the task. */
extern "C" void* nabla_workspace(int thread);

constexpr idx WORKSPACE_BYTES = 4 << 20;
constexpr int MAX_THREADS = 64;

namespace NABLA_ISA {

/** f(i, thread) for every i in [0, count). */
template <class F> ALWAYS_INLINE void parallel_tasks(idx count, const F& f) {
  if (count <= 0) return;
  if (count == 1) { f(idx{0}, 0); return; }
  nabla_parallel([](void* context, idx i, int thread) { (*static_cast<const F*>(context))(i, thread); },
                 const_cast<void*>(static_cast<const void*>(&f)), count);
}

/** More pieces than this would cost more than they balance: each claim takes time, and each piece starts the prefetchers anew. */
constexpr idx MOST_PIECES = 64;

/** f(begin, end) over [0, n) in pieces of about `grain`; the pieces depend on n and grain only. */
template <class F> ALWAYS_INLINE void parallel_for(idx n, idx grain, const F& f) {
  if (n <= grain) { if (n > 0) f(idx{0}, n); return; }
  idx pieces = (n + grain - 1) / grain;
  if (pieces > MOST_PIECES) pieces = MOST_PIECES;
  idx size = ((n + pieces - 1) / pieces + 63) & ~idx{63};
  parallel_tasks((n + size - 1) / size, [&](idx i, int) {
    idx begin = i * size, end = begin + size < n ? begin + size : n;
    f(begin, end);
  });
}

}  // namespace NABLA_ISA
