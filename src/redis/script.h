// A Lua script that Redis runs by its digest (SHA-1), which Redis itself says when the script is loaded. Any
// thread.
#pragma once

#include <array>
#include <atomic>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "redis/commands.h"

namespace tinychat::redis {

class Script {
 public:
  explicit Script(std::string_view source) : source_(source) {}

  // Whether it was ever loaded, by whichever connection.
  [[nodiscard]] bool has_digest() const { return has_digest_.load(std::memory_order_acquire); }
  // What SCRIPT LOAD answered. False: that is no digest.
  bool take_digest(std::string_view digest) const;

  // A call of it, which has a digest.
  void add_to(Commands& commands, std::span<const std::string_view> keys,
              std::span<const std::string_view> arguments) const;
  [[nodiscard]] std::string_view source() const { return source_; }

 private:
  const std::string source_;
  mutable std::once_flag once_;
  mutable std::array<char, 40> digest_{};
  mutable std::atomic<bool> has_digest_ = false;
};

}  // namespace tinychat::redis
