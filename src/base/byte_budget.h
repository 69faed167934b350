// How many bytes are held for clients at the moment, with a bound: what comes from them, what is on its way
// to them, and what waits in between. Whoever would hold more has an answer to "there is no room".
//
// Thread: any; a Share is its holder's. Every Share must be gone before its budget.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace tinychat {

class ByteBudget {
 public:
  explicit ByteBudget(std::size_t max = static_cast<std::size_t>(-1)) : max_(max) {}
  ByteBudget(const ByteBudget&) = delete;
  ByteBudget& operator=(const ByteBudget&) = delete;
  ~ByteBudget() = default;

  [[nodiscard]] std::size_t held() const { return held_.load(std::memory_order_relaxed); }

  // What one holder has of it: nothing at first.
  class Share {
   public:
    Share() = default;
    explicit Share(ByteBudget& budget) : budget_(&budget) {}
    Share(Share&& other) noexcept : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}
    Share& operator=(Share&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { (void)resize(0); }

    // To hold so many from now on. False: there is no room for more, and it holds what it held.
    [[nodiscard]] bool resize(std::size_t bytes) {
      if (bytes == bytes_ || budget_ == nullptr) return true;
      if (bytes < bytes_) {
        budget_->held_.fetch_sub(bytes_ - bytes, std::memory_order_relaxed);
      } else if (!budget_->try_add(bytes - bytes_)) {
        return false;
      }
      bytes_ = bytes;
      return true;
    }

   private:
    ByteBudget* budget_ = nullptr;
    std::size_t bytes_ = 0;
  };

 private:
  bool try_add(std::size_t bytes) {
    if (held_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= max_) return true;
    held_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }

  const std::size_t max_;
  std::atomic<std::size_t> held_{0};
};

}  // namespace tinychat
