#include "redis/script.h"

#include <algorithm>
#include <string>
#include <vector>

#include "base/assert.h"

namespace tinychat::redis {

bool Script::take_digest(std::string_view digest) const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (digest.size() != digest_.size() || digest.find_first_not_of(kDigits) != std::string_view::npos)
    return false;
  // A text has one digest: whoever comes second would write the same.
  std::call_once(once_, [&] {
    std::ranges::copy(digest, digest_.begin());
    has_digest_.store(true, std::memory_order_release);
  });
  return true;
}

void Script::add_to(Commands& commands, std::span<const std::string_view> keys,
                    std::span<const std::string_view> arguments) const {
  TINYCHAT_ASSERT(has_digest());
  const std::string count = std::to_string(keys.size());
  std::vector<std::string_view> words;
  words.reserve(3 + keys.size() + arguments.size());
  words.insert(words.end(), {"EVALSHA", std::string_view(digest_.data(), digest_.size()), count});
  words.insert(words.end(), keys.begin(), keys.end());
  words.insert(words.end(), arguments.begin(), arguments.end());
  commands.add(words);
}

}  // namespace tinychat::redis
