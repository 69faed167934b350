#include "wire/percent.h"

#include <gtest/gtest.h>

#include <string>

namespace tinychat::wire::percent_test {

using namespace std::string_literals;

TEST(PercentDecode, Decodes) {
  EXPECT_EQ(percent_decode("", true).value(), "");
  EXPECT_EQ(percent_decode("plain", true).value(), "plain");
  EXPECT_EQ(percent_decode("caf%C3%a9", true).value(), "café");
  EXPECT_EQ(percent_decode("%00%25%2f%FF", true).value(), "\0%/\xFF"s);
  EXPECT_EQ(percent_decode("%2525", true).value(), "%25");
  EXPECT_EQ(percent_decode("caf\xC3\xA9", false).value(), "café");
}

TEST(PercentDecode, PlusIsASpaceOnlyInForms) {
  EXPECT_EQ(percent_decode("a+b%2B", true).value(), "a b+");
  EXPECT_EQ(percent_decode("a+b%2B", false).value(), "a+b+");
}

TEST(PercentDecode, TellsThePlaceOfWhatIsMalformed) {
  for (const auto& bad : {"%"s, "%4"s, "%zz"s, "%4z"s, "%z4"s, "%%41"s, "% 41"s, "%+1"s, "%-1"s, "%u00e9"s}) {
    const auto result = percent_decode("abc" + bad, true, 100);
    ASSERT_FALSE(result) << bad;
    EXPECT_EQ(result.error().code, Code::kMalformed);
    EXPECT_NE(result.error().detail.find("at byte 103;"), std::string::npos) << result.error().detail;
  }
  const std::string cut = "ab%41";
  EXPECT_FALSE(percent_decode(std::string_view(cut).substr(0, 4), true));
}

TEST(PercentEncode, LeavesOnlyTheUnreserved) {
  EXPECT_EQ(percent_encode_segment("AZaz09-._~"), "AZaz09-._~");
  EXPECT_EQ(percent_encode_segment("a/b c+d%é\0"s), "a%2Fb%20c%2Bd%25%C3%A9%00");
}

TEST(PercentEncode, IsUndoneByDecoding) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(percent_decode(percent_encode_segment(all), false).value(), all);
  EXPECT_EQ(percent_decode(percent_encode_segment(all), true).value(), all);
}

}  // namespace tinychat::wire::percent_test
