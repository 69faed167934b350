// A publish, from the body to what the writer gets. The first line of the input is the Content-Type, the
// second the query, the rest the body.
#include "api/publish_input.h"
#include "base/limits.h"
#include "fuzz/support/check.h"
#include "wire/form.h"
#include "wire/json_writer.h"
#include "wire/utf8.h"

namespace tinychat::fuzz {
namespace {

constexpr std::size_t kTextBytesMax = 2000;

void expect_publishable(const Result<hub::PublishRequest>& publish) {
  if (!publish) {
    expect_tellable(publish.error());
    return;
  }
  expect(!publish->text.empty() && publish->text.size() <= kTextBytesMax, "a text within its limit");
  expect_utf8(publish->text, "a text");
  expect(!publish->sender.empty() && publish->sender.size() <= limits::kSenderBytesMax,
         "a sender within its limit");
  expect_utf8(publish->sender, "a sender");
  expect(!wire::has_control_characters(publish->sender), "no controls in a sender");
}

// The same message in the other spellings of a body.
void expect_same_as_json(const hub::PublishRequest& publish, bool is_v1) {
  net::Request request;
  request.headers.push_back({"content-type", "application/json; charset=utf-8"});
  wire::append_json_member(request.body, "sender", publish.sender);
  wire::append_json_member(request.body, is_v1 ? "text" : "message", publish.text);
  request.body += '}';
  const auto again = is_v1 ? api::read_v1_publish("everyone", request, kTextBytesMax)
                           : api::read_legacy_publish("everyone", request, {}, kTextBytesMax);
  expect(again && again->text == publish.text && again->sender == publish.sender, "the same message as JSON");
}

void look_at(std::string_view input) {
  const auto type = take_line(input);
  const auto query = wire::parse_form(take_line(input), 0, limits::kFormFieldsMax);
  if (!query) return;
  net::Request request;
  request.method = "POST";
  if (!type.empty()) request.headers.push_back({"content-type", std::string(type)});
  if (const auto* key = wire::find(*query, "key")) request.headers.push_back({"idempotency-key", *key});
  request.body = input;
  const auto legacy = api::read_legacy_publish("everyone", request, *query, kTextBytesMax);
  const auto v1 = api::read_v1_publish("everyone", request, kTextBytesMax);
  expect_publishable(legacy);
  expect_publishable(v1);
  if (legacy) expect_same_as_json(*legacy, false);
  if (v1) expect_same_as_json(*v1, true);
}

}  // namespace
}  // namespace tinychat::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tinychat::fuzz::look_at(tinychat::fuzz::text_of(data, size));
  return 0;
}
