// Whether the program can do its work, and if not, why: for those who watch it. Any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tinychat {

class Readiness {
 public:
  enum class Part : std::uint8_t {
    kReading,   // what others store is seen
    kStoring,   // messages can be stored
    kWhole,     // what is stored has not been damaged, as far as it has been met
    kStopping,  // the program is on its way out
  };

  static constexpr std::array<std::string_view, 4> kParts = {"reading", "storing", "whole", "stopping"};
  static_assert(kParts.size() == static_cast<std::size_t>(Part::kStopping) + 1);

  // Empty: all is well. True: it was otherwise before.
  bool set(Part part, std::string reason) {
    const std::scoped_lock lock(mutex_);
    std::string& place = reasons_[static_cast<std::size_t>(part)];
    const bool is_change = place.empty() != reason.empty();
    place = std::move(reason);
    return is_change;
  }

  struct Trouble {
    std::string_view part;  // one of kParts
    std::string reason;
  };
  // Everything that is not well; what matters most is last.
  [[nodiscard]] std::vector<Trouble> troubles() const {
    const std::scoped_lock lock(mutex_);
    std::vector<Trouble> all;
    for (std::size_t part = 0; part < reasons_.size(); ++part) {
      if (!reasons_[part].empty()) all.push_back({kParts[part], reasons_[part]});
    }
    return all;
  }

  // Of what matters most. Empty: ready.
  [[nodiscard]] std::string reason() const {
    const std::scoped_lock lock(mutex_);
    for (std::size_t part = reasons_.size(); part-- > 0;) {
      if (!reasons_[part].empty()) return reasons_[part];
    }
    return {};
  }

 private:
  mutable std::mutex mutex_;
  std::array<std::string, kParts.size()> reasons_;
};

}  // namespace tinychat
