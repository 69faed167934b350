// Numbers that are counted in one place and read from another: what /metrics shows is made of these.
//
// Each has one thread that writes it, and any may read: what it reads is a little old at worst. Counting is a
// load and a store, without a lock or a locked instruction; only SharedCounter, for what is rare, has one.
// A reader needs no order between two of them.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace tinychat {

// What one thread writes much stays out of the cache lines that others write.
inline constexpr std::size_t kCacheLineBytes = 64;

class Counter {
 public:
  void add(std::uint64_t more = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Written by any thread.
class SharedCounter {
 public:
  void add(std::uint64_t more = 1) { value_.fetch_add(more, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// How often which values were seen, in buckets with growing upper bounds; what is above all of them counts
// only in the sum and the last bucket. The unit is the bounds' own.
template <std::size_t kBounds>
class Histogram {
 public:
  explicit Histogram(const std::array<std::uint64_t, kBounds>& bounds) : bounds_(bounds) {}

  void observe(std::uint64_t value, std::uint64_t times = 1) {
    std::size_t bucket = 0;
    while (bucket < kBounds && value > bounds_[bucket]) ++bucket;
    counts_[bucket].add(times);
    sum_.add(value * times);
  }

  [[nodiscard]] std::span<const std::uint64_t> bounds() const { return bounds_; }
  // Of one bucket alone; the last one is what is above all bounds.
  [[nodiscard]] std::uint64_t count(std::size_t bucket) const { return counts_[bucket].get(); }
  [[nodiscard]] std::uint64_t sum() const { return sum_.get(); }

 private:
  const std::array<std::uint64_t, kBounds>& bounds_;
  std::array<Counter, kBounds + 1> counts_;
  Counter sum_;
};

// Nanoseconds, from what a loop takes with nothing to do to what somebody calls to complain about.
inline constexpr std::array<std::uint64_t, 16> kDurationBounds = {
    10'000,      50'000,        100'000,       250'000,        500'000,     1'000'000,
    2'500'000,   5'000'000,     10'000'000,    25'000'000,     100'000'000, 250'000'000,
    500'000'000, 1'000'000'000, 2'500'000'000, 10'000'000'000,
};

class DurationHistogram : public Histogram<kDurationBounds.size()> {
 public:
  DurationHistogram() : Histogram(kDurationBounds) {}
  void observe(std::chrono::steady_clock::duration taken, std::uint64_t times = 1) {
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(taken).count();
    Histogram::observe(nanoseconds > 0 ? static_cast<std::uint64_t>(nanoseconds) : 0, times);
  }
};

inline constexpr std::array<std::uint64_t, 11> kSizeBounds = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

class SizeHistogram : public Histogram<kSizeBounds.size()> {
 public:
  SizeHistogram() : Histogram(kSizeBounds) {}
};

}  // namespace tinychat
