// Batch normalisation of x [outer, channels, inner]: y = (x − mean) · r · w + b with the mean and the variance of each channel,
// r = 1 / √(variance + eps). Statistics take two passes, the mean before the squares, over pieces of the outer axis that
// depend on the shape only; the pieces are joined as in Chan, Golub and LeVeque, 1983. A task takes one channel, which its
// cache mostly holds between the passes, or where inner is 1 a run of neighbouring channels.
#include "elementwise.h"
#include "math/fold.h"

namespace NABLA_ISA {

/** How the work is cut: blocks of channels, times pieces of the outer axis. */
struct Cut {
  static constexpr idx NEIGHBOURS = 64;    // channels a block where inner is 1
  static constexpr idx MOST = 16;          // pieces; `partial` has room for them
  static constexpr idx PIECE_GRAIN = 32768;
  idx width, blocks, size, pieces;

  Cut(idx outer, idx channels, idx inner) {
    width = inner == 1 ? NEIGHBOURS : 1;
    blocks = (channels + width - 1) / width;
    const idx whole = outer * inner * width, wanted = blocks < 1 || blocks >= 8 ? 1 : (MOST + blocks - 1) / blocks;
    idx count = whole / PIECE_GRAIN < wanted ? whole / PIECE_GRAIN : wanted;
    if (count < 1) count = 1;
    size = (outer + count - 1) / count;
    pieces = size > 0 ? (outer + size - 1) / size : 1;
  }
};

template <class T> struct Batch {
  const T* x;
  idx outer, channels, inner;
};

/** Part of the outer axis, for channels from `first` to `last` (without). */
struct Place {
  idx piece, begin, end, first, last;
};

/** f of every place, in tasks. */
template <class F> ALWAYS_INLINE void each_place(const Cut& cut, idx outer, idx channels, const F& f) {
  parallel_tasks(cut.blocks * cut.pieces, [&](idx task, int) {
    const idx block = task / cut.pieces, piece = task % cut.pieces, first = block * cut.width, begin = piece * cut.size;
    f(Place{piece, begin, begin + cut.size < outer ? begin + cut.size : outer, first,
            first + cut.width < channels ? first + cut.width : channels});
  });
}

/** Σ f(vectors of p…) over a channel's runs, lanes added. */
template <class T, class F, class... P>
ALWAYS_INLINE T channel_sum(const Place& at, idx channels, idx inner, const F& f, const P*... p) {
  Cascade<Sum, V<T>> runs;
  for (idx o = at.begin; o < at.end; o++) {
    const idx from = (o * channels + at.first) * inner;
    runs.push(fold_vectors<Sum, T>(
        inner, [&](idx i) { return f(load(p + from + i)...); },
        [&](idx i, idx some) { return where(lanes_below<T>(some), f(load_some(p + from + i, some)...), V<T>{}); }));
  }
  return fold_lanes<Sum>(runs.finish(V<T>{}))[0];
}

constexpr idx ROWS_A_SUM = 32;

/** Neighbouring vectors that are summed side by side. */
template <class T> struct Four {
  V<T> v[4];
  ALWAYS_INLINE Four operator+(const Four& o) const { return {{v[0] + o.v[0], v[1] + o.v[1], v[2] + o.v[2], v[3] + o.v[3]}}; }
};

/** Σ row(o) over the rows of a place: by groups of rows, and those pairwise. */
template <class X, class F> ALWAYS_INLINE X sum_rows(const Place& at, const F& row) {
  Cascade<Sum, X> groups;
  for (idx o = at.begin; o < at.end;) {
    X sum = {};
    const idx stop = o + ROWS_A_SUM < at.end ? o + ROWS_A_SUM : at.end;
    for (; o < stop; o++) sum = sum + row(o);
    groups.push(sum);
  }
  return groups.finish(X{});
}

/** sums[k] = Σ over rows of f(k, vectors of p…) for neighbouring channels; f gets the channel counted from the first. */
template <class T, class F, class... P>
ALWAYS_INLINE void column_sums(const Place& at, idx channels, T* sums, const F& f, const P*... p) {
  constexpr idx L = LANES<T>;
  const idx n = at.last - at.first;
  idx k = 0;
  for (; n - k >= 4 * L; k += 4 * L) {
    const Four<T> total = sum_rows<Four<T>>(at, [&](idx o) -> Four<T> {
      const idx from = o * channels + at.first + k;
      return {{f(k, load(p + from)...), f(k + L, load(p + from + L)...), f(k + 2 * L, load(p + from + 2 * L)...),
               f(k + 3 * L, load(p + from + 3 * L)...)}};
    });
    for (idx i = 0; i < 4; i++) store(sums + k + i * L, total.v[i]);
  }
  for (; k < n; k += L) {
    const idx some = n - k < L ? n - k : L;
    const V<T> total = sum_rows<V<T>>(at, [&](idx o) {
      const idx from = o * channels + at.first + k;
      return some == L ? f(k, load(p + from)...) : f(k, load_some(p + from, some)...);
    });
    if (some == L) store(sums + k, total);
    else store_some(sums + k, total, some);
  }
}

/** The means of a place's channels, and the sums of squares of the distances from them. */
template <class T> static void moments(const Batch<T>& b, const Place& at, T* mean, T* squares) {
  const T n = static_cast<T>((at.end - at.begin) * b.inner);
  if (b.inner == 1) {
    T* const m = mean + at.first;
    column_sums<T>(at, b.channels, m, [](idx, V<T> x) { return x; }, b.x);
    for (idx k = 0; k < at.last - at.first; k++) m[k] /= n;
    T centre[Cut::NEIGHBOURS];
    for (idx k = 0; k < Cut::NEIGHBOURS; k++) centre[k] = k < at.last - at.first ? m[k] : T(0);
    column_sums<T>(at, b.channels, squares + at.first, [&](idx k, V<T> x) {
      const V<T> d = x - load(centre + k);
      return d * d;
    }, b.x);
    return;
  }
  const V<T> m = splat<T>(channel_sum<T>(at, b.channels, b.inner, [](V<T> x) { return x; }, b.x) / n);
  mean[at.first] = m[0];
  squares[at.first] = channel_sum<T>(at, b.channels, b.inner, [=](V<T> x) { return (x - m) * (x - m); }, b.x);
}

/** y = f(c…, vectors of p…) over a place; `of(k)` are numbers of channel k, `column(k)` vectors of them from channel k on. */
template <class T, class F, class... P>
ALWAYS_INLINE void each_run(const Place& at, idx channels, idx inner, T* y, const F& run, const P*... p) {
  for (idx o = at.begin; o < at.end; o++) {
    const idx from = (o * channels + at.first) * inner;
    run(y + from, (at.last - at.first) * inner, (p + from)...);
  }
}

/** A number a channel as what elementwise loops read: itself repeated, or those of the neighbours. */
template <bool COLUMNS, class T> ALWAYS_INLINE auto of_channels(const T* p) {
  if constexpr (COLUMNS) return Elements<T>{p};
  else return Repeated<T>{splat<T>(p[0])};
}

/** y = (x − mean) · a + b. */
template <bool COLUMNS, class T>
static void scaled(const Batch<T>& batch, const Place& at, const T* mean, const T* a, const T* b, T* y) {
  const auto m = of_channels<COLUMNS>(mean), by = of_channels<COLUMNS>(a), plus = of_channels<COLUMNS>(b);
  each_run<T>(at, batch.channels, batch.inner, y, [&](T* to, idx n, const T* x) {
    map<4>(to, n, [](V<T> x, V<T> m, V<T> a, V<T> b) { return (x - m) * a + b; }, Elements<T>{x}, m, by, plus);
  }, batch.x);
}

template <class T>
static void normalise(const Batch<T>& batch, const Place& at, const T* w, const T* b, const T* mean, const T* scale, T* y) {
  T a[Cut::NEIGHBOURS], shift[Cut::NEIGHBOURS];
  for (idx k = 0; k < at.last - at.first; k++) {
    a[k] = scale[at.first + k] * (w ? w[at.first + k] : T(1));
    shift[k] = b ? b[at.first + k] : T(0);
  }
  if (batch.inner == 1) scaled<true>(batch, at, mean + at.first, a, shift, y);
  else scaled<false>(batch, at, mean + at.first, a, shift, y);
}

template <class T> ALWAYS_INLINE T root(T x) { return sqrt(splat<T>(x))[0]; }

/** Joins the pieces of channel c into piece 0, and gives the number of elements. `partial` is [pieces, 2, channels]. */
template <class T> static void join(const Batch<T>& b, const Cut& cut, T* partial, idx c) {
  T count = static_cast<T>((cut.size < b.outer ? cut.size : b.outer) * b.inner);
  for (idx piece = 1; piece < cut.pieces; piece++) {
    const idx rows = (piece + 1) * cut.size < b.outer ? cut.size : b.outer - piece * cut.size;
    const T* other = partial + piece * 2 * b.channels;
    const T more = static_cast<T>(rows * b.inner), both = count + more, d = other[c] - partial[c];
    partial[c] += d * (more / both);
    partial[b.channels + c] += other[b.channels + c] + d * d * (count * more / both);
    count = both;
  }
}

/** Where the statistics of channels go, and the running ones, which may be missing. */
template <class T> struct Statistics {
  T *mean, *scale, *running_mean, *running_variance;
  double eps, momentum;
};

template <class T> static void finish(const Batch<T>& b, const T* partial, const Statistics<T>& s, idx c) {
  const T n = static_cast<T>(b.outer * b.inner), variance = partial[b.channels + c] / n, by = static_cast<T>(s.momentum);
  s.mean[c] = partial[c];
  s.scale[c] = 1 / root(variance + static_cast<T>(s.eps));
  if (!s.running_mean) return;
  s.running_mean[c] = (1 - by) * s.running_mean[c] + by * s.mean[c];
  s.running_variance[c] = (1 - by) * s.running_variance[c] + by * (variance * (n / (n - 1)));
}

template <class T>
static void batch_norm(const Batch<T>& b, const T* w, const T* bias, T* y, const Statistics<T>& s, T* partial) {
  const Cut cut(b.outer, b.channels, b.inner);
  if (cut.pieces == 1) return each_place(cut, b.outer, b.channels, [&](const Place& at) {
    moments(b, at, partial, partial + b.channels);
    for (idx c = at.first; c < at.last; c++) finish(b, partial, s, c);
    normalise(b, at, w, bias, s.mean, s.scale, y);
  });
  each_place(cut, b.outer, b.channels, [&](const Place& at) {
    T* const own = partial + at.piece * 2 * b.channels;
    moments(b, at, own, own + b.channels);
  });
  for (idx c = 0; c < b.channels; c++) join(b, cut, partial, c), finish(b, partial, s, c);
  each_place(cut, b.outer, b.channels, [&](const Place& at) { normalise(b, at, w, bias, s.mean, s.scale, y); });
}

/** What the gradients of a batch read. */
template <class T> struct Backward {
  Batch<T> batch;
  const T *g, *w, *mean, *scale;
};

/** Σ g and Σ g · (x − mean) · r of a place's channels. */
template <class T> static void gradient_sums(const Backward<T>& b, const Place& at, T* plain, T* along) {
  const Batch<T>& x = b.batch;
  if (x.inner == 1) {
    T m[Cut::NEIGHBOURS], r[Cut::NEIGHBOURS];
    for (idx k = 0; k < Cut::NEIGHBOURS; k++) {
      const bool inside = k < at.last - at.first;
      m[k] = inside ? b.mean[at.first + k] : T(0), r[k] = inside ? b.scale[at.first + k] : T(0);
    }
    column_sums<T>(at, x.channels, plain + at.first, [](idx, V<T> g) { return g; }, b.g);
    column_sums<T>(at, x.channels, along + at.first, [&](idx k, V<T> g, V<T> x) { return g * ((x - load(m + k)) * load(r + k)); }, b.g, x.x);
    return;
  }
  const V<T> m = splat<T>(b.mean[at.first]), r = splat<T>(b.scale[at.first]);
  plain[at.first] = channel_sum<T>(at, x.channels, x.inner, [](V<T> g) { return g; }, b.g);
  along[at.first] = channel_sum<T>(at, x.channels, x.inner, [=](V<T> g, V<T> x) { return g * ((x - m) * r); }, b.g, x.x);
}

/** dx = (g − Σg/n − unit · Σ(g·unit)/n) · r · w, or g · r · w where the statistics are constants. */
template <bool COLUMNS, class T>
static void input_gradient(const Backward<T>& b, const Place& at, const T* plain, const T* along, T* dx, bool training) {
  const Batch<T>& x = b.batch;
  const T n = static_cast<T>(x.outer * x.inner);
  T a[Cut::NEIGHBOURS], slope[Cut::NEIGHBOURS], by[Cut::NEIGHBOURS];
  for (idx k = 0; k < at.last - at.first; k++) {
    const idx c = at.first + k;
    by[k] = b.scale[c] * (b.w ? b.w[c] : T(1));
    a[k] = training ? plain[c] / n : T(0);
    slope[k] = training ? along[c] / n * b.scale[c] : T(0);
  }
  const auto m = of_channels<COLUMNS>(b.mean + at.first), less = of_channels<COLUMNS>(a), s = of_channels<COLUMNS>(slope),
             factor = of_channels<COLUMNS>(by);
  if (!training) return each_run<T>(at, x.channels, x.inner, dx, [&](T* to, idx n, const T* g) {
    map<4>(to, n, [](V<T> g, V<T> by) { return g * by; }, Elements<T>{g}, factor);
  }, b.g);
  each_run<T>(at, x.channels, x.inner, dx, [&](T* to, idx n, const T* g, const T* x) {
    map<4>(to, n, [](V<T> g, V<T> x, V<T> m, V<T> a, V<T> s, V<T> by) { return (g - a - (x - m) * s) * by; }, Elements<T>{g},
           Elements<T>{x}, m, less, s, factor);
  }, b.g, x.x);
}

/** dw = Σ g · unit and db = Σ g, and dx unless there is none to write. */
template <class T> static void batch_norm_backward(const Backward<T>& b, T* dx, T* dw, T* db, T* partial, bool training) {
  const Batch<T>& x = b.batch;
  const Cut cut(x.outer, x.channels, x.inner);
  auto into = [&](const Place& at) {
    if (!dx) return;
    if (x.inner == 1) input_gradient<true>(b, at, db, dw, dx, training);
    else input_gradient<false>(b, at, db, dw, dx, training);
  };
  if (cut.pieces == 1) return each_place(cut, x.outer, x.channels, [&](const Place& at) {
    gradient_sums(b, at, db, dw);
    into(at);
  });
  each_place(cut, x.outer, x.channels, [&](const Place& at) {
    T* const own = partial + at.piece * 2 * x.channels;
    gradient_sums(b, at, own, own + x.channels);
  });
  for (idx c = 0; c < x.channels; c++) {
    db[c] = dw[c] = 0;
    for (idx piece = 0; piece < cut.pieces; piece++) {
      db[c] += partial[piece * 2 * x.channels + c];
      dw[c] += partial[(piece * 2 + 1) * x.channels + c];
    }
  }
  if (dx) each_place(cut, x.outer, x.channels, into);
}

// partial has room for 2 · Cut::MOST · channels numbers. `momentum` is the share of the new statistics in the running ones.
#define BATCH_NORM(T, suffix)                                                                                              \
  KERNEL(batch_norm_##suffix, const T* x, const T* w, const T* b, T* y, T* mean, T* scale, T* running_mean,                \
         T* running_variance, T* partial, idx outer, idx channels, idx inner, double eps, double momentum) {               \
    batch_norm<T>({x, outer, channels, inner}, w, b, y, {mean, scale, running_mean, running_variance, eps, momentum}, partial); \
  }                                                                                                                        \
  KERNEL(batch_norm_fixed_##suffix, const T* x, const T* w, const T* b, T* y, const T* mean, const T* variance, T* scale,  \
         idx outer, idx channels, idx inner, double eps) {                                                                 \
    for (idx c = 0; c < channels; c++) scale[c] = 1 / root(variance[c] + static_cast<T>(eps));                            \
    each_place(Cut(outer, channels, inner), outer, channels,                                                               \
               [&](const Place& at) { normalise<T>({x, outer, channels, inner}, at, w, b, mean, scale, y); });             \
  }                                                                                                                        \
  KERNEL(batch_norm_backward_##suffix, const T* g, const T* x, const T* w, const T* mean, const T* scale, T* dx, T* dw,    \
         T* db, T* partial, idx outer, idx channels, idx inner, int training) {                                            \
    batch_norm_backward<T>({{x, outer, channels, inner}, g, w, mean, scale}, dx, dw, db, partial, training != 0);          \
  }
BATCH_NORM(float, f32)
BATCH_NORM(double, f64)

}  // namespace NABLA_ISA
