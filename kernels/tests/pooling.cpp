// Pooling with every kernel size, stride, padding and dilation, and with windows that divide the plane evenly.
#include "session.h"

namespace {

struct Axis {
  idx in, out, kernel, stride, dilation, pad;
  idx first(idx i) const { return kernel == 0 ? i * in / out : i * stride - pad; }
  idx count(idx i) const { return kernel == 0 ? ((i + 1) * in + out - 1) / out - first(i) : kernel; }
};

Axis axis(Dice& d, bool dilated) {
  if (d.percent(20)) return {d.between(1, 30), d.between(1, 12), 0, 1, 1, 0};
  Axis a{d.between(1, d.percent(30) ? 150 : 40), 0, d.between(1, 5), d.between(1, 4), dilated && d.percent(30) ? 2 : 1, 0};
  const bool two = d.percent(40);
  if (two) a.kernel = a.stride = 2, a.dilation = 1;
  a.pad = two || d.percent(50) ? 0 : d.between(0, a.kernel / 2);
  const idx reach = (a.kernel - 1) * a.dilation + 1;
  while (a.in + 2 * a.pad < reach) a.in++;
  const idx room = a.in + 2 * a.pad - reach;
  a.out = room / a.stride + 1;
  if (d.percent(40) && room % a.stride != 0 && a.out * a.stride < a.in + a.pad) a.out++;  // one that does not end inside
  return a;
}

/** f(element) for each element of a window. */
template <class F> void window(const Axis& y, const Axis& x, idx i, idx j, const F& f) {
  for (idx r = 0; r < y.count(i); r++)
    for (idx c = 0; c < x.count(j); c++) {
      const idx row = y.first(i) + r * y.dilation, column = x.first(j) + c * x.dilation;
      if (row >= 0 && row < y.in && column >= 0 && column < x.in) f(row * x.in + column);
    }
}

double padded(const Axis& a, idx i) {
  return static_cast<double>(a.kernel == 0 ? a.count(i) : std::min(a.first(i) + a.kernel, a.in + a.pad) - a.first(i));
}

template <class T> void pool(Session& s, bool averages) {
  Dice& d = s.dice;
  const std::string suffix = Dtype<T>::suffix;
  const Axis y = axis(d, !averages), x = axis(d, !averages);
  const idx planes = d.between(0, 12), inputs = y.in * x.in, outputs = y.out * x.out;
  Block<double> table(d, 13);
  idx at = 0;
  table[at++] = static_cast<double>(planes);
  for (const Axis& a : {y, x})
    for (idx field : {a.in, a.out, a.kernel, a.stride, a.dilation, a.pad}) table[at++] = static_cast<double>(field);
  Block<T> in(d, planes * inputs), out(d, planes * outputs), g(d, planes * outputs), dx(d, planes * inputs);
  s.fill(in, {-2, 2}), s.fill(g, {-2, 2});
  const bool with_padding = d.percent(50);
  const double divisor = d.percent(20) ? 3 : 0;
  const double floor = d.percent(50) ? 0 : -INFINITY;  // a relu on the way, or none
  std::vector<double> value, place, back(static_cast<size_t>(dx.size())), kept(back), size(back);
  for (idx p = 0; p < planes; p++)
    for (idx i = 0; i < y.out; i++)
      for (idx j = 0; j < x.out; j++) {
        double best = -INFINITY, sum = 0, count = 0;
        idx where = -1;
        window(y, x, i, j, [&](idx e) {
          const double element = in[p * inputs + e], one = averages || !(element < floor) ? element : floor;
          if (one > best) best = one, where = e;
          sum += one, count++;
        });
        const double share = divisor != 0 ? divisor : with_padding ? padded(y, i) * padded(x, j) : count;
        const double gradient = g[p * outputs + i * x.out + j];
        value.push_back(averages ? sum / share : best), place.push_back(static_cast<double>(where));
        window(y, x, i, j, [&](idx e) {
          if (!averages && e != where) return;
          const double term = averages ? gradient / share : gradient;
          if (best > 0) kept[static_cast<size_t>(p * inputs + e)] += term;
          back[static_cast<size_t>(p * inputs + e)] += term, size[static_cast<size_t>(p * inputs + e)] += std::fabs(term);
        });
      }
  const double eps = 60 * Dtype<T>::eps;
  auto near = [&](idx i) { return averages ? eps * 2 * std::fabs(value[static_cast<size_t>(i)]) + eps * 2 : 0; };
  if (averages) {
    s.call("average_pool" + suffix, in, out, with_padding, divisor, table);
    s.call("average_pool_backward" + suffix, g, dx, with_padding, divisor, table);
  } else {
    Block<int32_t> places(d, planes * outputs);
    s.call("max_pool" + suffix, in, floor, out, places, table);
    s.expect("places", places, [&](idx i) { return place[static_cast<size_t>(i)]; });
    s.call("max_pool_backward" + suffix, g, places, static_cast<const T*>(nullptr), dx, table);
    Block<T> positive(d, planes * inputs);
    s.call("max_pool_backward" + suffix, g, places, out, positive, table);
    s.expect("dx of positive windows", positive, [&](idx i) { return kept[static_cast<size_t>(i)]; },
             [&](idx i) { return eps * size[static_cast<size_t>(i)]; });
  }
  s.expect("y", out, [&](idx i) { return value[static_cast<size_t>(i)]; }, near);
  s.expect("dx", dx, [&](idx i) { return back[static_cast<size_t>(i)]; }, [&](idx i) { return eps * size[static_cast<size_t>(i)]; });
}

}  // namespace

void test_pooling(Session& s) {
  for (idx r = s.rounds(120); r > 0; r--) {
    for (bool averages : {false, true}) pool<float>(s, averages), pool<double>(s, averages);
  }
}
