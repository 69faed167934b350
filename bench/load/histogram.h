// Counts of durations in buckets that are 1.6 % wide, so that millions of them cost nothing to keep.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "load/common.h"

namespace tinychat::bench {

class Histogram {
 public:
  void add(Nanoseconds value) {
    ++buckets_[bucket_of(value)];
    ++count_;
    max_ = std::max(max_, value);
  }

  void clear() { *this = {}; }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Nanoseconds max() const { return max_; }

  // The value that `share` of all are at or below, to the bucket; 0 if there are none.
  [[nodiscard]] Nanoseconds percentile(double share) const {
    const auto rank = static_cast<std::uint64_t>(share * static_cast<double>(count_));
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
      seen += buckets_[bucket];
      if (seen > rank) return std::min(upper_end(bucket), max_);
    }
    return max_;
  }

 private:
  // 64 buckets for each power of two; below 128 a bucket for each value.
  static constexpr unsigned kBits = 6;
  static constexpr std::size_t kBuckets = (64 - kBits) << kBits;

  static std::size_t bucket_of(Nanoseconds value) {
    if (value < (2U << kBits)) return value;
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kBits - 1;
    return (static_cast<std::size_t>(shift) << kBits) + (value >> shift);
  }
  static Nanoseconds upper_end(std::size_t bucket) {
    if (bucket < (2U << kBits)) return bucket;
    const std::size_t shift = (bucket >> kBits) - 1;
    const Nanoseconds value = (bucket & ((1U << kBits) - 1)) | (1U << kBits);
    return ((value + 1) << shift) - 1;
  }

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  Nanoseconds max_ = 0;
};

}  // namespace tinychat::bench
