// Convolutions of every kernel size, stride, dilation, padding and grouping, their transposes, and the gradients of weights.
#include <algorithm>
#include "session.h"

namespace {

struct Axis {
  idx in, out, kernel, stride, dilation, pad;
};

struct Shape {
  idx n, groups, in, out;
  Axis y, x;
  idx taps() const { return y.kernel * x.kernel; }
  idx inputs() const { return n * groups * in * y.in * x.in; }
  idx outputs() const { return n * groups * out * y.out * x.out; }
  idx weights() const { return groups * out * in * taps(); }
  static constexpr idx FIELDS = 16;
  void write(const Block<double>& to) const {
    idx at = 0;
    for (idx field : {n, groups, in, out}) to[at++] = static_cast<double>(field);
    for (const Axis& a : {y, x})
      for (idx field : {a.in, a.out, a.kernel, a.stride, a.dilation, a.pad}) to[at++] = static_cast<double>(field);
  }
};

/** An axis of up to `longest` inputs; padding may differ at both ends, and may be more than the kernel reaches. */
Axis axis(Dice& d, idx longest) {
  Axis a{d.between(1, longest), 0, d.between(1, 5), d.percent(60) ? 1 : d.between(2, 4), d.percent(75) ? 1 : d.between(2, 3), 0};
  const idx reach = (a.kernel - 1) * a.dilation + 1;
  a.pad = d.percent(30) ? 0 : d.between(0, reach + 1);
  const idx after = d.percent(60) ? a.pad : d.between(0, reach);
  while (a.in + a.pad + after < reach) a.in++;
  a.out = (a.in + a.pad + after - reach) / a.stride + 1;
  return a;
}

Shape shape(Dice& d, idx channels, idx longest) {
  Shape s{d.between(1, 3), d.percent(70) ? 1 : d.between(2, 5), d.between(1, channels), d.between(1, channels), axis(d, longest), axis(d, longest)};
  if (d.percent(25)) s.y = {1, 1, 1, 1, 1, 0};
  return s;
}

/** As many images as a vector has lanes, and more. */
Shape many_images(Dice& d) {
  Shape s = shape(d, 24, 6);
  s.n = d.between(8, 37), s.in = d.between(6, 24);
  return s;
}

/** Kernels of 3 × 3 over many images with many channels, which are computed with fewer products. */
Shape winograd(Dice& d) {
  Shape s{d.between(16, 37), 1, d.between(20, 44), d.between(20, 44), {}, {}};
  for (Axis* a : {&s.y, &s.x}) {
    *a = {d.between(1, 12), 0, 3, 1, 1, d.between(0, 2)};
    const idx after = d.percent(60) ? a->pad : d.between(0, 3);
    while (a->in + a->pad + after < 3) a->in++;
    a->out = a->in + a->pad + after - 2;
  }
  return s;
}

/** Strides, with so many output channels and so long rows that they fill register tiles. */
Shape strided(Dice& d) {
  Shape s{d.between(1, 5), d.percent(70) ? 1 : 2, d.between(8, 24), d.between(24, 70), axis(d, 40), axis(d, 40)};
  for (Axis* a : {&s.y, &s.x}) {
    a->in += d.between(0, 12), a->kernel = d.between(3, 4), a->stride = d.between(a == &s.x ? 2 : 1, 3);
    const idx reach = (a->kernel - 1) * a->dilation + 1;
    while (a->in + 2 * a->pad < reach) a->in++;
    a->out = (a->in + 2 * a->pad - reach) / a->stride + 1;
  }
  return s;
}

/** Kernels of 1 × 1, which are matrix products. */
Shape pointwise(Dice& d) {
  const idx channels = d.percent(30) ? 8 : 40;
  Shape s{d.between(1, 9), d.percent(70) ? 1 : d.between(2, 3), d.between(1, channels), d.between(1, channels), {}, {}};
  for (Axis* a : {&s.y, &s.x}) {
    const idx size = d.between(1, 24);
    *a = {size, size, 1, 1, d.between(1, 2), 0};
  }
  return s;
}

/** Each channel with a square kernel of its own. */
Shape depthwise(Dice& d) {
  Shape s{d.between(1, 19), d.between(1, 7), 1, 1, {}, {}};
  const idx kernel = 2 * d.between(1, 3) + 1;
  for (Axis* a : {&s.y, &s.x}) {
    *a = {d.between(1, 40), 0, kernel, 1, 1, d.between(0, kernel + 1)};
    const idx after = d.percent(60) ? a->pad : d.between(0, kernel);
    while (a->in + a->pad + after < kernel) a->in++;
    a->out = a->in + a->pad + after - kernel + 1;
  }
  return s;
}

/** f(input, weight, output) for every product of a convolution. */
template <class F> void products_of(const Shape& s, const F& f) {
  for (idx n = 0; n < s.n; n++)
    for (idx g = 0; g < s.groups; g++)
      for (idx o = 0; o < s.out; o++)
        for (idx i = 0; i < s.in; i++)
          for (idx oy = 0; oy < s.y.out; oy++)
            for (idx ky = 0; ky < s.y.kernel; ky++) {
              const idx y = oy * s.y.stride + ky * s.y.dilation - s.y.pad;
              if (y < 0 || y >= s.y.in) continue;
              for (idx ox = 0; ox < s.x.out; ox++)
                for (idx kx = 0; kx < s.x.kernel; kx++) {
                  const idx x = ox * s.x.stride + kx * s.x.dilation - s.x.pad;
                  if (x < 0 || x >= s.x.in) continue;
                  f((((n * s.groups + g) * s.in + i) * s.y.in + y) * s.x.in + x,
                    (((g * s.out + o) * s.in + i) * s.y.kernel + ky) * s.x.kernel + kx,
                    (((n * s.groups + g) * s.out + o) * s.y.out + oy) * s.x.out + ox);
                }
            }
}

/** Sums with a bound of their rounding error. */
struct Sums {
  std::vector<double> value, size;
  explicit Sums(idx count) : value(static_cast<size_t>(count)), size(static_cast<size_t>(count)) {}
  void add(idx at, double term) {
    value[static_cast<size_t>(at)] += term;
    size[static_cast<size_t>(at)] += std::fabs(term);
  }
  /** Rounding errors are those of the largest of `together` sums next to each other, which share intermediate results. */
  template <class T> void check(Session& s, const char* what, const Block<T>& got, idx terms, idx together = 1) const {
    const double eps = 2 * Dtype<T>::eps * std::sqrt(static_cast<double>(terms) + 16);
    auto bound = [&](idx i) {
      const auto first = size.begin() + i / together * together;
      return eps * *std::max_element(first, first + together);
    };
    s.expect(what, got, [&](idx i) { return value[static_cast<size_t>(i)]; }, bound);
  }
};

/** As many threads as there may be: scratch is for each of them. */
constexpr idx THREADS = 64;

/** `shared`: whether products are shared between the places of a plane and between the taps of a kernel. */
template <class T> void convolution(Session& s, const Shape& p, bool shared = false) {
  const std::string suffix = Dtype<T>::suffix;
  const Block<double> table(s.dice, Shape::FIELDS);
  p.write(table);
  auto scratch = [&](int kind) { return Block<uint8_t>(s.dice, static_cast<idx>(s.call("conv_scratch" + suffix, kind, THREADS, table))); };
  Block<T> x(s.dice, p.inputs()), w(s.dice, p.weights()), g(s.dice, p.outputs()), y(s.dice, p.outputs()), dx(s.dice, p.inputs()),
      dw(s.dice, p.weights()), db(s.dice, p.groups * p.out), bias(s.dice, p.groups * p.out), back_bias(s.dice, p.groups * p.in);
  const bool biased = s.dice.percent(50);
  s.fill(x, {-2, 2}), s.fill(w, {-2, 2}), s.fill(g, {-2, 2}), s.fill(bias, {-2, 2}), s.fill(back_bias, {-2, 2});
  Sums forward(y.size()), backward(dx.size()), weights(dw.size()), biases(db.size());
  const idx plane = p.y.out * p.x.out, back_plane = p.y.in * p.x.in;
  for (idx i = 0; biased && i < y.size(); i++) forward.add(i, bias[i / plane % (p.groups * p.out)]);
  for (idx i = 0; biased && i < dx.size(); i++) backward.add(i, back_bias[i / back_plane % (p.groups * p.in)]);
  for (idx i = 0; i < g.size(); i++) biases.add(i / plane % (p.groups * p.out), g[i]);
  products_of(p, [&](idx at, idx weight, idx out) {
    forward.add(out, double{x[at]} * w[weight]);
    backward.add(at, double{g[out]} * w[weight]);
    weights.add(weight, double{x[at]} * g[out]);
  });
  const T* none = nullptr;
  s.call("conv" + suffix, x, w, biased ? bias.begin() : none, y, scratch(0), table);
  forward.check(s, "y", y, p.in * p.taps(), shared ? plane : 1);
  s.call("conv_transposed" + suffix, g, w, biased ? back_bias.begin() : none, dx, scratch(1), table);
  backward.check(s, "dx", dx, p.out * p.taps(), shared ? back_plane : 1);
  s.call("conv_weights" + suffix, x, g, dw, biased ? db.begin() : none, scratch(2), table);
  weights.check(s, "dw", dw, p.n * plane, shared ? p.taps() : 1);
  if (biased) biases.check(s, "db", db, p.n * plane);
}

/** Planes of even sizes, whose largest results of every 2 × 2 may be taken on the way: of few channels, and of many. */
Shape pooled(Dice& d) {
  const bool many = d.percent(50);
  Shape s{d.between(16, 40), many || d.percent(70) ? 1 : 2, many ? d.between(20, 44) : d.between(1, 6), d.between(8, 44), {}, {}};
  for (Axis* a : {&s.y, &s.x}) {
    *a = {d.between(1, many ? 12 : 40), 0, many ? 3 : d.between(1, 5), 1, 1, 0};
    a->pad = d.between(0, a->kernel - 1);
    while (a->in + 2 * a->pad < a->kernel + 1 || (a->in + 2 * a->pad - a->kernel) % 2 == 0) a->in++;
    a->out = a->in + 2 * a->pad - a->kernel + 1;
  }
  return s;
}

/** Says whether the results are pooled on the way: the same as those that are written. */
bool pool(Session& s, const Shape& p) {
  const Block<double> table(s.dice, Shape::FIELDS);
  p.write(table);
  const idx bytes = static_cast<idx>(s.call("conv_pool_scratch_f32", THREADS, table));
  if (bytes == 0) return false;
  Block<uint8_t> scratch(s.dice, bytes), own(s.dice, static_cast<idx>(s.call("conv_scratch_f32", 0, THREADS, table)));
  Block<float> x(s.dice, p.inputs()), w(s.dice, p.weights()), bias(s.dice, p.groups * p.out), y(s.dice, p.outputs()), out(s.dice, p.outputs() / 4);
  Block<int32_t> places(s.dice, out.size());
  s.fill(x, {-2, 2}), s.fill(w, {-2, 2}), s.fill(bias, {-2, 2});
  const double floor = s.dice.percent(50) ? 0 : -INFINITY;
  const bool placed = s.dice.percent(70);
  s.call("conv_f32", x, w, bias, y, own, table);
  std::vector<double> value, place;
  const idx rows = p.y.out / 2, columns = p.x.out / 2;
  for (idx i = 0; i < out.size(); i++) {
    const idx plane = i / (rows * columns), first = i / columns % rows * 2 * p.x.out + i % columns * 2;
    double best = -INFINITY;
    idx where = -1;
    for (idx at : {first, first + 1, first + p.x.out, first + p.x.out + 1}) {
      const double one = std::max<double>(y[plane * p.y.out * p.x.out + at], floor);
      if (one > best) best = one, where = at;
    }
    value.push_back(best), place.push_back(static_cast<double>(where));
  }
  int32_t* const none = nullptr;
  const double done = s.call("conv_pool_f32", x, w, bias, floor, out, placed ? places.begin() : none, scratch, THREADS, table);
  s.expect_number("done", done, 1);
  s.expect("largest", out, [&](idx i) { return value[static_cast<size_t>(i)]; });
  if (placed) s.expect("places", places, [&](idx i) { return place[static_cast<size_t>(i)]; });
  else s.expect_untouched("places", places);
  return true;
}

template <class T> void convolutions(Session& s) {
  Dice& d = s.dice;
  for (idx r = s.rounds(160); r > 0; r--) convolution<T>(s, shape(d, 4, 12));
  for (idx r = s.rounds(30); r > 0; r--) convolution<T>(s, shape(d, 40, 9));
  for (idx r = s.rounds(15); r > 0; r--) convolution<T>(s, shape(d, 3, 70));
  for (idx r = s.rounds(30); r > 0; r--) convolution<T>(s, many_images(d));
  for (idx r = s.rounds(20); r > 0; r--) convolution<T>(s, strided(d));
  for (idx r = s.rounds(40); r > 0; r--) convolution<T>(s, pointwise(d));
  for (idx r = s.rounds(40); r > 0; r--) convolution<T>(s, depthwise(d));
  if (sizeof(T) == 4) {
    for (idx r = s.rounds(12); r > 0; r--) convolution<T>(s, winograd(d), true);
    // So many channels that the second-level cache holds neither a band nor the sums for the weights.
    convolution<T>(s, {17, 1, 320, 120, {5, 5, 3, 1, 1, 1}, {4, 4, 3, 1, 1, 1}}, true);
  }
  // One row of a long signal, cut into columns; many channels, cut into blocks of taps; many images, cut into parts.
  convolution<T>(s, {1, 1, 70, 3, {1, 1, 1, 1, 1, 0}, {5003, 5003, 3, 1, 1, 1}});
  convolution<T>(s, {1, 1, 300, 20, {4, 4, 3, 1, 1, 1}, {5, 5, 3, 1, 1, 1}}, sizeof(T) == 4);
  convolution<T>(s, {2, 1, 3, 600, {3, 2, 2, 1, 1, 0}, {4, 3, 2, 1, 1, 0}});
  convolution<T>(s, {37, 3, 2, 2, {7, 4, 3, 2, 1, 1}, {9, 5, 3, 2, 1, 1}});
}

}  // namespace

void test_convolutions(Session& s) {
  convolutions<float>(s);
  idx on_the_way = 0;
  const idx rounds = s.rounds(60);
  for (idx r = rounds; r > 0; r--) on_the_way += pool(s, pooled(s.dice));
  s.expect_number("pooled on the way", on_the_way * 2 > rounds, 1);
  convolutions<double>(s);
}
