// softmax and its relatives over len of [outer, len, inner], cross entropy, and the losses of losses.cpp.
#include "session.h"

namespace {

using D = double;

struct Shape {
  idx outer, len, inner;
  idx count() const { return outer * len * inner; }
  idx rows() const { return outer * inner; }
  /** Element k of row r. */
  idx at(idx r, idx k) const { return (r / inner * len + k) * inner + r % inner; }
};

Shape random_shape(Dice& d) {
  const idx kind = d.between(0, 99);
  if (kind < 45) return {d.between(0, 40), d.between(0, 40), 1};
  if (kind < 65) return {d.between(0, 6), d.between(0, 40), d.between(0, 40)};
  if (kind < 80) return {d.between(1, 4), d.between(40, 3000), 1};
  if (kind < 90) return {d.between(200, 1500), d.between(1, 20), 1};
  if (kind < 96) return {d.between(1, 3), d.between(1, 90), d.between(2, 150)};
  return {1, d.between(4000, 20000), d.between(1, 2)};
}

template <class T> void fill_logits(Session& s, const Block<T>& x) {
  s.fill(x, {-8, 8});
  if (x.size() == 0) return;
  const idx kind = s.dice.between(0, 9);
  if (kind == 0) x[s.dice.between(0, x.size() - 1)] = static_cast<T>(NAN);
  if (kind == 1) x[s.dice.between(0, x.size() - 1)] = static_cast<T>(INFINITY);
  if (kind <= 3)
    for (idx i = 0; i < x.size(); i++)
      if (s.dice.percent(kind == 2 ? 30 : 95)) x[i] = static_cast<T>(-INFINITY);
}

/** What softmax and its relatives need to know of a row. */
struct Row {
  double largest = -INFINITY, sum = 0;
};
template <class T> Row row_of(const Block<T>& x, Shape shape, idx r) {
  Row row;
  for (idx k = 0; k < shape.len; k++) {
    const double v = x[shape.at(r, k)];
    if (v != v || v > row.largest) row.largest = v;
    if (row.largest != row.largest) break;
  }
  for (idx k = 0; k < shape.len; k++) row.sum += std::exp(static_cast<double>(x[shape.at(r, k)]) - row.largest);
  return row;
}

template <class T> void forward(Session& s) {
  const double eps = 200 * Dtype<T>::eps;
  const Shape shape = random_shape(s.dice);
  Block<T> x(s.dice, shape.count()), y(s.dice, shape.count()), z(s.dice, shape.count()), l(s.dice, shape.rows());
  fill_logits(s, x);
  std::vector<double> want(static_cast<size_t>(shape.count())), want_log(want), want_sum;
  for (idx r = 0; r < shape.rows(); r++) {
    const Row row = row_of(x, shape, r);
    for (idx k = 0; k < shape.len; k++) {
      const idx at = shape.at(r, k);
      want[static_cast<size_t>(at)] = std::exp(x[at] - row.largest) / row.sum;
      want_log[static_cast<size_t>(at)] = x[at] - row.largest - std::log(row.sum);
    }
    want_sum.push_back(std::isinf(row.largest) ? row.largest : row.largest + std::log(row.sum));
  }
  s.call(std::string("softmax") + Dtype<T>::suffix, x, y, shape.outer, shape.len, shape.inner);
  s.expect("softmax", y, [&](idx i) { return want[static_cast<size_t>(i)]; },
           [&](idx i) { return eps * want[static_cast<size_t>(i)] + 4 * Dtype<T>::smallest; });
  s.call(std::string("log_softmax") + Dtype<T>::suffix, x, z, shape.outer, shape.len, shape.inner);
  s.expect("log softmax", z, [&](idx i) { return want_log[static_cast<size_t>(i)]; },
           [&](idx i) { return eps * (1 + std::fabs(want_log[static_cast<size_t>(i)])); });
  s.call(std::string("logsumexp") + Dtype<T>::suffix, x, l, shape.outer, shape.len, shape.inner);
  s.expect("logsumexp", l, [&](idx i) { return want_sum[static_cast<size_t>(i)]; }, [&](idx) { return 10 * eps; });
}

template <class T> void backward(Session& s) {
  const double eps = 200 * Dtype<T>::eps;
  const Shape shape = random_shape(s.dice);
  Block<T> g(s.dice, shape.count()), y(s.dice, shape.count()), dx(s.dice, shape.count()), dz(s.dice, shape.count());
  Block<T> z(s.dice, shape.count());
  s.fill(g, {-4, 4}), s.fill(y, {0, 1}), s.fill(z, {-8, 0});
  std::vector<double> mean, sum, size;
  for (idx r = 0; r < shape.rows(); r++) {
    mean.push_back(0), sum.push_back(0), size.push_back(0);
    for (idx k = 0; k < shape.len; k++) {
      const idx at = shape.at(r, k);
      mean.back() += static_cast<double>(g[at]) * y[at];
      sum.back() += g[at];
      size.back() += std::fabs(g[at]);
    }
  }
  auto row = [&](idx i) { return static_cast<size_t>(i / (shape.len * shape.inner) * shape.inner + i % shape.inner); };
  s.call(std::string("softmax_backward") + Dtype<T>::suffix, g, y, dx, shape.outer, shape.len, shape.inner);
  s.expect("softmax", dx, [&](idx i) { return y[i] * (g[i] - mean[row(i)]); }, [&](idx i) { return eps * size[row(i)]; });
  s.call(std::string("log_softmax_backward") + Dtype<T>::suffix, g, z, dz, shape.outer, shape.len, shape.inner);
  s.expect("log softmax", dz, [&](idx i) { return g[i] - std::exp(static_cast<double>(z[i])) * sum[row(i)]; },
           [&](idx i) { return eps * size[row(i)]; });
}

template <class T> void cross_entropy(Session& s) {
  const std::string name = std::string("cross_entropy") + Dtype<T>::suffix;
  const idx rows = s.dice.percent(85) ? s.dice.between(0, 40) : s.dice.between(41, 3000);
  const idx classes = rows > 40 || s.dice.percent(70) ? s.dice.between(1, 40) : s.dice.between(41, 3000);
  const Shape shape{rows, classes, 1};
  const double scale = s.dice.percent(50) ? 1 : 1 / static_cast<double>(rows + 1);
  Block<T> x(s.dice, shape.count()), loss(s.dice, 1), gradient(s.dice, shape.count()), row_loss(s.dice, rows);
  Block<int32_t> labels(s.dice, rows);
  s.fill(x, {-8, 8}), s.fill(labels, {0, static_cast<double>(classes - 1)});
  const bool keeps_gradient = s.dice.percent(70), keeps_rows = s.dice.percent(50);
  auto run = [&] {
    return s.call(name, x, labels, loss, keeps_gradient ? gradient.begin() : nullptr, keeps_rows ? row_loss.begin() : nullptr, rows, classes, scale);
  };
  if (rows > 0 && s.dice.percent(25)) {
    const double wrong[] = {-1, static_cast<double>(classes), INT32_MIN, INT32_MAX};
    const idx first = s.dice.between(0, rows - 1);
    for (idx r = first; r < rows; r++)
      if (r == first || s.dice.percent(20)) labels[r] = static_cast<int32_t>(wrong[s.dice.between(0, 3)]);
    s.expect_number("the first wrong label", run(), static_cast<double>(first));
    s.expect_untouched("loss", loss), s.expect_untouched("gradient", gradient), s.expect_untouched("losses", row_loss);
    return;
  }
  s.expect_number("no label is wrong", run(), -1);
  const double eps = 200 * Dtype<T>::eps;
  double total = 0;
  std::vector<double> losses, gradients;
  for (idx r = 0; r < rows; r++) {
    const Row row = row_of(x, shape, r);
    losses.push_back(std::log(row.sum) + row.largest - x[r * classes + labels[r]]);
    total += losses.back();
    for (idx k = 0; k < classes; k++)
      gradients.push_back(scale * (std::exp(x[r * classes + k] - row.largest) / row.sum - (k == labels[r])));
  }
  s.expect("loss", loss, [&](idx) { return total * scale; }, [&](idx) { return eps * (1 + total * scale); });
  if (keeps_rows) s.expect("losses", row_loss, [&](idx i) { return losses[static_cast<size_t>(i)]; }, [&](idx) { return eps * 16; });
  else s.expect_untouched("losses", row_loss);
  if (keeps_gradient) s.expect("gradient", gradient, [&](idx i) { return gradients[static_cast<size_t>(i)]; }, [&](idx) { return eps * scale; });
  else s.expect_untouched("gradient", gradient);
}

/** A loss of pairs as plain arithmetic: its name, its value and its slopes toward x and y. */
struct Pair {
  const char* name;
  double (*value)(D, D), (*toward_x)(D, D), (*toward_y)(D, D);
};
constexpr double PARAMETER = 0.75;
const Pair PAIRS[] = {
    {"mse", [](D x, D y) { return (x - y) * (x - y); }, [](D x, D y) { return 2 * (x - y); }, [](D x, D y) { return 2 * (y - x); }},
    {"l1", [](D x, D y) { return std::fabs(x - y); }, [](D x, D y) { return D(x > y) - (x < y); }, [](D x, D y) { return D(y > x) - (y < x); }},
    {"huber", [](D x, D y) { const D a = std::fabs(x - y); return a <= PARAMETER ? a * a / 2 : PARAMETER * (a - PARAMETER / 2); },
     [](D x, D y) { return std::fmax(-PARAMETER, std::fmin(PARAMETER, x - y)); },
     [](D x, D y) { return std::fmax(-PARAMETER, std::fmin(PARAMETER, y - x)); }},
    {"bce", [](D x, D y) { return (y - 1) * std::log1p(-x) - y * std::log(x); }, [](D x, D y) { return (x - y) / ((1 - x) * x); },
     [](D x, D) { return std::log1p(-x) - std::log(x); }},
    {"bce_logits", [](D x, D y) { return std::log1p(std::exp(x)) - x * y; }, [](D x, D y) { return 1 / (1 + std::exp(-x)) - y; },
     [](D x, D) { return -x; }},
    {"kl_div", [](D x, D y) { return y * (std::log(y) - x); }, [](D, D y) { return -y; }, [](D x, D y) { return std::log(y) + 1 - x; }},
};

template <class T> void pair(Session& s, const Pair& loss) {
  const std::string name = loss.name, suffix = Dtype<T>::suffix;
  const idx n = s.dice.size(), each = s.dice.between(0, 1), second = s.dice.between(0, 1);
  const double scale = 1 / static_cast<double>(n + 1), eps = 400 * Dtype<T>::eps;
  Block<T> x(s.dice, n), y(s.dice, n), out(s.dice, each ? n : 1), g(s.dice, each ? n : 1), d(s.dice, n);
  s.fill(x, {0.05, 0.95}), s.fill(y, {0.05, 0.95}), s.fill(g, {-2, 2});
  double sum = 0, size = 0;
  for (idx i = 0; i < n; i++) sum += loss.value(x[i], y[i]), size += std::fabs(loss.value(x[i], y[i]));
  s.call(name + suffix, x, y, out, n, each, scale, PARAMETER);
  s.expect("loss", out, [&](idx i) { return scale * (each ? loss.value(x[i], y[i]) : sum); }, [&](idx) { return eps * scale * (each ? 4 : size + 1); });
  s.call(name + "_backward" + suffix, g, x, y, d, n, each, scale, PARAMETER, second);
  auto slope = [&](idx i) { return (second ? loss.toward_y : loss.toward_x)(x[i], y[i]) * scale * g[each ? i : 0]; };
  s.expect("gradient", d, slope, [&](idx i) { return eps * (std::fabs(slope(i)) + scale * 4); });
}

template <class T> void outside(Session& s) {
  const idx n = s.dice.size();
  Block<T> x(s.dice, n);
  s.fill(x, {0, 1});
  const bool spoilt = n > 0 && s.dice.percent(50);
  if (spoilt) x[s.dice.between(0, n - 1)] = static_cast<T>(s.dice.percent(50) ? NAN : 1.5);
  s.expect_number("outside", s.call(std::string("outside") + Dtype<T>::suffix, x, n, 0, 1), spoilt);
}

template <class T> void nll(Session& s) {
  const Shape shape = random_shape(s.dice);
  const idx classes = shape.len, rows = shape.rows(), ignored = s.dice.between(-1, 1), reduction = s.dice.between(0, 2);
  const bool weighted = s.dice.percent(50);
  Block<T> x(s.dice, shape.count()), weight(s.dice, classes), out(s.dice, reduction == 0 ? rows : 1), total(s.dice, 1);
  Block<T> g(s.dice, reduction == 0 ? rows : 1), dx(s.dice, shape.count());
  Block<int32_t> labels(s.dice, rows);
  s.fill(x, {-8, 0}), s.fill(weight, {0.5, 2}), s.fill(g, {-2, 2});
  for (idx r = 0; r < rows; r++) labels[r] = static_cast<int32_t>(s.dice.percent(20) || classes == 0 ? ignored : s.dice.between(0, classes - 1));
  if (classes < 2 && rows > 0 && ignored != -1) return;
  auto w = [&](idx r) { return labels[r] == ignored ? 0.0 : weighted ? D(weight[labels[r]]) : 1.0; };
  auto at = [&](idx r) { return labels[r] == ignored ? 0.0 : -w(r) * D(x[shape.at(r, labels[r])]); };
  double sum = 0, weights = 0;
  for (idx r = 0; r < rows; r++) sum += at(r), weights += w(r);
  const void* given = weighted ? static_cast<const void*>(weight.begin()) : nullptr;
  const std::string suffix = Dtype<T>::suffix;
  const double eps = 40 * Dtype<T>::eps;
  s.expect_number("wrong label", s.call("nll" + suffix, x, labels, given, out, total, shape.outer, classes, shape.inner, ignored, reduction), -1);
  s.expect("loss", out, [&](idx r) { return reduction == 0 ? at(r) : reduction == 1 ? sum / weights : sum; },
           [&](idx) { return eps * (16 + (reduction == 2 ? sum : 0)); });
  s.expect("total", total, [&](idx) { return weights; }, [&](idx) { return eps * weights; });
  s.call("nll_backward" + suffix, g, labels, given, total, dx, shape.outer, classes, shape.inner, ignored, reduction);
  s.expect("dx", dx,
           [&](idx i) {
             const idx r = i / (classes * shape.inner) * shape.inner + i % shape.inner, k = i / shape.inner % classes;
             if (labels[r] == ignored || labels[r] != k) return 0.0;
             return -w(r) * (reduction == 0 ? D(g[r]) : reduction == 1 ? D(g[0]) / total[0] : D(g[0]));
           },
           [&](idx) { return eps * 8; });
}

}  // namespace

void test_softmax(Session& s) {
  for (idx r = s.rounds(60); r > 0; r--) {
    forward<float>(s), forward<double>(s);
    backward<float>(s), backward<double>(s);
  }
}

void test_losses(Session& s) {
  for (idx r = s.rounds(100); r > 0; r--) {
    cross_entropy<float>(s), cross_entropy<double>(s);
    for (const Pair& loss : PAIRS) pair<float>(s, loss), pair<double>(s, loss);
    outside<float>(s), outside<double>(s);
    nll<float>(s), nll<double>(s);
  }
}
