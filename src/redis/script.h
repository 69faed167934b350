// A Lua script that Redis runs by its digest. Immutable, any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "redis/commands.h"

namespace tinychat::redis {

class Script {
 public:
  // `source` is text that stays.
  explicit Script(std::string_view source);

  void add_to(Commands& commands, std::span<const std::string_view> keys,
              std::span<const std::string_view> arguments) const;
  [[nodiscard]] std::string_view source() const { return source_; }

 private:
  const std::string_view source_;
  const std::string digest_;
};

}  // namespace tinychat::redis
