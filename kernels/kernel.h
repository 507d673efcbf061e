// One macro gives a function both homes: a WASM export, or a Node-API function. Kernels do arithmetic on pointers and
// sizes; they know no tensor and no JavaScript. Every kernel source is compiled once per instruction set, inside the
// namespace NABLA_ISA, so that no inline function compiled for AVX-512 can be picked by the linker for an older machine.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifndef NABLA_ISA
#define NABLA_ISA portable
#endif

using idx = ptrdiff_t;  // sizes and offsets: 64 bits natively, 32 bits in WASM

#define ALWAYS_INLINE inline __attribute__((always_inline))
/** Long code: in the WASM, which is downloaded, it stands once, and is called. */
#ifdef __wasm__
#define SHARED_CODE inline __attribute__((noinline))
#else
#define SHARED_CODE ALWAYS_INLINE
#endif

#ifdef __wasm__

// The exported name is the kernel's; the C++ name has a prefix so that `exp` and the like do not collide with builtins.
#define KERNEL_RETURNING(type, name, ...)                                       \
  extern "C" __attribute__((export_name(#name))) type kernel_##name(__VA_ARGS__); \
  type kernel_##name(__VA_ARGS__)

#else
#include <node_api.h>

/** What the addon lists to JavaScript; one linked list per instruction set. */
struct Kernel {
  const char* name;
  int arity;
  napi_callback call;
  const Kernel* next;
};

/** Where this JavaScript thread writes the arguments of its next call, as doubles; a result comes back in slot 0. */
extern "C" __thread double* nabla_arguments;

namespace NABLA_ISA {

extern const Kernel* first_kernel;

struct RegisterKernel : Kernel {
  RegisterKernel(const char* name, int arity, napi_callback call) : Kernel{name, arity, call, first_kernel} {
    first_kernel = this;
  }
};

/** Denormals flushed to zero while a kernel runs (they make Adam twice as slow), the caller's mode restored after. */
struct FlushDenormals {
#if defined(__x86_64__)
  unsigned before = __builtin_ia32_stmxcsr();
  FlushDenormals() { __builtin_ia32_ldmxcsr(before | 0x8040); }
  ~FlushDenormals() { __builtin_ia32_ldmxcsr(before); }
#elif defined(__aarch64__)
  uint64_t before;
  FlushDenormals() {
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" ::"r"(before | (uint64_t{1} << 24)));
  }
  ~FlushDenormals() { __asm__ volatile("msr fpcr, %0" ::"r"(before)); }
#endif
};

template <class T> struct FromDouble {
  static ALWAYS_INLINE T convert(double x) { return static_cast<T>(x); }
};
template <class T> struct FromDouble<T*> {
  static ALWAYS_INLINE T* convert(double x) { return reinterpret_cast<T*>(static_cast<uintptr_t>(x)); }
};

template <int... I> struct Indices {};
template <int N, int... I> struct MakeIndices : MakeIndices<N - 1, N - 1, I...> {};
template <int... I> struct MakeIndices<0, I...> { using type = Indices<I...>; };

template <auto F, class R, class... A, int... I> ALWAYS_INLINE void invoke(R (*)(A...), double* v, Indices<I...>) {
  FlushDenormals guard;
  if constexpr (__is_same(R, void)) F(FromDouble<A>::convert(v[I])...);
  else v[0] = static_cast<double>(F(FromDouble<A>::convert(v[I])...));
}
template <class R, class... A> constexpr int arity_of(R (*)(A...)) { return sizeof...(A); }

template <auto F> napi_value call(napi_env, napi_callback_info) {
  invoke<F>(F, nabla_arguments, typename MakeIndices<arity_of(F)>::type{});
  return nullptr;
}

}  // namespace NABLA_ISA

#define KERNEL_RETURNING(type, name, ...)                                                                    \
  static type kernel_##name(__VA_ARGS__);                                                                    \
  static RegisterKernel register_##name{#name, arity_of(&kernel_##name), call<&kernel_##name>}; \
  static type kernel_##name(__VA_ARGS__)

#endif

/** A kernel without a result. Argument types: pointers, idx, int, float, double. */
#define KERNEL(name, ...) KERNEL_RETURNING(void, name, __VA_ARGS__)
