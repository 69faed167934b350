#include "base/keyed_count.h"

namespace tinychat {

KeyedCount::Taken KeyedCount::try_take(std::uint64_t key) {
  if (in_all_.fetch_add(1, std::memory_order_relaxed) >= in_all_max_ && in_all_max_ != kUnbounded) {
    in_all_.fetch_sub(1, std::memory_order_relaxed);
    return {.place = {}, .refusal = Refusal::kInAll};
  }
  if (key != kNobody && each_max_ != kUnbounded) {
    Stripe& stripe = stripe_of(key);
    const std::scoped_lock lock(stripe.mutex);
    std::uint32_t& count = stripe.counts[key];
    if (count >= each_max_) {
      in_all_.fetch_sub(1, std::memory_order_relaxed);
      return {.place = {}, .refusal = Refusal::kEach};
    }
    ++count;
  }
  return {.place = Place(*this, key)};
}

void KeyedCount::give_back(std::uint64_t key) {
  in_all_.fetch_sub(1, std::memory_order_relaxed);
  if (key == kNobody || each_max_ == kUnbounded) return;
  Stripe& stripe = stripe_of(key);
  const std::scoped_lock lock(stripe.mutex);
  const auto found = stripe.counts.find(key);
  if (--found->second == 0) stripe.counts.erase(found);
}

}  // namespace tinychat
