#include "wire/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace tinychat::wire::utf8_test {

using namespace std::string_literals;

std::string bytes_of(std::uint32_t value, int bytes) {
  std::string out(static_cast<std::size_t>(bytes), '\0');
  for (int i = bytes - 1; i > 0; --i, value >>= 6U) {
    out[static_cast<std::size_t>(i)] = static_cast<char>(0x80 | (value & 0x3F));
  }
  const std::uint32_t marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
  out[0] = static_cast<char>(marks[bytes] | value);
  return out;
}

// Every number in every length: exactly the shortest form of a scalar value is valid.
TEST(Utf8, AcceptsShortestFormsOfScalarValuesOnly) {
  const std::pair<int, std::uint32_t> lengths[] = {{1, 0x7F}, {2, 0x7FF}, {3, 0xFFFF}, {4, 0x1FFFFF}};
  std::uint32_t shorter_max = 0;
  for (const auto& [bytes, max] : lengths) {
    for (std::uint32_t value = 0; value <= max; ++value) {
      const bool overlong = bytes > 1 && value <= shorter_max;
      const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
      const bool expected = !overlong && !surrogate && value <= 0x10FFFF;
      ASSERT_EQ(!first_invalid_utf8(bytes_of(value, bytes)), expected) << value << " in " << bytes;
    }
    shorter_max = max;
  }
}

TEST(Utf8, TellsWhereItBreaksAtEveryPlace) {
  for (const auto& bad :
       {"\x80"s, "\xBF"s, "\xC0\x80"s, "\xC1\xBF"s, "\xC3"s, "\xC3("s, "\xE2\x82"s, "\xE2\x82("s, "\xE2("s,
        "\xF0\x9F\x98"s, "\xF0\x9F\x98("s, "\xF5\x80\x80\x80"s, "\xFE"s, "\xFF"s, "\xED\xA0\x80"s,
        "\xED\xBF\xBF"s, "\xF4\x90\x80\x80"s, "\xF8\x88\x80\x80\x80"s}) {
    for (std::size_t before = 0; before < 20; ++before) {
      const std::string prefix(before, 'a');
      EXPECT_EQ(first_invalid_utf8(prefix + bad), before);
      EXPECT_EQ(first_invalid_utf8(prefix + bad + "more than eight bytes"), before);
      EXPECT_EQ(first_invalid_utf8("é" + prefix + bad), before + 2);
    }
  }
}

// What stands behind the view would complete the sequence, and is not looked at.
TEST(Utf8, ACutCharacterIsInvalid) {
  for (const std::string character : {"é", "☕", "😀"}) {
    for (std::size_t bytes = 1; bytes < character.size(); ++bytes) {
      EXPECT_EQ(first_invalid_utf8(std::string_view(character).substr(0, bytes)), 0U) << character;
    }
  }
}

TEST(Utf8, NothingIsValid) { EXPECT_EQ(first_invalid_utf8(""), std::nullopt); }

TEST(Utf8, AnyTextIsValidAtEveryPlace) {
  for (std::size_t before = 0; before < 20; ++before) {
    EXPECT_EQ(first_invalid_utf8(std::string(before, 'a') + "café ☕ 😀 \u0000\u007f plain"), std::nullopt);
  }
}

TEST(ControlCharacters, AreC0DelAndC1) {
  for (std::uint32_t value = 0; value < 0x800; ++value) {
    const auto text = "a" + bytes_of(value, value < 0x80 ? 1 : 2);
    const bool control = value < 0x20 || (value >= 0x7F && value < 0xA0);
    EXPECT_EQ(has_control_characters(text), control) << value;
    EXPECT_EQ(has_control_characters(text + "b"), control) << value;
  }
  EXPECT_FALSE(has_control_characters(""));
  EXPECT_FALSE(has_control_characters("\u2028 😀 ☕"));
}

}  // namespace tinychat::wire::utf8_test
