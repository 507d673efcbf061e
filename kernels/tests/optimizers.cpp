// Optimizer steps over tables of parameters.
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

}  // namespace

void test_optimizers(Session& s) {
  for (idx r = s.rounds(80); r > 0; r--) {
    sgd<float>(s), sgd<double>(s);
    adam<float>(s), adam<double>(s);
  }
}
