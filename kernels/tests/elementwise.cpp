// Functions of one and of two operands, and the gradients of powers and of the larger and the smaller.
#include "layout.h"

namespace {

constexpr Range PLAIN{-4, 4}, ANY{-4, 4, Range::WILD}, SPECIAL{-4, 4, Range::SPECIAL};

double sign(double x) { return (x > 0) - (x < 0); }
double wrapped(int64_t x) { return static_cast<int32_t>(static_cast<uint32_t>(x)); }

struct Function {
  const char* name;
  double (*value)(double x);
  char kept;  // what the gradient reads: x, y, or − where there is none
  double (*gradient)(double g, double kept);
  Range range;
};
using D = double;
const Function FUNCTIONS[] = {
    {"neg", [](D x) { return -x; }, 'x', [](D g, D) { return -g; }, ANY},
    {"abs", [](D x) { return std::fabs(x); }, 'x', [](D g, D x) { return g * sign(x); }, ANY},
    {"exp", [](D x) { return std::exp(x); }, 'y', [](D g, D y) { return g * y; }, ANY},
    {"expm1", [](D x) { return std::expm1(x); }, 'y', [](D g, D y) { return g * (y + 1); }, ANY},
    {"log", [](D x) { return std::log(x); }, 'x', [](D g, D x) { return g / x; }, {0.01, 9, Range::WILD}},
    {"log1p", [](D x) { return std::log1p(x); }, 'x', [](D g, D x) { return g / (x + 1); }, {-0.9, 9, Range::WILD}},
    {"log2", [](D x) { return std::log2(x); }, 'x', [](D g, D x) { return g / (x * M_LN2); }, {0.01, 9, Range::WILD}},
    {"log10", [](D x) { return std::log10(x); }, 'x', [](D g, D x) { return g / (x * M_LN10); }, {0.01, 9, Range::WILD}},
    {"exp2", [](D x) { return std::exp2(x); }, 'y', [](D g, D y) { return g * y * M_LN2; }, ANY},
    {"sinh", [](D x) { return std::sinh(x); }, 'x', [](D g, D x) { return g * std::cosh(x); }, ANY},
    {"cosh", [](D x) { return std::cosh(x); }, 'x', [](D g, D x) { return g * std::sinh(x); }, ANY},
    {"logit", [](D x) { return std::log(x / (1 - x)); }, 'x', [](D g, D x) { return g / (x * (1 - x)); }, {0.55, 0.9}},
    {"asin", [](D x) { return std::asin(x); }, 'x', [](D g, D x) { return g / std::sqrt(1 - x * x); }, {-0.9, 0.9}},
    {"acos", [](D x) { return std::acos(x); }, 'x', [](D g, D x) { return -g / std::sqrt(1 - x * x); }, {-0.9, 0.9}},
    {"sqrt", [](D x) { return std::sqrt(x); }, 'y', [](D g, D y) { return g / (2 * y); }, {0.01, 9, Range::WILD}},
    {"rsqrt", [](D x) { return 1 / std::sqrt(x); }, 'y', [](D g, D y) { return g * -0.5 * y * y * y; }, {0.01, 9, Range::WILD}},
    {"square", [](D x) { return x * x; }, 'x', [](D g, D x) { return g * 2 * x; }, ANY},
    {"reciprocal", [](D x) { return 1 / x; }, 'y', [](D g, D y) { return -g * y * y; }, ANY},
    {"sin", [](D x) { return std::sin(x); }, 'x', [](D g, D x) { return g * std::cos(x); }, ANY},
    {"cos", [](D x) { return std::cos(x); }, 'x', [](D g, D x) { return -g * std::sin(x); }, ANY},
    {"tan", [](D x) { return std::tan(x); }, 'y', [](D g, D y) { return g * (y * y + 1); }, ANY},
    {"atan", [](D x) { return std::atan(x); }, 'x', [](D g, D x) { return g / (x * x + 1); }, ANY},
    {"tanh", [](D x) { return std::tanh(x); }, 'y', [](D g, D y) { return g * (1 - y) * (1 + y); }, ANY},
    {"sigmoid", [](D x) { return 1 / (1 + std::exp(-x)); }, 'y', [](D g, D y) { return g * (1 - y) * y; }, ANY},
    {"erf", [](D x) { return std::erf(x); }, 'x', [](D g, D x) { return g * M_2_SQRTPI * std::exp(-x * x); }, ANY},
    {"relu", [](D x) { return x <= 0 ? 0 : x; }, 'y', [](D g, D y) { return y <= 0 ? 0 : g; }, ANY},
    {"sign", sign, '-', nullptr, ANY},
    {"floor", [](D x) { return std::floor(x); }, '-', nullptr, ANY},
    {"trunc", [](D x) { return std::trunc(x); }, '-', nullptr, ANY},
    {"ceil", [](D x) { return std::ceil(x); }, '-', nullptr, ANY},
    {"round", [](D x) { return std::nearbyint(x); }, '-', nullptr, ANY},
};

template <class T> auto nearly(const std::vector<double>& want, double eps) {
  return [&want, eps](idx i) { return eps * std::fabs(want[static_cast<size_t>(i)]) + 4 * Dtype<T>::smallest; };
}
auto in(const std::vector<double>& want) {
  return [&want](idx i) { return want[static_cast<size_t>(i)]; };
}

template <class T> void function(Session& s, const Function& f) {
  const idx n = s.dice.size();
  Block<T> x(s.dice, n), y(s.dice, n);
  s.fill(x, f.range);
  std::vector<double> want;
  for (double v : x.copy()) want.push_back(f.value(v));
  const Block<T>& to = s.dice.percent(20) ? x : y;  // in place
  s.call(std::string(f.name) + Dtype<T>::suffix, x, to, n);
  s.expect("y", to, in(want), nearly<T>(want, 16 * Dtype<T>::eps));
}

template <class T> void gradient(Session& s, const Function& f) {
  const idx n = s.dice.size();
  Block<T> g(s.dice, n), kept(s.dice, n), dx(s.dice, n);
  s.fill(g, SPECIAL);
  s.fill(kept, {f.range.low, f.range.high});
  if (f.kept == 'y')
    for (idx i = 0; i < n; i++) kept[i] = static_cast<T>(f.value(kept[i]));
  std::vector<double> want;
  for (idx i = 0; i < n; i++) want.push_back(f.gradient(g[i], kept[i]));
  s.call(std::string(f.name) + "_backward" + Dtype<T>::suffix, g, kept, dx, n);
  s.expect("dx", dx, in(want), nearly<T>(want, 64 * Dtype<T>::eps));
}

void integer_function(Session& s, const char* name, double (*value)(double)) {
  const idx n = s.dice.size();
  Block<int32_t> x(s.dice, n), y(s.dice, n);
  s.fill(x, s.dice.percent(50) ? Range{INT32_MIN, INT32_MAX} : Range{-9, 9});
  if (n > 0) x[n - 1] = INT32_MIN;
  s.call(name, x, y, n);
  s.expect("y", y, [&](idx i) { return value(x[i]); });
}

// ---- two operands

using Value = double (*)(double, double);

/** Two operands, flat (each of n elements or of one) or of any strides. */
template <class A, class Y> void combination(Session& s, const std::string& name, Value value, Range ra, Range rb, double eps) {
  const bool flat = s.dice.percent(50);
  const Layout layout(s.dice, 2, -1);
  const idx n = flat ? s.dice.size() : layout.count, sa = s.dice.between(0, 1), sb = s.dice.between(0, 1);
  Block<A> a(s.dice, flat ? (sa ? n : 1) : layout.span(0)), b(s.dice, flat ? (sb ? n : 1) : layout.span(1));
  Block<Y> y(s.dice, n);
  s.fill(a, ra), s.fill(b, rb);
  std::vector<double> want;
  for (idx i = 0; i < n; i++)
    want.push_back(flat ? value(a[i * sa], b[i * sb]) : value(a[layout.at(0, i)], b[layout.at(1, i)]));
  const auto slack = [&](idx i) { return eps * std::fabs(want[static_cast<size_t>(i)]) + (eps > 0 ? 0x1p-120 : 0); };
  if (!flat) {
    const auto table = layout.table(s.dice);
    s.call(name, a.begin() + layout.start(0), b.begin() + layout.start(1), y, n, 0, 0, *table);
    s.expect("strided", y, in(want), slack);
  } else if (sa && sizeof(A) == sizeof(Y) && s.dice.percent(20)) {
    s.call(name, a, b, a, n, sa, sb, nullptr);
    s.expect("in place", a, in(want), slack);
  } else {
    s.call(name, a, b, y, n, sa, sb, nullptr);
    s.expect("flat", y, in(want), slack);
  }
}

double largest(double a, double b) { return a != a || b != b ? NAN : a > b ? a : b; }
double smallest(double a, double b) { return a != a || b != b ? NAN : a < b ? a : b; }
/** With the sign of b, as in Python. */
double modulo(double a, double b) {
  const double r = std::fmod(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

/** a / b rounded down, as in Python. */
double floored(double a, double b) {
  const double r = std::fmod(a, b), q = (a - r) / b;
  return b == 0 ? a / b : std::nearbyint(r != 0 && (r < 0) != (b < 0) ? q - 1 : q);
}

struct Operator {
  const char* name;
  Value value;
};
const Operator ARITHMETIC[] = {
    {"add", [](D a, D b) { return a + b; }}, {"sub", [](D a, D b) { return a - b; }}, {"mul", [](D a, D b) { return a * b; }},
    {"div", [](D a, D b) { return a / b; }}, {"maximum", largest},                    {"minimum", smallest},
    {"remainder", modulo},
    {"fmod", [](D a, D b) { return std::fmod(a, b); }},
    {"floor_divide", floored},
    {"atan2", [](D a, D b) { return std::atan2(a, b); }},
};
const Operator INTEGERS[] = {
    {"add_i32", [](D a, D b) { return wrapped(static_cast<int64_t>(a + b)); }},
    {"sub_i32", [](D a, D b) { return wrapped(static_cast<int64_t>(a - b)); }},
    {"mul_i32", [](D a, D b) { return wrapped(static_cast<int64_t>(a) * static_cast<int64_t>(b)); }},
    {"maximum_i32", largest},
    {"minimum_i32", smallest},
};
const Operator COMPARISONS[] = {
    {"eq", [](D a, D b) { return D(a == b); }}, {"ne", [](D a, D b) { return D(a != b); }}, {"lt", [](D a, D b) { return D(a < b); }},
    {"le", [](D a, D b) { return D(a <= b); }}, {"gt", [](D a, D b) { return D(a > b); }},  {"ge", [](D a, D b) { return D(a >= b); }},
};
const Operator LOGICAL[] = {
    {"logical_and_bool", [](D a, D b) { return D(a && b); }},
    {"logical_or_bool", [](D a, D b) { return D(a || b); }},
    {"logical_xor_bool", [](D a, D b) { return D(a != b); }},
};

template <class T> void choice_gradient(Session& s, const char* name, bool larger) {
  const idx n = s.dice.size();
  Block<T> g(s.dice, n), a(s.dice, n), b(s.dice, n), da(s.dice, n);
  s.fill(g, PLAIN), s.fill(a, PLAIN), s.fill(b, PLAIN);
  for (idx i = 0; i < n; i++)
    if (s.dice.percent(30)) b[i] = a[i];
  s.call(std::string(name) + Dtype<T>::suffix, g, a, b, da, n);
  s.expect("da", da, [&](idx i) { return a[i] == b[i] ? 0.5 * g[i] : (a[i] > b[i]) == larger ? D(g[i]) : 0.0; });
}

template <class T> void floats(Session& s) {
  const std::string suffix = Dtype<T>::suffix;
  for (const Function& f : FUNCTIONS)
    for (idx r = s.rounds(16); r > 0; r--) {
      function<T>(s, f);
      if (f.gradient) gradient<T>(s, f);
    }
  for (idx r = s.rounds(20); r > 0; r--) {
    choice_gradient<T>(s, "maximum_backward", true);
    choice_gradient<T>(s, "minimum_backward", false);
  }
}

template <class T> void float_operators(Session& s) {
  for (const Operator& op : ARITHMETIC)
    for (idx r = s.rounds(40); r > 0; r--) combination<T, T>(s, op.name + std::string(Dtype<T>::suffix), op.value, ANY, ANY, 6 * Dtype<T>::eps);
}
template <class T> void comparisons(Session& s, Range range) {
  for (const Operator& op : COMPARISONS)
    for (idx r = s.rounds(16); r > 0; r--) combination<T, uint8_t>(s, op.name + std::string(Dtype<T>::suffix), op.value, range, range, 0);
}

// ---- powers

template <class T> void power(Session& s) {
  const std::string name = std::string("pow") + Dtype<T>::suffix;
  const Range exponent = s.dice.percent(30) ? Range{-3, 3} : Range{-3, 3, Range::SPECIAL};
  combination<T, T>(s, name, [](D x, D e) { return std::pow(x, e); }, {0.05, 4, Range::WILD}, exponent, 24 * Dtype<T>::eps);
}

/** One exponent for all, among them those that need no logarithm. */
template <class T> void power_of_one_exponent(Session& s) {
  const double exponents[] = {2, 0.5, 1, 3, 0, -1, -0.5, -2, 1.7, -3};
  const double e = exponents[s.dice.between(0, 9)];
  const idx n = s.dice.size();
  Block<T> g(s.dice, n), x(s.dice, n), y(s.dice, n), dx(s.dice, n), exponent(s.dice, 1);
  s.fill(g, PLAIN), s.fill(x, {std::floor(e) == e ? -4.0 : 0.05, 4});
  exponent[0] = static_cast<T>(e);
  const double eps = 24 * Dtype<T>::eps, kept = exponent[0];
  s.call(std::string("pow") + Dtype<T>::suffix, x, exponent, y, n, 1, 0, nullptr);
  s.expect("y", y, [&](idx i) { return std::pow(x[i], kept); }, [&](idx i) { return eps * std::fabs(y[i]); });
  s.call(std::string("pow_backward_base") + Dtype<T>::suffix, g, x, exponent, dx, n, 0);
  s.expect("dx", dx, [&](idx i) { return kept == 0 ? 0 : g[i] * kept * std::pow(x[i], kept - 1); }, [&](idx i) { return eps * std::fabs(dx[i]); });
}

template <class T> void power_gradients(Session& s) {
  const idx n = s.dice.size(), sx = s.dice.between(0, 1), se = s.dice.between(0, 1);
  Block<T> g(s.dice, n), x(s.dice, n), e(s.dice, n), y(s.dice, n), dx(s.dice, n), de(s.dice, n), one_x(s.dice, 1), one_e(s.dice, 1);
  s.fill(g, PLAIN), s.fill(x, {0.05, 4}), s.fill(e, {-3, 3}), s.fill(y, {0.1, 5}), s.fill(one_x, {0.05, 4}), s.fill(one_e, {0.5, 3});
  const double eps = 32 * Dtype<T>::eps;
  s.call(std::string("pow_backward_base") + Dtype<T>::suffix, g, x, e, dx, n, 1);
  s.expect("dx", dx, [&](idx i) { return g[i] * e[i] * std::pow(x[i], D(e[i]) - 1); }, [&](idx i) { return eps * std::fabs(dx[i]); });
  if (s.dice.percent(20)) one_x[0] = 0;
  const Block<T>&xs = sx ? x : one_x, &es = se ? e : one_e;
  s.call(std::string("pow_backward_exponent") + Dtype<T>::suffix, g, xs, es, y, de, n, sx, se);
  s.expect("de", de,
      [&](idx i) {
        const double base = xs[i * sx], power = es[i * se];
        return base == 0 && power >= 0 ? 0 : g[i] * (y[i] * std::log(base));
      },
      [&](idx i) { return eps * std::fabs(de[i]); });
}

/** A relu that leaves one bit for each element, and the gradient that reads these. */
template <class T, class S> void signed_relu(Session& s) {
  const idx n = s.dice.size();
  Block<T> x(s.dice, n), y(s.dice, n), g(s.dice, n), dx(s.dice, n);
  s.fill(x, SPECIAL), s.fill(g, SPECIAL);
  const double bytes = s.call(std::string("relu_signs_bytes") + Dtype<T>::suffix, n);
  Block<S> signs(s.dice, static_cast<idx>(bytes) / static_cast<idx>(sizeof(S)));
  s.call(std::string("relu_signs") + Dtype<T>::suffix, x, y, signs, n);
  s.expect("y", y, [&](idx i) { return x[i] < 0 ? 0 : x[i]; });
  s.call(std::string("relu_backward_signs") + Dtype<T>::suffix, g, signs, dx, n);
  s.expect("dx", dx, [&](idx i) { return x[i] <= 0 ? 0 : g[i]; });
}

}  // namespace

void test_unary(Session& s) {
  for (idx r = s.rounds(60); r > 0; r--) signed_relu<float, int32_t>(s), signed_relu<double, double>(s);
  floats<float>(s);
  floats<double>(s);
  for (idx r = s.rounds(16); r > 0; r--) {
    integer_function(s, "neg_i32", [](D x) { return wrapped(static_cast<int64_t>(-x)); });
    integer_function(s, "abs_i32", [](D x) { return wrapped(static_cast<int64_t>(std::fabs(x))); });
    integer_function(s, "sign_i32", sign);
    integer_function(s, "relu_i32", [](D x) { return x > 0 ? x : 0; });
    integer_function(s, "square_i32", [](D x) { return wrapped(static_cast<int64_t>(x) * static_cast<int64_t>(x)); });
  }
}

/** The operations of bitwise_i32, one bit or one place after the other. */
D bitwise(int op, int32_t a, int32_t b) {
  if (op < 4) {
    uint32_t bits = 0;
    for (int place = 0; place < 32; place++) {
      const bool in_a = (static_cast<uint32_t>(a) >> place) & 1, in_b = (static_cast<uint32_t>(b) >> place) & 1;
      const bool set = op == 1 ? in_a && in_b : op == 2 ? in_a != in_b : in_a || in_b;
      bits += static_cast<uint32_t>(set) << place;
    }
    return static_cast<int32_t>(bits);
  }
  int64_t value = a;
  for (int64_t places = b < 0 || b > 31 ? 32 : b; places > 0; places--)
    value = op == 4 ? static_cast<int64_t>(wrapped(2 * value)) : static_cast<int64_t>(std::floor(value / 2.0));
  return static_cast<D>(value);
}

void bits(Session& s) {
  const idx n = s.dice.size(), op = s.dice.between(1, 5);
  Block<int32_t> a(s.dice, n), b(s.dice, n), y(s.dice, n);
  s.fill(a, {INT32_MIN, INT32_MAX});
  s.fill(b, op < 4 ? Range{INT32_MIN, INT32_MAX} : Range{-3, 40});
  const std::vector<double> left = a.copy();
  const Block<int32_t>& to = s.dice.percent(20) ? a : y;  // in place
  s.call("bitwise_i32", a, b, to, n, op);
  s.expect("y", to, [&](idx i) { return bitwise(static_cast<int>(op), static_cast<int32_t>(left[static_cast<size_t>(i)]), b[i]); });
}

void test_binary(Session& s) {
  for (idx r = s.rounds(60); r > 0; r--) bits(s);
  float_operators<float>(s);
  float_operators<double>(s);
  comparisons<float>(s, SPECIAL);
  comparisons<double>(s, SPECIAL);
  comparisons<int32_t>(s, {-3, 3});
  comparisons<uint8_t>(s, {0, 3});
  const Range all{INT32_MIN, INT32_MAX};
  for (const Operator& op : INTEGERS)
    for (idx r = s.rounds(40); r > 0; r--) combination<int32_t, int32_t>(s, op.name, op.value, all, all, 0);
  for (const Operator& op : LOGICAL)
    for (idx r = s.rounds(30); r > 0; r--) combination<uint8_t, uint8_t>(s, op.name, op.value, {0, 1}, {0, 1}, 0);
}

void test_powers(Session& s) {
  for (idx r = s.rounds(60); r > 0; r--) {
    power<float>(s), power<double>(s);
    power_of_one_exponent<float>(s), power_of_one_exponent<double>(s);
    power_gradients<float>(s), power_gradients<double>(s);
  }
}
