// A bounded queue from many threads to one, emptied as a whole: one wake-up a batch.
//
// Thread: push from any; drain and wait from the one owner. Whoever pushes has an answer to *full*.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace tinychat {

template <typename T>
class Mailbox {
 public:
  // `wake` (may be empty) is called by the pushing thread when the box was empty before.
  explicit Mailbox(std::size_t capacity, std::function<void()> wake = {})
      : capacity_(capacity), wake_(std::move(wake)) {}
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;
  ~Mailbox() = default;

  // False: the box is full or closed, and the item stays with the caller.
  [[nodiscard]] bool try_push(T&& item) { return push_below(capacity_, std::move(item)); }

  // Takes items from the front of `items` as far as there is room, with one wake-up for all; the rest stays.
  void try_push_all(std::vector<T>& items) {
    if (items.empty()) return;
    bool was_empty = false;
    std::size_t taken = 0;
    {
      const std::scoped_lock lock(mutex_);
      if (closed_) return;
      was_empty = items_.empty();
      for (; taken < items.size() && items_.size() < capacity_; ++taken) {
        items_.push_back(std::move(items[taken]));
      }
    }
    items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(taken));
    if (was_empty && taken > 0) wake();
  }

  // For answers: their number is bounded by the questions under way, so there is always room.
  // After close() they go nowhere: the owner has gone.
  void push_answer(T&& item) { (void)push_below(static_cast<std::size_t>(-1), std::move(item)); }

  // Takes all there is. `out` is cleared first; its memory is handed back and forth.
  void drain(std::vector<T>& out) {
    out.clear();
    const std::scoped_lock lock(mutex_);
    out.swap(items_);
  }

  // Waits for an item, close() or the deadline, then drains. False: closed and empty.
  bool wait_and_drain(std::vector<T>& out, std::chrono::steady_clock::time_point deadline) {
    out.clear();
    std::unique_lock lock(mutex_);
    not_empty_.wait_until(lock, deadline, [this] { return !items_.empty() || closed_; });
    out.swap(items_);
    return !out.empty() || !closed_;
  }

  // What waits at the moment. Any thread.
  [[nodiscard]] std::size_t size() {
    const std::scoped_lock lock(mutex_);
    return items_.size();
  }

  // No push succeeds any more; what is inside can still be drained.
  void close() {
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
    }
    not_empty_.notify_all();
  }

 private:
  bool push_below(std::size_t limit, T&& item) {
    bool was_empty = false;
    {
      const std::scoped_lock lock(mutex_);
      if (closed_ || items_.size() >= limit) return false;
      was_empty = items_.empty();
      items_.push_back(std::move(item));
    }
    if (was_empty) wake();
    return true;
  }

  void wake() {
    if (wake_) wake_();
    not_empty_.notify_one();
  }

  const std::size_t capacity_;
  const std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable not_empty_;
  std::vector<T> items_;
  bool closed_ = false;
};

}  // namespace tinychat
