#include "wire/multipart.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"

namespace tinychat::wire::multipart_test {

using namespace std::string_literals;

std::string part(const std::string& name, const std::string& value) {
  return "--B\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

void expect_fields(const std::string& body, const Fields& fields) {
  const auto result = parse_multipart(body, "B");
  ASSERT_TRUE(result) << body << result.error().detail;
  EXPECT_EQ(*result, fields) << body;
}

void expect_malformed(const std::string& body, const std::string& part_of_detail) {
  const auto result = parse_multipart(body, "B");
  ASSERT_FALSE(result) << body;
  EXPECT_EQ(result.error().code, Code::kMalformed);
  EXPECT_NE(result.error().detail.find(part_of_detail), std::string::npos) << body << result.error().detail;
}

TEST(Multipart, ReadsWhatCurlSends) {
  const auto result = parse_multipart(
      "--------------------------d74496d66958873e\r\n"
      "Content-Disposition: form-data; name=\"sender\"\r\n\r\n"
      "mason\r\n"
      "--------------------------d74496d66958873e\r\n"
      "Content-Disposition: form-data; name=\"message\"; filename=\"a.txt\"\r\n"
      "Content-Type: text/plain\r\n\r\n"
      "two\r\nlines & more\r\n\r\n"
      "--------------------------d74496d66958873e--\r\n",
      "------------------------d74496d66958873e");
  ASSERT_TRUE(result) << result.error().detail;
  EXPECT_EQ(*result, (Fields{{"sender", "mason"}, {"message", "two\r\nlines & more\r\n"}}));
}

TEST(Multipart, TakesWhatTheGrammarAllows) {
  expect_fields("--B--", {});
  expect_fields("--B--\r\nanything at all \xFF --B", {});
  expect_fields("preamble --B\r\n--x\r\n" + part("a", "1") + "--B--", {{"a", "1"}});
  expect_fields("\r\n" + part("a", "1") + part("a", "") + "--B--\r\n", {{"a", "1"}, {"a", ""}});
  expect_fields("--B \t\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--B--", {{"a", "1"}});
  expect_fields(
      "--B\r\ncontent-disposition:FORM-DATA ;filename=\"x\"; NAME=\"q\\\"\\\\\"\r\nX-Y:\r\n\r\n1\r\n--B--",
      {{"q\"\\", "1"}});
  expect_fields("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--B--", {{"a", ""}});
  expect_fields(
      "--B\r\nContent-Disposition: form-data; name=\"\"\r\nContent-Transfer-Encoding: 8BIT\r\n\r\n\r\n--B--",
      {{"", ""}});
  // Almost a delimiter is text.
  expect_fields(part("a", "x--B\n--B\r--B\r\n-B\r\n--b\r\n --B") + "--B--",
                {{"a", "x--B\n--B\r--B\r\n-B\r\n--b\r\n --B"}});
  expect_fields(part("é", "\0 ☕"s) + "--B--", {{"é", "\0 ☕"s}});
}

TEST(Multipart, TellsThePlaceOfWhatIsMalformed) {
  const auto disposition = "Content-Disposition: form-data; name=\"a\"\r\n"s;
  expect_malformed("", "no line with the boundary at byte 0 ");
  expect_malformed("a=b&c=d", "no line with the boundary at byte 7 ");
  expect_malformed("--B", "at byte 3 ");
  expect_malformed("--B\n" + disposition + "\r\n1\r\n--B--", "at byte 3 ");
  expect_malformed("--Bx\r\n" + disposition + "\r\n1\r\n--B--", "at byte 3 ");
  expect_malformed("--B\r\n", "does not end at byte 5 ");
  expect_malformed("--B\r\n" + disposition, "does not end at byte ");
  expect_malformed("--B\r\n" + disposition + "\r\n1", "No boundary ends the part at byte 49 ");
  expect_malformed("--B\r\n" + disposition + "\r\n1\n--B--", "No boundary ends the part");
  expect_malformed("--B\r\n" + disposition + "\r\n1\r\n--Bother--", "The line of a boundary");
  expect_malformed("--B\r\n\r\n1\r\n--B--", "without a name at byte 5 ");
  expect_malformed("--B\r\nContent-Disposition: form-data\r\n\r\n1\r\n--B--", "without a name");
  expect_malformed("--B\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--B--",
                   "other than form-data");
  expect_malformed("--B\r\nContent-Disposition: form-data; name=\"a\r\n\r\n1\r\n--B--",
                   "does not parse at byte 5 ");
  expect_malformed("--B\r\nContent-Disposition: form-data; name=\"a\r\\\n\"\r\n\r\n1\r\n--B--",
                   "does not parse at byte 5 ");
  expect_malformed("--B\r\n" + disposition + disposition + "\r\n1\r\n--B--", "second");
  expect_malformed("--B\r\n" + disposition + "no header\r\n\r\n1\r\n--B--", "that is none at byte 47 ");
  expect_malformed("--B\r\n" + disposition + " folded: x\r\n\r\n1\r\n--B--", "that is none");
  expect_malformed("--B\r\n" + disposition + "Content-Transfer-Encoding: base64\r\n\r\naGk=\r\n--B--",
                   "Encoding");
  expect_malformed(part("a", "x\xFF") + "--B--", "Not UTF-8 at byte 50 ");
  expect_malformed(part("\xFF", "x") + "--B--", "name that is not UTF-8");
}

TEST(Multipart, EveryCutIsRefused) {
  const auto body = part("a", "1") + part("b", "\r\n") + "--B--";
  for (std::size_t bytes = 0; bytes < body.size(); ++bytes)
    EXPECT_FALSE(parse_multipart(body.substr(0, bytes), "B")) << bytes;
  EXPECT_TRUE(parse_multipart(body, "B"));
}

TEST(Multipart, RefusesBadBoundaries) {
  for (const auto& boundary : {""s, "a "s, "a\r\nb"s, "a\"b"s, "é"s, std::string(71, 'a')}) {
    const auto result = parse_multipart("--" + boundary + "--", boundary);
    ASSERT_FALSE(result) << boundary;
    EXPECT_EQ(result.error().code, Code::kMalformed);
  }
  for (const auto& boundary : {"a b"s, "0'()+_,-./:=?z"s, std::string(70, 'a')}) {
    EXPECT_TRUE(parse_multipart("--" + boundary + "--", boundary)) << boundary;
  }
}

TEST(Multipart, LimitsTheParts) {
  std::string body;
  for (std::size_t i = 0; i < limits::kFormFieldsMax; ++i) body += part("a", "1");
  EXPECT_EQ(parse_multipart(body + "--B--", "B").value().size(), limits::kFormFieldsMax);
  const auto result = parse_multipart(body + part("a", "1") + "--B--", "B");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::kTooLarge);
}

}  // namespace tinychat::wire::multipart_test
