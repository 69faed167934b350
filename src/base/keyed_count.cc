#include "base/keyed_count.h"

namespace tinychat {

KeyedCount::Taken KeyedCount::try_take(std::uint64_t key) {
  if (in_all_.fetch_add(1, std::memory_order_relaxed) >= in_all_max_ && in_all_max_ != kUnbounded) {
    in_all_.fetch_sub(1, std::memory_order_relaxed);
    return {.place = {}, .refusal = Refusal::kInAll};
  }
  if (try_add(key)) return {.place = Place(*this, key)};
  in_all_.fetch_sub(1, std::memory_order_relaxed);
  return {.place = {}, .refusal = Refusal::kEach};
}

bool KeyedCount::try_pass_on(Place& place, std::uint64_t to) {
  if (place.owner_ == nullptr) {
    auto taken = try_take(to);
    if (taken.place) place = std::move(*taken.place);
    return taken.place.has_value();
  }
  if (!try_add(to)) return false;
  remove(place.key_);
  place.key_ = to;
  return true;
}

bool KeyedCount::try_add(std::uint64_t key) {
  if (key == kNobody || each_max_ == kUnbounded) return true;
  Stripe& stripe = stripe_of(key);
  const std::scoped_lock lock(stripe.mutex);
  std::uint32_t& count = stripe.counts[key];
  if (count >= each_max_) return false;
  ++count;
  return true;
}

void KeyedCount::remove(std::uint64_t key) {
  if (key == kNobody || each_max_ == kUnbounded) return;
  Stripe& stripe = stripe_of(key);
  const std::scoped_lock lock(stripe.mutex);
  const auto found = stripe.counts.find(key);
  if (--found->second == 0) stripe.counts.erase(found);
}

void KeyedCount::give_back(std::uint64_t key) {
  in_all_.fetch_sub(1, std::memory_order_relaxed);
  remove(key);
}

}  // namespace tinychat
