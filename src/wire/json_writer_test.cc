#include "wire/json_writer.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace tinychat::wire::json_writer_test {

using namespace std::string_literals;

std::string json(std::string_view text) {
  std::string out = "before";
  append_json_string(out, text);
  EXPECT_TRUE(out.starts_with("before"));
  return out.substr(6);
}

std::string html(std::string_view text) {
  std::string out = "before";
  append_html_escaped_json_string(out, text);
  EXPECT_TRUE(out.starts_with("before"));
  return out.substr(6);
}

TEST(JsonString, QuotesAndEscapes) {
  const std::pair<std::string, std::string> cases[] = {
      {"", R"("")"},
      {"plain", R"("plain")"},
      {R"(a"b)", R"("a\"b")"},
      {R"(a\b)", R"("a\\b")"},
      {"\n\r\t\b\f", R"("\n\r\t\b\f")"},
      {"\0\x01\x1f"s, R"("\u0000\u0001\u001f")"},
      {"a/b </script> & '", R"("a/b </script> & '")"},
      {"\x7f", "\"\x7f\""},
      {"café ☕ 😀", "\"café ☕ 😀\""},
      {"a\u2028b\u2029", R"("a\u2028b\u2029")"},
      {"\u2027\u202A\u2603", "\"\u2027\u202A\u2603\""},
      {"\"end\"", R"("\"end\"")"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(json(text), expected);
}

TEST(JsonString, ATornSequenceAtTheEndIsNotReadPast) {
  const std::string text = "a\u2028";
  EXPECT_EQ(json(std::string_view(text).substr(0, 2)), "\"a\xE2\"");
  EXPECT_EQ(json(std::string_view(text).substr(0, 3)), "\"a\xE2\x80\"");
}

TEST(HtmlEscapedJsonString, EscapesTheSixAndThenJson) {
  const std::pair<std::string, std::string> cases[] = {
      {"", R"("")"},
      {"hi & <b>", R"("hi &amp; &lt;b&gt;")"},
      {"&<>'\"/", R"("&amp;&lt;&gt;&#x27;&quot;&#x2F;")"},
      {"&amp;", R"("&amp;amp;")"},
      {"a\\b\nc\x01", R"("a\\b\nc\u0001")"},
      {"é\u2028☕", "\"é\\u2028☕\""},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(html(text), expected);
}

TEST(JsonString, NoTextLeavesTheLine) {
  std::string text;
  for (int byte = 0; byte < 0x80; ++byte) text += static_cast<char>(byte);
  text += "\u0085\u2028\u2029";
  for (const auto& out : {json(text), html(text)}) {
    for (const char byte : out) EXPECT_GE(static_cast<unsigned char>(byte), 0x20);
  }
}

}  // namespace tinychat::wire::json_writer_test
