#include "hub/rights_watch.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace tinychat::hub {

RightsWatch::RightsWatch(StreamSet& streams, Ask ask, const Known& known)
    : streams_(streams),
      ask_(std::move(ask)),
      place_(known.place),
      locked_rooms_(known.locked_rooms.begin(), known.locked_rooms.end()),
      blocked_(known.blocked) {}

// The questions of a shard are asked in their order: whoever was let in before a right was lost is a stream,
// or about to be one, when the answer that tells of it comes.
void RightsWatch::on_second() {
  if (rules_are_old_) ask_for_rules();
  if (!place_ || is_looking_) return;
  is_looking_ = ask_([this, place = *place_](journal::People& people) -> std::move_only_function<void()> {
    return [this, answer = people.passes().revoked_after(place)]() mutable {
      is_looking_ = false;
      // Else it is asked again from the same place.
      if (answer) take(std::move(*answer));
    };
  });
}

void RightsWatch::act() {
  const auto revoked = std::exchange(revoked_, {});
  for (const auto& one : revoked) {
    if (const auto author = journal::erased_author(one)) streams_.forget_written_by(*author);
  }
  streams_.end_streams_of(revoked);
  if (std::exchange(rules_are_new_, false)) streams_.end_streams_from(blocked_);
}

void RightsWatch::take(journal::Revocations&& revocations) {
  place_ = std::move(revocations.place);
  if (std::erase(revocations.holders, journal::kRulesHolder) > 0) ask_for_rules();
  std::ranges::move(revocations.holders, std::back_inserter(revoked_));
}

// Until they are here, the old ones hold.
void RightsWatch::ask_for_rules() {
  rules_are_old_ = !ask_([this](journal::People& people) -> std::move_only_function<void()> {
    return [this, locked = people.rooms().locked(), blocks = people.blocks().all()] {
      rules_are_old_ = !locked || !blocks;
      rules_are_new_ = !rules_are_old_;
      if (rules_are_old_) return;
      locked_rooms_ = {locked->begin(), locked->end()};
      blocked_ = wire::HostSet(journal::subnets_of(*blocks));
    };
  });
}

}  // namespace tinychat::hub
