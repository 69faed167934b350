// Values as the Redis engine keeps them in texts, where several of its parts do.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "room/rights.h"

namespace tinychat::journal {

// nullopt: the text is no number, or too great a one, or there is more in it.
template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Since 1970, UTC.
inline std::uint64_t milliseconds_in(std::string_view text) {
  return number_in<std::uint64_t>(text).value_or(0);
}

inline std::string text_of(room::Role role) { return std::to_string(static_cast<int>(role)); }

// What is no role is a guest's.
inline room::Role role_in(std::string_view text) {
  const auto number = number_in<int>(text).value_or(0);
  if (number < 0 || number > static_cast<int>(room::Role::kOwner)) return room::Role::kGuest;
  return static_cast<room::Role>(number);
}

}  // namespace tinychat::journal
