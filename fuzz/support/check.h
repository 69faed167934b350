// What every fuzz target needs: to say that something is not as it should be, and choices that are the same
// each time an input is looked at. The input is the text itself, without bytes that steer: seeds can be read
// and written by hand, and a find is what somebody would send.
#pragma once

#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/field.h"

namespace tinychat::fuzz {

// Says what was expected, and where, and ends the process: libFuzzer keeps the input.
void expect(bool is_so, std::string_view what,
            const std::source_location& where = std::source_location::current());

// Every error can be told to whoever caused it: a line of UTF-8 that ends.
void expect_tellable(const Error& error, const std::source_location& where = std::source_location::current());

void expect_utf8(std::string_view text, std::string_view what,
                 const std::source_location& where = std::source_location::current());
void expect_utf8(const wire::Fields& fields,
                 const std::source_location& where = std::source_location::current());

[[nodiscard]] inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// `text` up to the first '\n', which is taken off it with what was returned.
[[nodiscard]] std::string_view take_line(std::string_view& text);

// Numbers that depend on the input alone.
class Dice {
 public:
  explicit Dice(std::string_view input);
  // Below `end`, which is not 0.
  std::size_t below(std::size_t end);

 private:
  std::uint64_t state_;
};

// The input in one piece, in bytes, and cut at random.
[[nodiscard]] std::vector<std::vector<std::string_view>> cuts_of(std::string_view input);

}  // namespace tinychat::fuzz
