#include "api/publish_input.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace tinychat::api::publish_input_test {

using namespace std::string_literals;

constexpr const char* kForm = "application/x-www-form-urlencoded";
constexpr const char* kJson = "application/json";
constexpr const char* kMultipart = "multipart/form-data; boundary=XX";
constexpr std::size_t kTextBytesMax = 100;

net::Request request_of(const char* content_type, std::string body) {
  net::Request request;
  if (content_type != nullptr) request.headers = {{"content-type", content_type}};
  request.body = std::move(body);
  return request;
}

Result<hub::PublishRequest> legacy(const char* content_type, std::string body,
                                   const wire::Fields& query = {}) {
  return read_legacy_publish("room", request_of(content_type, std::move(body)), query, kTextBytesMax);
}

Result<hub::PublishRequest> v1(const char* content_type, std::string body) {
  return read_v1_publish("room", request_of(content_type, std::move(body)), kTextBytesMax);
}

std::string part(const std::string& name, const std::string& value) {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

void expect_input(const Result<hub::PublishRequest>& input, const std::string& sender,
                  const std::string& text) {
  ASSERT_TRUE(input) << input.error().detail;
  EXPECT_EQ(input->room, "room");
  EXPECT_EQ(input->sender, sender);
  EXPECT_EQ(input->text, text);
  EXPECT_EQ(input->idempotency_key, "");
}

void expect_error(const Result<hub::PublishRequest>& input, Code code, std::string_view detail = "") {
  ASSERT_FALSE(input) << input->text;
  EXPECT_EQ(info(input.error().code).name, info(code).name) << input.error().detail;
  EXPECT_TRUE(input.error().detail.contains(detail)) << input.error().detail;
}

TEST(LegacyPublish, ReadsAForm) {
  expect_input(legacy(kForm, "sender=mason&message=hi+%26+%3Cb%3E"), "mason", "hi & <b>");
  expect_input(legacy("Application/X-WWW-Form-Urlencoded; charset=UTF-8", "message=caf%C3%A9"), "Anonymous",
               "café");
  expect_input(legacy(kForm, "sender=&message=x&more=1"), "Anonymous", "x");
}

TEST(LegacyPublish, TakesAFormThatIsNoneForABareText) {
  expect_input(legacy(kForm, "build is green"), "Anonymous", "build is green");
  expect_input(legacy(kForm, "1 + 1", {{"sender", "ci"}}), "ci", "1 + 1");
  // These are forms, without a message.
  for (const auto* body : {"a&b", "50%25", "x=1", "sender=mason"}) {
    expect_error(legacy(kForm, body), Code::kUnprocessable, "no `message`");
  }
  expect_error(legacy(kForm, "100%"), Code::kMalformed, "byte 3");
}

TEST(LegacyPublish, ReadsABareText) {
  expect_input(legacy(nullptr, "a=b&c"), "Anonymous", "a=b&c");
  expect_input(legacy("text/plain", "hi"), "Anonymous", "hi");
  expect_input(legacy("text/plain; charset=utf-8", "hi", {{"sender", "mason"}}), "mason", "hi");
}

TEST(LegacyPublish, ReadsMultipart) {
  expect_input(legacy(kMultipart, part("sender", "mason") + part("message", "hi\nthere") + "--XX--\r\n"),
               "mason", "hi\nthere");
  expect_error(legacy("multipart/form-data", part("message", "x") + "--XX--\r\n"), Code::kMalformed,
               "boundary");
  expect_error(legacy(kMultipart, part("message", "x")), Code::kMalformed);
  expect_error(legacy(kMultipart, part("sender", "x") + "--XX--\r\n"), Code::kUnprocessable, "no `message`");
}

TEST(LegacyPublish, ReadsJson) {
  expect_input(legacy(kJson, R"({"sender":"mason","message":"hi","x":1})"), "mason", "hi");
  expect_input(legacy(kJson, R"({"message":"a\u0000b"})"), "Anonymous", "a\0b"s);
  expect_error(legacy(kJson, R"({"message":1})"), Code::kUnprocessable, "`message` is not a string");
  expect_error(legacy(kJson, R"({"message":"x","sender":null})"), Code::kUnprocessable, "`sender`");
  expect_error(legacy(kJson, R"({"text":"x"})"), Code::kUnprocessable, "no `message`");
  expect_error(legacy(kJson, R"({"message":"x")"), Code::kMalformed);
  expect_error(legacy(kJson, R"(["message"])"), Code::kMalformed);
}

TEST(LegacyPublish, RefusesOtherTypes) {
  expect_error(legacy("application/xml", "<x/>"), Code::kUnsupportedMediaType, "text/plain");
  expect_error(legacy("application/octet-stream", "x"), Code::kUnsupportedMediaType);
  expect_error(legacy("nonsense", "x"), Code::kMalformed);
}

TEST(LegacyPublish, RefusesAMessageOfNothing) {
  for (const auto* body : {"message=", "message=+%0A%09+", "sender=a&message="}) {
    expect_error(legacy(kForm, body), Code::kUnprocessable, "empty");
  }
  expect_error(legacy(kForm, ""), Code::kUnprocessable, "empty");
  expect_error(legacy(nullptr, " \r\n\t\v\f"), Code::kUnprocessable, "empty");
  expect_error(legacy(kJson, R"({"message":""})"), Code::kUnprocessable, "empty");
}

TEST(LegacyPublish, HasALimitForTheText) {
  expect_input(legacy(nullptr, std::string(kTextBytesMax, 'x')), "Anonymous",
               std::string(kTextBytesMax, 'x'));
  expect_error(legacy(nullptr, std::string(kTextBytesMax + 1, 'x')), Code::kTooLarge, "has 101");
}

TEST(LegacyPublish, HasARuleForTheSender) {
  const auto with_sender = [](const std::string& sender) {
    return legacy(nullptr, "x", {{"sender", sender}});
  };
  expect_input(with_sender(std::string(128, 's')), std::string(128, 's'), "x");
  expect_error(with_sender(std::string(129, 's')), Code::kUnprocessable, "1 to 128 bytes");
  for (const auto& sender : {"a\nb"s, "\0"s, "\x7f"s}) {
    expect_error(with_sender(sender), Code::kUnprocessable, "control characters");
  }
}

TEST(LegacyPublish, RefusesWhatIsNotUtf8WithThePlace) {
  expect_error(legacy(nullptr, "caf\xE9"), Code::kMalformed, "byte 3");
  expect_error(legacy(kForm, "caf\xE9"), Code::kMalformed, "byte 3");
  expect_error(legacy(kForm, "message=caf%E9"), Code::kMalformed, "byte 11");
  expect_error(legacy(kForm, "sender=%FF&message=x"), Code::kMalformed, "byte 7");
  expect_error(legacy(kMultipart, part("message", "\xFF") + "--XX--\r\n"), Code::kMalformed, "byte");
  expect_error(legacy(kJson, "{\"message\":\"\xFF\"}"), Code::kMalformed);
  expect_error(legacy(kJson, R"({"message":"\ud800"})"), Code::kMalformed);
}

TEST(LegacyPublish, NeedsARoomThatCanBe) {
  const auto to_room = [](std::string room) {
    return read_legacy_publish(std::move(room), request_of(nullptr, "x"), {}, kTextBytesMax);
  };
  expect_error(to_room("api/foo"), Code::kUnprocessable, "`api` is reserved");
  expect_error(to_room(""), Code::kUnprocessable);
  expect_error(to_room("\xFF"), Code::kMalformed);
}

TEST(LegacyPublish, TakesAnIdempotencyKey) {
  const auto with_key = [](std::string key) {
    auto request = request_of(nullptr, "x");
    request.headers.push_back({"idempotency-key", std::move(key)});
    return read_legacy_publish("room", request, {}, kTextBytesMax);
  };
  EXPECT_EQ(with_key("\"8e03978e-40d5\"")->idempotency_key, "\"8e03978e-40d5\"");
  EXPECT_TRUE(with_key(std::string(255, '~')));
  for (const auto& key : {""s, std::string(256, 'k'), "a\tb"s, "é"s, "\x7f"s}) {
    expect_error(with_key(key), Code::kUnprocessable, "Idempotency-Key");
  }
}

TEST(V1Publish, ReadsJsonAlone) {
  expect_input(v1(kJson, R"({"sender":"mason","text":"hi"})"), "mason", "hi");
  expect_input(v1("application/json; charset=utf-8", R"({"text":"hi"})"), "Anonymous", "hi");
  expect_error(v1(kForm, "sender=a&text=b"), Code::kUnsupportedMediaType, "application/json");
  expect_error(v1("text/plain", "x"), Code::kUnsupportedMediaType);
  expect_error(v1(nullptr, R"({"text":"hi"})"), Code::kUnsupportedMediaType);
}

TEST(V1Publish, RefusesWhatIsNoMessage) {
  expect_error(v1(kJson, R"({"message":"x"})"), Code::kUnprocessable, "no `text`");
  expect_error(v1(kJson, R"({"text":["x"]})"), Code::kUnprocessable, "`text` is not a string");
  expect_error(v1(kJson, R"({"text":" "})"), Code::kUnprocessable, "empty");
  expect_error(v1(kJson, R"({"text":"x","sender":")" + std::string(129, 's') + "\"}"), Code::kUnprocessable);
  expect_error(v1(kJson, R"({"text":")" + std::string(101, 'x') + "\"}"), Code::kTooLarge);
  expect_error(v1(kJson, ""), Code::kMalformed);
  expect_error(v1(kJson, "{"), Code::kMalformed);
}

}  // namespace tinychat::api::publish_input_test
