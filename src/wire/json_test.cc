#include "wire/json.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "wire/json_writer.h"

namespace tinychat::wire::json_test {

using namespace std::string_literals;

// "name=text" or "name!" where it is no string.
std::string read(std::string_view body) {
  const auto members = parse_json_object(body);
  if (!members) return "refused: " + members.error().detail;
  std::string out;
  for (const auto& member : *members) {
    out += member.name + (member.text ? "=" + *member.text : "!") + ";";
  }
  return out;
}

void expect_refused(std::string_view body, const std::string& part_of_detail) {
  const auto members = parse_json_object(body);
  ASSERT_FALSE(members) << body;
  EXPECT_EQ(members.error().code, Code::kMalformed);
  EXPECT_NE(members.error().detail.find(part_of_detail), std::string::npos)
      << body << ": " << members.error().detail;
}

TEST(Json, ReadsOtherFlatMembers) {
  const auto members = parse_json_object(
      R"({"yes":true,"no":false,"none":null,"list":["a","b\u0000"],"empty":[],"mixed":["a",1],"n":-2.5,"big":18446744073709551615})");
  ASSERT_TRUE(members);
  const auto& all = *members;
  ASSERT_EQ(all.size(), 8U);
  EXPECT_EQ(all[0].truth, true);
  EXPECT_EQ(all[1].truth, false);
  EXPECT_TRUE(all[2].is_null);
  EXPECT_EQ(all[3].texts, (std::vector<std::string>{"a", "b\0"s}));
  EXPECT_EQ(all[4].texts, std::vector<std::string>{});
  EXPECT_EQ(all[5].texts, std::nullopt);
  EXPECT_EQ(all[6].number, -2.5);
  EXPECT_EQ(all[7].number, 18446744073709551615.0);
  for (const auto& member : all) {
    EXPECT_EQ(member.text, std::nullopt);
    EXPECT_EQ(member.is_null, member.name == "none");
    EXPECT_EQ(member.number.has_value(), member.name == "n" || member.name == "big");
    EXPECT_EQ(member.truth.has_value(), member.name == "yes" || member.name == "no");
  }
}

TEST(Json, ReadsStringMembersInOrder) {
  EXPECT_EQ(read(R"({"sender":"mason","text":"hi & <b>"})"), "sender=mason;text=hi & <b>;");
  EXPECT_EQ(read(" \t\r\n{ \"a\" : \"b\" } \n"), "a=b;");
  EXPECT_EQ(read("{}"), "");
  EXPECT_EQ(read(R"({"":""})"), "=;");
}

TEST(Json, SaysWhatIsNoString) {
  EXPECT_EQ(read(R"({"a":1,"b":null,"c":true,"d":[],"e":{"f":"g"},"h":"i","j":-1.5e3})"),
            "a!;b!;c!;d!;e!;h=i;j!;");
}

TEST(Json, UnescapesStrings) {
  EXPECT_EQ(read(R"({"a":"\"\\\/\b\f\n\r\t\u00e9\u2028\ud83d\ude00"})"), "a=\"\\/\b\f\n\r\té\u2028😀;");
  EXPECT_EQ(read(R"({"\u0061":"x\u0000y"})"), "a=x\0y;"s);
  EXPECT_EQ(read("{\"é\":\"😀\"}"), "é=😀;");
}

TEST(Json, TheLastOfOneNameCounts) { EXPECT_EQ(read(R"({"a":"1","a":"2"})"), "a=2;"); }

TEST(Json, TellsThePlaceOfWhatDoesNotParse) {
  expect_refused("", "at byte 0;");
  expect_refused("{", "at byte 1;");
  expect_refused(R"({"a")", "at byte 4;");
  expect_refused(R"({"a":"b)", "at byte 7;");
  expect_refused(R"({"a":x})", "at byte 5;");
  expect_refused(R"({"a":"b",})", "at byte 9;");
  expect_refused("{\"a\":\"b\nc\"}", "at byte 7;");
  expect_refused("{\"a\":\"\0\"}"s, "at byte 6;");
  expect_refused(R"({'a':'b'})", "at byte 1;");
  expect_refused(R"({"a":"\x"})", "at byte ");
  expect_refused(R"({"a":01})", "at byte ");
  expect_refused(R"({"a":NaN})", "at byte 5;");
  expect_refused(R"({/**/"a":1})", "at byte 1;");
  expect_refused("\xEF\xBB\xBF{}", "at byte 0;");
}

TEST(Json, RefusesWhatFollows) {
  expect_refused(R"({"a":"b"}x)", "at byte 9;");
  expect_refused("{} {}", "at byte 3;");
  expect_refused("{}\0"s, "at byte 2;");
}

TEST(Json, RefusesWhatIsNoObject) {
  for (const auto* body : {"[]", "\"a\"", "1", "null", "true"}) expect_refused(body, "not an object");
}

TEST(Json, RefusesWhatIsNotUtf8) {
  expect_refused("{\"a\":\"b\xFF\"}", "not UTF-8 at byte 7;");
  expect_refused("{\"\xC3\":1}", "not UTF-8 at byte 2;");
  expect_refused("{\"a\":\"\xED\xA0\x80\"}", "at byte 6;");
  for (const auto* text :
       {R"(\ud83d)", R"(\ude00)", R"(\ud83dx)", R"(\ud83d\u0041)", R"(\ude00\ud83d)", R"(\ud83d\ud83d)"}) {
    expect_refused("{\"a\":\""s + text + "\"}", "at byte ");
    expect_refused("{\""s + text + "\":1}", "at byte ");
  }
}

TEST(Json, LimitsTheDepth) {
  const auto nested = [](std::size_t arrays) {
    return "{\"a\":" + std::string(arrays, '[') + std::string(arrays, ']') + "}";
  };
  EXPECT_EQ(read(nested(limits::kJsonDepthMax - 1)), "a!;");
  expect_refused(nested(limits::kJsonDepthMax), "too deep at byte ");
  expect_refused(std::string(limits::kBodyBytesMax, '['), "too deep at byte ");
}

TEST(Json, ReadsWhatTheWriterWrites) {
  std::string text;
  for (int byte = 0; byte < 0x80; ++byte) text += static_cast<char>(byte);
  text += "é\u0085\u2028\u2029☕😀";
  std::string body = "{\"a\":";
  append_json_string(body, text);
  body += "}";
  EXPECT_EQ(read(body), "a=" + text + ";");
}

TEST(Json, EveryCutOfAnObjectIsRefused) {
  const auto body = R"({"sender":"mas\u00f6n","n":[1.5,null,{"x":false}],"text":"hé"})"s;
  for (std::size_t bytes = 0; bytes < body.size(); ++bytes)
    EXPECT_FALSE(parse_json_object(body.substr(0, bytes))) << bytes;
  EXPECT_TRUE(parse_json_object(body));
}

}  // namespace tinychat::wire::json_test
