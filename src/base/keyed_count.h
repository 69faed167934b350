// How many of something are held, in all and by each of many holders, with a bound on both. Who holds nothing
// costs nothing.
//
// Thread: any. Every Place must be gone before its KeyedCount.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace tinychat {

class KeyedCount {
 public:
  static constexpr std::size_t kUnbounded = 0;
  // Counts in all alone.
  static constexpr std::uint64_t kNobody = 0;

  KeyedCount() = default;
  KeyedCount(std::size_t in_all_max, std::size_t each_max) : in_all_max_(in_all_max), each_max_(each_max) {}
  KeyedCount(const KeyedCount&) = delete;
  KeyedCount& operator=(const KeyedCount&) = delete;
  ~KeyedCount() = default;

  // One of what is counted, as long as it lives. The default is none.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), key_(other.key_) {}
    Place& operator=(Place&& other) noexcept {
      std::swap(owner_, other.owner_);
      std::swap(key_, other.key_);
      return *this;
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() {
      if (owner_ != nullptr) owner_->give_back(key_);
    }

    // Whose it is.
    [[nodiscard]] std::uint64_t key() const { return key_; }

   private:
    friend class KeyedCount;
    Place(KeyedCount& owner, std::uint64_t key) : owner_(&owner), key_(key) {}

    KeyedCount* owner_ = nullptr;
    std::uint64_t key_ = kNobody;
  };

  enum class Refusal : std::uint8_t { kInAll, kEach };
  struct Taken {
    std::optional<Place> place;
    Refusal refusal = Refusal::kInAll;  // without a place
  };
  [[nodiscard]] Taken try_take(std::uint64_t key);

  // The place is somebody else's from now on; one is taken if it was none. False: they have too many, and
  // nothing has changed.
  [[nodiscard]] bool try_pass_on(Place& place, std::uint64_t to);

  [[nodiscard]] std::size_t in_all() const { return in_all_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t in_all_max() const { return in_all_max_; }

 private:
  struct Stripe {
    std::mutex mutex;
    std::unordered_map<std::uint64_t, std::uint32_t> counts;
  };
  static constexpr std::size_t kStripes = 16;

  Stripe& stripe_of(std::uint64_t key) { return stripes_[key * 0x9E37'79B9'7F4A'7C15U >> 60U]; }
  [[nodiscard]] bool try_add(std::uint64_t key);
  void remove(std::uint64_t key);
  void give_back(std::uint64_t key);

  const std::size_t in_all_max_ = kUnbounded;
  const std::size_t each_max_ = kUnbounded;
  std::atomic<std::size_t> in_all_{0};
  std::array<Stripe, kStripes> stripes_;
};

}  // namespace tinychat
