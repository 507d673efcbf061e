// Rows by index, with indices out of range.
#include "session.h"

namespace {

constexpr double GOOD = -1;

/** Fills indices into [0, rows); at times some are wrong. Gives the place of the first wrong one, or GOOD. */
double fill_indices(Session& s, const Block<int32_t>& indices, idx rows) {
  if (indices.size() == 0) return GOOD;
  s.fill(indices, {0, static_cast<double>(rows > 0 ? rows - 1 : 0)});
  if (rows == 0) return 0;
  if (!s.dice.percent(25)) return GOOD;
  const double wrong[] = {-1, static_cast<double>(rows), INT32_MIN, INT32_MAX};
  const idx first = s.dice.between(0, indices.size() - 1);
  for (idx i = first; i < indices.size(); i++)
    if (i == first || s.dice.percent(20)) indices[i] = static_cast<int32_t>(wrong[s.dice.between(0, 3)]);
  return static_cast<double>(first);
}

template <class T> void gather(Session& s, const char* name) {
  const idx rows = s.dice.between(0, 60), count = s.dice.percent(90) ? s.dice.between(0, 90) : s.dice.between(91, 2000);
  const idx width = s.dice.percent(20) ? 1 : s.dice.percent(90) ? s.dice.between(0, 40) : s.dice.between(41, 1500);
  Block<T> source(s.dice, rows * width), y(s.dice, count * width);
  Block<int32_t> indices(s.dice, count);
  for (idx i = 0; i < source.size(); i++) source[i] = static_cast<T>(s.dice.next() >> 12);
  const double wrong = fill_indices(s, indices, rows);
  const double got = s.call(name, source, indices, y, count, rows, width * static_cast<idx>(sizeof(T)));
  s.expect_number("the first wrong index", got, wrong);
  if (wrong != GOOD) s.expect_untouched("y", y);
  else s.expect("y", y, [&](idx i) { return static_cast<double>(source[indices[i / width] * width + i % width]); });
}

void labels(Session& s) {
  const idx items = s.dice.between(0, 90), count = s.dice.size();
  Block<uint8_t> source(s.dice, items);
  Block<int32_t> indices(s.dice, count), y(s.dice, count);
  s.fill(source, {0, 255});
  const double wrong = fill_indices(s, indices, items);
  s.expect_number("the first wrong index", s.call("gather_u8_i32", source, indices, y, count, items), wrong);
  if (wrong != GOOD) s.expect_untouched("y", y);
  else s.expect("y", y, [&](idx i) { return static_cast<double>(source[indices[i]]); });
}

void images(Session& s) {
  const idx channels = s.dice.between(1, 4), plane = s.dice.between(1, 90), size = channels * plane;
  const idx items = s.dice.between(0, 30), count = s.dice.between(0, 150);
  Block<float> table(s.dice, channels * 256), y(s.dice, count * size);
  Block<double> mean(s.dice, channels), std(s.dice, channels);
  Block<uint8_t> source(s.dice, items * size);
  Block<int32_t> indices(s.dice, count);
  s.fill(mean, {0, 1}), s.fill(std, {0.1, 1}), s.fill(source, {0, 255});
  s.call("image_lut_f32", table, channels, mean, std);
  s.expect("table", table, [&](idx i) { return (static_cast<double>(i % 256) / 255 - mean[i / 256]) / std[i / 256]; },
           [&](idx i) { return 0x1p-22 / std[i / 256]; });
  const double wrong = fill_indices(s, indices, items);
  const double got = s.call("gather_images_u8_f32", source, indices, y, count, items, size, table, channels, plane);
  s.expect_number("the first wrong index", got, wrong);
  if (wrong != GOOD) return s.expect_untouched("y", y);
  s.expect("y", y, [&](idx i) {
    const idx pixel = i % size;
    return static_cast<double>(table[pixel / plane * 256 + source[indices[i / size] * size + pixel]]);
  });
}

}  // namespace

void test_rows(Session& s) {
  for (idx r = s.rounds(80); r > 0; r--) {
    gather<uint8_t>(s, "gather_rows_1"), gather<uint32_t>(s, "gather_rows_4"), gather<uint64_t>(s, "gather_rows_8");
    labels(s);
    images(s);
  }
}
