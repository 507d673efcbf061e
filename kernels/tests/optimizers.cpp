// Optimizer steps over tables of parameters.
#include <limits>
#include <memory>

#include "session.h"

namespace {

/** One parameter with its gradient and what the optimizer keeps of it. */
template <class T> struct Parameter {
  Block<T> value, gradient, first, second, maximum;
  bool has_buffer;  // a momentum buffer, or a maximum
  double step;
  std::vector<double> old_value, old_first, old_second, old_maximum;

  Parameter(Session& s, idx n)
      : value(s.dice, n), gradient(s.dice, n), first(s.dice, n), second(s.dice, n), maximum(s.dice, n),
        has_buffer(s.dice.percent(60)), step(s.dice.percent(40) ? 1 : static_cast<double>(s.dice.between(2, 5000))) {
    s.fill(value, {-2, 2}), s.fill(gradient, {-2, 2}), s.fill(first, {-1, 1}), s.fill(second, {0.01, 1}), s.fill(maximum, {0.01, 1});
    old_value = value.copy(), old_first = first.copy(), old_second = second.copy(), old_maximum = maximum.copy();
  }
};
template <class T> using Parameters = std::vector<std::unique_ptr<Parameter<T>>>;

/** Mostly a few small ones, at times more than one task's elements. */
template <class T> Parameters<T> random_parameters(Session& s) {
  Parameters<T> all;
  const bool large = s.dice.percent(10);
  for (idx i = s.dice.between(0, 6); i > 0; i--) {
    const idx n = large ? s.dice.between(0, 40000) : s.dice.between(0, 300);
    all.push_back(std::make_unique<Parameter<T>>(s, n));
  }
  return all;
}

double address(const void* p) { return static_cast<double>(reinterpret_cast<uintptr_t>(p)); }

/** Rows of numbers as one table without slack. */
void fill_table(const Block<double>& table, const std::vector<std::vector<double>>& rows) {
  idx at = 0;
  for (const auto& row : rows)
    for (double x : row) table[at++] = x;
}

template <class T> void sgd(Session& s) {
  const Parameters<T> all = random_parameters<T>(s);
  const double lr = s.dice.real(0.001, 0.1), momentum = s.dice.real(0, 0.9), dampening = s.dice.percent(50) ? 0 : 0.3;
  const double decay = s.dice.percent(50) ? 0 : 0.1;
  const bool nesterov = s.dice.percent(50), maximize = s.dice.percent(50);
  std::vector<std::vector<double>> rows;
  for (const auto& p : all)
    rows.push_back({address(p->value.begin()), address(p->gradient.begin()), p->has_buffer ? address(p->first.begin()) : 0,
                    static_cast<double>(p->value.size()), p->step});
  Block<double> table(s.dice, static_cast<idx>(rows.size()) * 5);
  fill_table(table, rows);
  s.call(std::string("sgd") + Dtype<T>::suffix, table, static_cast<idx>(all.size()), lr, momentum, dampening, decay, nesterov, maximize);
  const double eps = 16 * Dtype<T>::eps;
  for (const auto& p : all) {
    auto gradient = [&](idx i) { return (maximize ? -1 : 1) * double(p->gradient[i]) + decay * p->old_value[static_cast<size_t>(i)]; };
    auto kept = [&](idx i) {
      return p->step == 1 ? gradient(i) : momentum * p->old_first[static_cast<size_t>(i)] + (1 - dampening) * gradient(i);
    };
    auto value = [&](idx i) {
      const double g = !p->has_buffer ? gradient(i) : nesterov ? gradient(i) + momentum * kept(i) : kept(i);
      return p->old_value[static_cast<size_t>(i)] - lr * g;
    };
    s.expect("parameter", p->value, value, [&](idx) { return 4 * eps; });
    s.expect("momentum", p->first, [&](idx i) { return p->has_buffer ? kept(i) : p->old_first[static_cast<size_t>(i)]; }, [&](idx) { return 4 * eps; });
  }
}

template <class T> void adam(Session& s) {
  const Parameters<T> all = random_parameters<T>(s);
  const double lr = s.dice.real(0.001, 0.1), beta1 = s.dice.percent(20) ? 0.3 : 0.9, beta2 = 0.999, eps = 1e-8;
  const double decay = s.dice.percent(50) ? 0 : 0.1;
  const bool decoupled = s.dice.percent(50), maximize = s.dice.percent(50), together = s.dice.percent(70);
  std::vector<std::vector<double>> rows;
  for (const auto& p : all) {
    if (together) p->step = all[0]->step;
    rows.push_back({address(p->value.begin()), address(p->gradient.begin()), address(p->first.begin()), address(p->second.begin()),
                    p->has_buffer ? address(p->maximum.begin()) : 0, static_cast<double>(p->value.size()), p->step});
  }
  Block<double> table(s.dice, static_cast<idx>(rows.size()) * 7);
  fill_table(table, rows);
  s.call(std::string("adam") + Dtype<T>::suffix, table, static_cast<idx>(all.size()), lr, beta1, beta2, eps, decay, decoupled, maximize);
  for (const auto& p : all) {
    auto start = [&](idx i) { return p->old_value[static_cast<size_t>(i)] * (decoupled ? 1 - lr * decay : 1); };
    auto gradient = [&](idx i) { return (maximize ? -1 : 1) * double(p->gradient[i]) + (decoupled ? 0 : decay * start(i)); };
    auto first = [&](idx i) { return beta1 * p->old_first[static_cast<size_t>(i)] + (1 - beta1) * gradient(i); };
    auto second = [&](idx i) { return beta2 * p->old_second[static_cast<size_t>(i)] + (1 - beta2) * gradient(i) * gradient(i); };
    auto maximum = [&](idx i) { return std::fmax(p->old_maximum[static_cast<size_t>(i)], second(i)); };
    auto update = [&](idx i) {
      const double root = std::sqrt((p->has_buffer ? maximum(i) : second(i)) / (1 - std::pow(beta2, p->step)));
      return lr / (1 - std::pow(beta1, p->step)) * first(i) / (root + eps);
    };
    const double slack = 64 * Dtype<T>::eps;
    s.expect("first moment", p->first, first, [&](idx) { return slack; });
    s.expect("second moment", p->second, second, [&](idx) { return slack; });
    s.expect("maximum", p->maximum, [&](idx i) { return p->has_buffer ? maximum(i) : p->old_maximum[static_cast<size_t>(i)]; }, [&](idx) { return slack; });
    // 1 − β₂ and its powers lose digits in float.
    s.expect("parameter", p->value, [&](idx i) { return start(i) - update(i); }, [&](idx i) { return slack * (1 + 100 * std::fabs(update(i))); });
  }
}

/** A parameter with what is kept of it, before and after a step. */
struct Slots {
  double p, g, a, b, c;
};

/** Which of the slots a, b, c a row names; one that it does not name is 0 in the table, or has no column. */
enum Slot { NAMED, EMPTY, ABSENT };

/** Runs a kernel over a table and compares everything it may change with `rule`; `extra` ends every row. */
template <class T, class Rule, class... A>
void adaptive(Session& s, const char* name, Slot b, Slot c, const std::vector<double>& extra, const Rule& rule, const A&... arguments) {
  const Parameters<T> all = random_parameters<T>(s);
  std::vector<std::vector<double>> rows;
  for (const auto& p : all) {
    s.fill(p->first, {3, 5});  // a mean square that exceeds the square of any mean, so that no root is of a negative number
    p->old_first = p->first.copy();
    std::vector<double> row{address(p->value.begin()), address(p->gradient.begin()), address(p->first.begin())};
    if (b != ABSENT) row.push_back(b == NAMED ? address(p->second.begin()) : 0);
    if (c != ABSENT) row.push_back(c == NAMED ? address(p->maximum.begin()) : 0);
    row.push_back(static_cast<double>(p->value.size()));
    row.insert(row.end(), extra.begin(), extra.end());
    rows.push_back(row);
  }
  idx cells = 0;
  for (const auto& row : rows) cells += static_cast<idx>(row.size());
  Block<double> table(s.dice, cells);
  fill_table(table, rows);
  s.call(std::string(name) + Dtype<T>::suffix, table, static_cast<idx>(all.size()), arguments...);
  for (const auto& p : all) {
    auto after = [&](idx i) {
      const auto k = static_cast<size_t>(i);
      Slots x{p->old_value[k], double(p->gradient[i]), p->old_first[k], p->old_second[k], p->old_maximum[k]};
      rule(x);
      return x;
    };
    auto slack = [&](double x) { return 256 * Dtype<T>::eps * (1 + std::fabs(x)); };
    s.expect("a", p->first, [&](idx i) { return after(i).a; }, [&](idx i) { return slack(after(i).a); });
    s.expect("b", p->second, [&](idx i) { return after(i).b; }, [&](idx i) { return slack(after(i).b); });
    s.expect("c", p->maximum, [&](idx i) { return after(i).c; }, [&](idx i) { return slack(after(i).c); });
    s.expect("parameter", p->value, [&](idx i) { return after(i).p; }, [&](idx i) { return slack(after(i).p); });
  }
}

template <class T> void rmsprop(Session& s) {
  const double lr = s.dice.real(0.001, 0.1), alpha = s.dice.percent(50) ? 0.9 : 0.6, eps = 0.01;
  const double decay = s.dice.percent(50) ? 0 : 0.1, momentum = s.dice.real(0.1, 0.9);
  const bool maximize = s.dice.percent(50), buffer = s.dice.percent(50), centered = s.dice.percent(50);
  auto rule = [&](Slots& x) {
    const double g = (maximize ? -1 : 1) * x.g + decay * x.p;
    x.a = x.a * alpha + (1 - alpha) * g * g;
    if (centered) x.c += (1 - alpha) * (g - x.c);
    const double step = g / (std::sqrt(x.a - (centered ? x.c * x.c : 0)) + eps);
    if (buffer) x.b = x.b * momentum + step;
    x.p -= lr * (buffer ? x.b : step);
  };
  adaptive<T>(s, "rmsprop", buffer ? NAMED : EMPTY, centered ? NAMED : EMPTY, {}, rule, lr, alpha, eps, decay, momentum, maximize);
}

template <class T> void sums_of_squares(Session& s) {
  const double lr = s.dice.real(0.001, 0.1), rho = 0.9, eps = 0.001, decay = s.dice.percent(50) ? 0 : 0.1;
  const bool maximize = s.dice.percent(50);
  auto gradient = [&](const Slots& x) { return (maximize ? -1 : 1) * x.g + decay * x.p; };
  adaptive<T>(s, "adagrad", ABSENT, ABSENT, {lr}, [&](Slots& x) {
    const double g = gradient(x);
    x.a += g * g;
    x.p -= lr * g / (std::sqrt(x.a) + eps);
  }, eps, decay, maximize);
  adaptive<T>(s, "adadelta", NAMED, ABSENT, {}, [&](Slots& x) {
    const double g = gradient(x);
    x.a = rho * x.a + (1 - rho) * g * g;
    const double step = std::sqrt(x.b + eps) / std::sqrt(x.a + eps) * g;
    x.b = rho * x.b + (1 - rho) * step * step;
    x.p -= lr * step;
  }, lr, rho, eps, decay, maximize);
}

template <class T> void moments(Session& s) {
  const double size = s.dice.real(0.001, 0.1), other = s.dice.real(0.001, 0.1), root = s.dice.real(1, 3);
  const double beta1 = s.dice.percent(30) ? 0.3 : 0.9, beta2 = 0.99, eps = 0.001;
  const double decay = s.dice.percent(50) ? 0 : 0.1, shrink = s.dice.percent(50) ? 1 : 0.99;
  const bool maximize = s.dice.percent(50), rectified = s.dice.percent(50);
  auto step = [&](Slots& x) {
    x.p *= shrink;
    const double g = (maximize ? -1 : 1) * x.g + decay * x.p;
    x.a = beta1 * x.a + (1 - beta1) * g;
    return g;
  };
  adaptive<T>(s, "nadam", NAMED, ABSENT, {size, other, root}, [&](Slots& x) {
    const double g = step(x);
    x.b = beta2 * x.b + (1 - beta2) * g * g;
    x.p -= (size * g + other * x.a) / (std::sqrt(x.b) * root + eps);
  }, beta1, beta2, eps, decay, shrink, maximize);
  adaptive<T>(s, "radam", NAMED, ABSENT, {size, rectified ? 1.0 : 0.0}, [&](Slots& x) {
    const double g = step(x);
    x.b = beta2 * x.b + (1 - beta2) * g * g;
    x.p -= size * x.a / (rectified ? std::sqrt(x.b) + eps : 1);
  }, beta1, beta2, eps, decay, shrink, maximize);
  adaptive<T>(s, "adamax", NAMED, ABSENT, {size}, [&](Slots& x) {
    const double g = (maximize ? -1 : 1) * x.g + decay * x.p;
    x.a = beta1 * x.a + (1 - beta1) * g;
    x.b = std::fmax(beta2 * x.b, std::fabs(g) + eps);
    x.p -= size * x.a / x.b;
  }, beta1, beta2, eps, decay, maximize);
}

template <class T> void clipping(Session& s) {
  std::vector<std::unique_ptr<Block<T>>> all;
  const bool large = s.dice.percent(10);
  std::vector<std::vector<double>> rows;
  for (idx i = s.dice.between(0, 6); i > 0; i--) {
    all.push_back(std::make_unique<Block<T>>(s.dice, large ? s.dice.between(0, 40000) : s.dice.between(0, 300)));
    s.fill(*all.back(), {-2, 2, s.dice.percent(10) ? Range::SPECIAL : Range::PLAIN});
    rows.push_back({address(all.back()->begin()), static_cast<double>(all.back()->size())});
  }
  Block<double> table(s.dice, static_cast<idx>(rows.size()) * 2);
  fill_table(table, rows);
  const double inf = std::numeric_limits<double>::infinity(), orders[] = {2, 1, 0, 3, 0.5, -1, inf, -inf};
  const idx count = static_cast<idx>(all.size());
  for (double order : orders) {
    double want = order == -inf ? inf : order == inf ? -inf : 0;
    bool nan = false;
    for (const auto& block : all)
      for (idx i = 0; i < block->size(); i++) {
        const double x = std::fabs(double((*block)[i]));
        nan = nan || (x != x && order != 0);
        if (order == inf) want = std::fmax(want, x);
        else if (order == -inf) want = std::fmin(want, x);
        else want += order == 0 ? x != 0 : std::pow(x, order);
      }
    const double got = s.call(std::string("gradients_power_sum") + Dtype<T>::suffix, table, count, order);
    Block<double> result(s.dice, 1);
    result[0] = got;
    s.expect("power sum", result, [&](idx) { return nan ? std::nan("") : want; }, [&](idx) { return 4096 * Dtype<T>::eps * want; });
  }
  std::vector<std::vector<double>> old;
  for (const auto& block : all) old.push_back(block->copy());
  const double factor = s.dice.real(0, 1), limit = s.dice.real(0, 1);
  s.call(std::string("gradients_scale") + Dtype<T>::suffix, table, count, factor);
  for (size_t k = 0; k < all.size(); k++)
    s.expect("scaled", *all[k], [&](idx i) { return old[k][static_cast<size_t>(i)] * factor; }, [](idx) { return 8 * Dtype<T>::eps; });
  old.clear();
  for (const auto& block : all) old.push_back(block->copy());
  s.call(std::string("gradients_clamp") + Dtype<T>::suffix, table, count, limit);
  for (size_t k = 0; k < all.size(); k++)
    s.expect("clamped", *all[k], [&](idx i) {
      const double x = old[k][static_cast<size_t>(i)], edge = static_cast<double>(static_cast<T>(limit));
      return x < -edge ? -edge : x > edge ? edge : x;
    });
}

}  // namespace

void test_optimizers(Session& s) {
  for (idx r = s.rounds(80); r > 0; r--) {
    sgd<float>(s), sgd<double>(s);
    adam<float>(s), adam<double>(s);
    rmsprop<float>(s), rmsprop<double>(s);
    sums_of_squares<float>(s), sums_of_squares<double>(s);
    moments<float>(s), moments<double>(s);
    clipping<float>(s), clipping<double>(s);
  }
}
