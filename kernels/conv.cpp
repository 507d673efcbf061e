// Convolutions of one or two axes and their gradients. `shape` is a list as ConvShape::read takes it; `scratch` is as long
// as conv_scratch says.
#include "conv/channels.h"
#include "conv/depthwise.h"
#include "conv/forward.h"
#include "conv/images.h"
#include "conv/outputs.h"
#include "conv/pointwise.h"
#include "conv/weight.h"
#include "conv/winograd_weights.h"

namespace NABLA_ISA {

enum ConvKind : int { CONVOLVE, TRANSPOSED, WEIGHTS };

/** Bytes of scratch of a convolution by the ways whose lanes are images, and of the one for the last images. */
template <class T> static idx images_scratch(const ConvShape& s, bool transposed, idx threads) {
  const ConvShape last = last_images<T>(s);
  idx bytes = 0;
  if constexpr (EVERY_WAY)
    if (const ImagesConvolution<T> c(s, transposed); c.suits()) bytes = c.scratch_bytes(threads);
  if constexpr (sizeof(T) == sizeof(float))
    if (const Winograd c(s, transposed); c.suits()) bytes = larger(bytes, c.scratch_bytes(threads));
  return bytes > 0 && last.n > 0 ? larger(bytes, Convolution<T>(last, transposed).scratch_bytes(threads)) : bytes;
}

/** Computes all but the last images by a way whose lanes are images, where one suits. */
template <class T>
static bool convolve_blocks(const ConvShape& s, bool transposed, const T* source, const T* weights, const T* bias, T* to, void* scratch) {
  if constexpr (sizeof(T) == sizeof(float)) {
    const Winograd c(s, transposed);
    if (c.suits() && serves(c, source, weights)) {
      convolve_winograd(c, source, weights, bias, to, scratch);
      return true;
    }
  }
  if constexpr (EVERY_WAY)
    if (const ImagesConvolution<T> c(s, transposed); c.suits()) {
      convolve_images(c, source, weights, bias, to, scratch);
      return true;
    }
  return false;
}

template <class T> static idx scratch_of(int kind, const ConvShape& s, idx threads) {
  if constexpr (EVERY_WAY)
    if (Depthwise<T>::suits(s)) return Depthwise<T>(s, kind == TRANSPOSED).scratch_bytes(threads);
  if (kind == WEIGHTS) {
    idx bytes = 0;
    if constexpr (sizeof(T) == sizeof(float))
      if (const WinogradWeights w(s); w.suits()) bytes = w.scratch_bytes(threads);
    if constexpr (EVERY_WAY)
      if (const ChannelWeights<T> w(s); w.suits()) return larger(bytes, w.scratch_bytes(threads));
    return larger(bytes, ConvWeights<T>(s).scratch_bytes(threads));
  }
  if constexpr (EVERY_WAY) {
    if (const Pointwise<T> p(s, kind == TRANSPOSED); p.suits()) return p.scratch_bytes(threads);
    if (kind == CONVOLVE)
      if (const OutputsConvolution<T> o(s); o.suits()) return o.scratch_bytes(threads);
  }
  return larger(images_scratch<T>(s, kind == TRANSPOSED, threads), Convolution<T>(s, kind == TRANSPOSED).scratch_bytes(threads));
}

template <class T>
static void convolution(const ConvShape& s, bool transposed, const T* source, const T* weights, const T* bias, T* to, void* scratch) {
  if constexpr (EVERY_WAY) {
    if (Depthwise<T>::suits(s)) {
      const Depthwise<T> d(s, transposed);
      return with_kernel_size(s.x.kernel, [&](auto size) { convolve_depthwise<T, decltype(size)::value>(d, source, weights, bias, to, scratch); });
    }
    if (const Pointwise<T> p(s, transposed); p.suits()) return convolve_pointwise(p, source, weights, bias, to, scratch);
    if (!transposed)
      if (const OutputsConvolution<T> o(s); o.suits()) return convolve_outputs(o, source, weights, bias, to, scratch);
  }
  if (convolve_blocks(s, transposed, source, weights, bias, to, scratch)) {
    const ConvShape last = last_images<T>(s);
    if (last.n == 0) return;
    const idx done = s.n - last.n, inputs = s.groups * s.in * s.input_plane(), outputs = s.groups * s.out * s.output_plane();
    return convolve(last, transposed, source + done * (transposed ? outputs : inputs), weights, bias,
                    to + done * (transposed ? inputs : outputs), scratch);
  }
  convolve(s, transposed, source, weights, bias, to, scratch);
}

/** Scratch of a convolution whose results are pooled 2 × 2 while they are in the cache; 0 where other ways are better. */
static idx pooled_scratch(const ConvShape& s, idx threads) {
  using F = float;
  if (!EVERY_WAY) return 0;
  const bool other = Depthwise<F>::suits(s) || Pointwise<F>(s, false).suits() || OutputsConvolution<F>(s).suits();
  if (const Winograd c(s, false); c.suits() && !other) {
    if (!c.pools()) return 0;
    const ConvShape last = last_images<F>(s);
    if (last.n == 0) return c.scratch_bytes(threads);
    const Convolution<F> rest(last, false);
    return rest.pools() ? larger(c.scratch_bytes(threads), rest.pooled_scratch_bytes(threads)) : 0;
  }
  const Convolution<F> c(s, false);
  return other || ImagesConvolution<F>(s, false).suits() || !c.pools() ? 0 : c.pooled_scratch_bytes(threads);
}

/** False, with nothing done, if the values need another way. */
static bool convolve_pooled(const ConvShape& s, const float* x, const float* w, const float* bias, const Pooled<float>& pool, void* scratch, idx threads) {
  using F = float;
  if (!EVERY_WAY) return false;
  if (const Winograd c(s, false); c.suits()) {
    if (!serves(c, x, w)) return false;
    convolve_winograd(c, x, w, bias, nullptr, scratch, &pool);
    const ConvShape last = last_images<F>(s);
    const idx done = s.n - last.n;
    const Pooled<F> rest = pool.from(done * s.out * s.output_plane() / 4);
    if (last.n > 0) convolve(last, false, x + done * s.in * s.input_plane(), w, bias, static_cast<F*>(nullptr), scratch, &rest, threads);
  } else {
    convolve(s, false, x, w, bias, static_cast<F*>(nullptr), scratch, &pool, threads);
  }
  return true;
}

template <class T> static void gradient_of_weights(const ConvShape& s, const T* x, const T* g, T* dw, T* db, void* scratch) {
  if constexpr (EVERY_WAY)
    if (Depthwise<T>::suits(s)) {
      const Depthwise<T> d(s, false);
      return with_kernel_size(s.x.kernel, [&](auto size) { convolve_depthwise_weights<T, decltype(size)::value>(d, x, g, dw, db, scratch); });
    }
  if constexpr (sizeof(T) == sizeof(float))
    if (const WinogradWeights w(s); w.suits() && all_moderate(x, s.n * s.in * s.input_plane()) && all_moderate(g, s.n * s.out * s.output_plane()))
      return convolve_winograd_weights(w, x, g, dw, db, scratch);
  if constexpr (EVERY_WAY)
    if (const ChannelWeights<T> w(s); w.suits()) return convolve_channel_weights(w, x, g, dw, db, scratch);
  convolve_weights(s, x, g, dw, db, scratch);
}

/** Bytes of scratch that a kernel needs: 0 the convolution, 1 the transposed one, 2 the gradient of the weights. */
KERNEL_RETURNING(double, conv_scratch_f32, int kind, idx threads, const double* shape) {
  return static_cast<double>(scratch_of<float>(kind, ConvShape::read(shape), threads));
}
KERNEL_RETURNING(double, conv_scratch_f64, int kind, idx threads, const double* shape) {
  return static_cast<double>(scratch_of<double>(kind, ConvShape::read(shape), threads));
}

/** y = x convolved with w, plus bias (null for none) for each output channel. */
KERNEL(conv_f32, const float* x, const float* w, const float* bias, float* y, char* scratch, const double* shape) {
  convolution(ConvShape::read(shape), false, x, w, bias, y, scratch);
}
KERNEL(conv_f64, const double* x, const double* w, const double* bias, double* y, char* scratch, const double* shape) {
  convolution(ConvShape::read(shape), false, x, w, bias, y, scratch);
}

/** Bytes of scratch that conv_pool_f32 needs; 0 where the results are better written and then pooled. */
KERNEL_RETURNING(double, conv_pool_scratch_f32, idx threads, const double* shape) {
  return static_cast<double>(pooled_scratch(ConvShape::read(shape), threads));
}
/**
 * The largest of every 2 × 2 results of the convolution, and their places in their planes unless `places` is null; results below
 * `floor` count as `floor`. Gives 0, with nothing done, if the values need another way.
 */
KERNEL_RETURNING(double, conv_pool_f32, const float* x, const float* w, const float* bias, double floor, float* y, int32_t* places,
                 char* scratch, idx threads, const double* shape) {
  return convolve_pooled(ConvShape::read(shape), x, w, bias, {static_cast<float>(floor), y, places}, scratch, threads);
}

/** The transposed convolution: from the gradient g of the output to that of the input, plus bias for each input channel. */
KERNEL(conv_transposed_f32, const float* g, const float* w, const float* bias, float* x, char* scratch, const double* shape) {
  convolution(ConvShape::read(shape), true, g, w, bias, x, scratch);
}
KERNEL(conv_transposed_f64, const double* g, const double* w, const double* bias, double* x, char* scratch, const double* shape) {
  convolution(ConvShape::read(shape), true, g, w, bias, x, scratch);
}

/** The gradient of the weights, and of the bias unless db is null. */
KERNEL(conv_weights_f32, const float* x, const float* g, float* dw, float* db, char* scratch, const double* shape) {
  gradient_of_weights(ConvShape::read(shape), x, g, dw, db, scratch);
}
KERNEL(conv_weights_f64, const double* x, const double* g, double* dw, double* db, char* scratch, const double* shape) {
  gradient_of_weights(ConvShape::read(shape), x, g, dw, db, scratch);
}

}  // namespace NABLA_ISA
