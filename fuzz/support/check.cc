#include "fuzz/support/check.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "wire/utf8.h"

namespace tinychat::fuzz {

void expect(bool is_so, std::string_view what, const std::source_location& where) {
  if (is_so) return;
  std::fprintf(stderr, "%s:%u: expected %.*s\n", where.file_name(), static_cast<unsigned>(where.line()),
               static_cast<int>(what.size()), what.data());
  std::abort();
}

void expect_tellable(const Error& error, const std::source_location& where) {
  const std::string shown = "an error that can be told, got: " + error.detail;
  expect(!error.detail.empty() && error.detail.size() <= 4096, shown, where);
  expect(!wire::first_invalid_utf8(error.detail), shown, where);
  expect(!wire::has_control_characters(error.detail), shown, where);
}

void expect_utf8(std::string_view text, std::string_view what, const std::source_location& where) {
  expect(!wire::first_invalid_utf8(text), std::string(what) + " to be UTF-8", where);
}

void expect_utf8(const wire::Fields& fields, const std::source_location& where) {
  for (const auto& [name, value] : fields) {
    expect_utf8(name, "a name", where);
    expect_utf8(value, "a value", where);
  }
}

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

Dice::Dice(std::string_view input) : state_(0xcbf29ce484222325U) {
  for (const char byte : input) state_ = (state_ ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3U;
}

std::size_t Dice::below(std::size_t end) {
  state_ = state_ * 6364136223846793005U + 1442695040888963407U;
  return static_cast<std::size_t>(state_ >> 33U) % end;
}

std::vector<std::vector<std::string_view>> cuts_of(std::string_view input) {
  std::vector<std::vector<std::string_view>> all(3);
  all[0].push_back(input);
  for (std::size_t i = 0; i < input.size(); ++i) all[1].push_back(input.substr(i, 1));
  Dice dice(input);
  for (auto rest = input; !rest.empty();) {
    const auto size = std::min(rest.size(), 1 + dice.below(dice.below(4) == 0 ? 4096 : 24));
    all[2].push_back(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return all;
}

}  // namespace tinychat::fuzz
