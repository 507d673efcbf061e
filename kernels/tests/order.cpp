// Sorting, selecting, counting and searching along rows.
#include <algorithm>
#include <numeric>

#include "session.h"

namespace {

constexpr idx FEW = 24;

template <class T> bool less(T a, T b) { return a == a && (b != b || a < b); }
template <class T> bool same(T a, T b) { return a == b || (a != a && b != b); }

/** Places of a row in order; equals keep theirs. */
template <class T> std::vector<idx> order_of(const T* x, idx len, bool descending) {
  std::vector<idx> places(static_cast<size_t>(len));
  std::iota(places.begin(), places.end(), 0);
  std::stable_sort(places.begin(), places.end(), [=](idx a, idx b) { return descending ? less(x[b], x[a]) : less(x[a], x[b]); });
  return places;
}

template <class T> void fill_with_ties(Session& s, const Block<T>& x) {
  s.fill(x, s.dice.percent(50) ? Range{-1e6, 1e6} : Range{-3, 3, Range::SPECIAL});
  for (idx i = 1; i < x.size(); i++)
    if (s.dice.percent(10)) x[i] = x[s.dice.between(0, i - 1)];
}

idx random_length(Dice& d) {
  return d.percent(60) ? d.between(1, 60) : d.percent(85) ? d.between(1, 1200) : d.percent(80) ? d.between(8000, 9000) : d.between(262000, 263000);
}

template <class T> void order(Session& s) {
  const std::string suffix = Dtype<T>::suffix;
  const idx len = random_length(s.dice), rows = len > 5000 ? 1 : s.dice.between(0, 6), k = s.dice.between(1, len);
  const bool descending = s.dice.percent(50);
  Block<T> x(s.dice, rows * len), y(s.dice, rows * len), first(s.dice, rows * k), kth(s.dice, rows);
  Block<int32_t> index(s.dice, rows * len), first_index(s.dice, rows * k), kth_index(s.dice, rows);
  // Items are eight or sixteen bytes, and this memory is aligned to neither: a vector is.
  std::vector<long double> room(static_cast<size_t>(rows * (3 * len + FEW) + 2));
  fill_with_ties(s, x);
  s.call("sort" + suffix, x, y, index, rows, len, descending, room.data());
  s.call("topk" + suffix, x, first, first_index, rows, len, k, descending, 1, room.data());
  s.call("select" + suffix, x, kth, kth_index, rows, len, k - 1, room.data());
  for (idx r = 0; r < rows; r++) {
    const T* row = x.begin() + r * len;
    const std::vector<idx> places = order_of(row, len, descending), up = order_of(row, len, false);
    for (idx i = 0; i < len; i++) {
      s.expect_number("place", index[r * len + i], double(places[static_cast<size_t>(i)]));
      s.expect_number("value", same(y[r * len + i], row[places[static_cast<size_t>(i)]]), 1);
      if (i >= k) continue;
      s.expect_number("first", first_index[r * k + i], double(places[static_cast<size_t>(i)]));
      s.expect_number("its value", same(first[r * k + i], row[places[static_cast<size_t>(i)]]), 1);
    }
    s.expect_number("k-th", kth_index[r], double(up[static_cast<size_t>(k - 1)]));
    s.expect_number("its value", same(kth[r], row[kth_index[r]]), 1);
  }
  s.call("select" + suffix, x, kth, kth_index, rows, len, -1, room.data());
  for (idx r = 0; r < rows; r++) {
    const T* row = x.begin() + r * len;
    idx missing = 0;
    while (missing < len && row[missing] == row[missing]) missing++;
    const idx want = missing < len ? missing : order_of(row, len, false)[static_cast<size_t>((len - 1) / 2)];
    s.expect_number("median", kth_index[r], double(want));
  }
}

template <class T> void sorted_rows(Session& s) {
  const std::string suffix = Dtype<T>::suffix;
  const idx n = s.dice.between(0, 300), k = s.dice.between(0, 40);
  Block<T> x(s.dice, n), found(s.dice, n), v(s.dice, k);
  Block<int32_t> index(s.dice, n), inverse(s.dice, n), counts(s.dice, n), at(s.dice, k);
  s.fill(x, {-9, 9}), s.fill(v, {-12, 12});
  for (idx i = 0; i < n; i++) x[i] = T(int(x[i])), index[i] = int32_t(n - 1 - i);
  std::sort(x.begin(), x.begin() + n);
  const idx size = idx(s.call("unique" + suffix, x, index, found, inverse, counts, n));
  idx different = n > 0;
  for (idx i = 1; i < n; i++) different += x[i] != x[i - 1];
  s.expect_number("how many", double(size), double(different));
  idx total = 0;
  for (idx i = 0; i < size; i++) {
    s.expect_number("count", counts[i], double(std::count(x.begin(), x.begin() + n, found[i])));
    total += counts[i];
  }
  s.expect_number("all", double(total), double(n));
  for (idx i = 0; i < n; i++) s.expect_number("inverse", double(found[inverse[n - 1 - i]]), double(x[i]));
  const int right = s.dice.between(0, 1) == 1;
  s.call("searchsorted" + suffix, x, v, at, 1, n, k, right);
  s.expect("search", at, [&](idx i) {
    return double((right ? std::upper_bound(x.begin(), x.begin() + n, v[i]) : std::lower_bound(x.begin(), x.begin() + n, v[i])) - x.begin());
  });
}

template <class T> void counted(Session& s) {
  const idx n = s.dice.between(0, 300), bins = s.dice.between(1, 40);
  Block<int32_t> x(s.dice, n);
  Block<T> weights(s.dice, n), y(s.dice, bins);
  s.fill(x, {0, double(bins - 1)}), s.fill(weights, {-9, 9});
  const bool weighted = s.dice.percent(50);
  const std::string name = std::string("bincount") + Dtype<T>::suffix;
  if (weighted) s.call(name, x, weights, y, n, bins);
  else s.call(name, x, nullptr, y, n, bins);
  std::vector<double> want(static_cast<size_t>(bins));
  for (idx i = 0; i < n; i++) want[static_cast<size_t>(x[i])] += weighted ? double(weights[i]) : 1;
  s.expect("counts", y, [&](idx i) { return want[static_cast<size_t>(i)]; }, [](idx) { return 1e-3; });
}

template <class T> void histogram(Session& s) {
  const idx n = s.dice.size(), bins = s.dice.between(1, 40);
  Block<T> x(s.dice, n), y(s.dice, bins);
  s.fill(x, {-9, 9, Range::SPECIAL});
  s.call(std::string("histc") + Dtype<T>::suffix, x, y, n, bins, -4, 4);
  double inside = 0, all = 0;
  for (double v : x.copy()) inside += v >= -4 && v <= 4;
  for (double v : y.copy()) all += v;
  s.expect_number("all inside", all, inside);
}

}  // namespace

void test_order(Session& s) {
  for (idx r = s.rounds(40); r > 0; r--) {
    order<float>(s), order<double>(s), order<int32_t>(s);
    sorted_rows<float>(s), sorted_rows<double>(s), sorted_rows<int32_t>(s);
    counted<float>(s), counted<double>(s), counted<int32_t>(s);
    histogram<float>(s), histogram<double>(s);
  }
}
