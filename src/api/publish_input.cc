#include "api/publish_input.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "api/sender.h"
#include "base/limits.h"
#include "room/room_name.h"
#include "wire/form.h"
#include "wire/json.h"
#include "wire/media_type.h"
#include "wire/multipart.h"

namespace tinychat::api {
namespace {

constexpr std::string_view kAnonymous = "Anonymous";

// What a body said; a member that it did not have is nullopt.
struct Input {
  std::optional<std::string> sender;
  std::optional<std::string> text;
};

std::optional<std::string> copy(const std::string* value) {
  return value == nullptr ? std::nullopt : std::optional(*value);
}

Result<Input> from_fields(const Result<wire::Fields>& fields) {
  if (!fields) return std::unexpected(fields.error());
  return Input{copy(wire::find(*fields, "sender")), copy(wire::find(*fields, "message"))};
}

Result<Input> from_json(std::string_view body, std::string_view text_member) {
  auto members = wire::parse_json_object(body);
  if (!members) return std::unexpected(std::move(members.error()));
  Input input;
  for (wire::JsonMember& member : *members) {
    const bool is_text = member.name == text_member;
    if (!is_text && member.name != "sender") continue;
    if (!member.text) {
      return fail(Code::kUnprocessable, "`" + member.name + "` is not a string; send one.");
    }
    (is_text ? input.text : input.sender) = std::move(*member.text);
  }
  return input;
}

Result<Input> from_multipart(std::string_view body, const wire::MediaType& type) {
  const std::string* const boundary = wire::find(type.parameters, "boundary");
  if (boundary == nullptr) {
    return fail(
        Code::kMalformed,
        "The Content-Type multipart/form-data has no `boundary`; send the one that divides the body.");
  }
  return from_fields(wire::parse_multipart(body, *boundary));
}

Input from_bare_text(std::string_view body, const wire::Fields& query) {
  return {copy(wire::find(query, "sender")), std::string(body)};
}

// `curl -d 'build is green'` says that it sends a form.
bool looks_like_a_form(std::string_view body) { return body.find_first_of("=&%") != std::string_view::npos; }

Result<Input> from_form(std::string_view body, const wire::Fields& query) {
  if (!looks_like_a_form(body)) return from_bare_text(body, query);
  return from_fields(wire::parse_form(body));
}

Result<Input> read_legacy_body(const net::Request& request, const wire::Fields& query) {
  const std::string* const header = request.header("content-type");
  if (header == nullptr || header->empty()) return from_bare_text(request.body, query);
  const auto type = wire::parse_media_type(*header);
  if (!type) return std::unexpected(type.error());
  if (type->essence == "application/x-www-form-urlencoded") return from_form(request.body, query);
  if (type->essence == "multipart/form-data") return from_multipart(request.body, *type);
  if (type->essence == "application/json") return from_json(request.body, "message");
  if (type->essence == "text/plain") return from_bare_text(request.body, query);
  return fail(
      Code::kUnsupportedMediaType,
      "A message comes as application/x-www-form-urlencoded, multipart/form-data, application/json or "
      "text/plain; send one of them.");
}

Result<Input> read_v1_body(const net::Request& request) {
  const std::string* const header = request.header("content-type");
  if (header != nullptr) {
    const auto type = wire::parse_media_type(*header);
    if (!type) return std::unexpected(type.error());
    if (type->essence == "application/json") return from_json(request.body, "text");
  }
  return fail(
      Code::kUnsupportedMediaType,
      R"(A message comes as application/json; send {"sender":"…","text":"…"} with that Content-Type.)");
}

Result<void> check_text(std::string_view what, const std::optional<std::string>& text,
                        std::size_t text_bytes_max) {
  const std::string name = "`" + std::string(what) + "`";
  if (!text)
    return fail(Code::kUnprocessable, "There is no " + name + "; send the text of the message in it.");
  if (text->size() > text_bytes_max) {
    return fail(Code::kTooLarge, "The text of a message has at most " + std::to_string(text_bytes_max) +
                                     " bytes; this one has " + std::to_string(text->size()) + ".");
  }
  if (auto valid = check_utf8(what, *text); !valid) return valid;
  if (text->find_first_not_of(" \t\r\n\v\f") == std::string::npos) {
    return fail(Code::kUnprocessable, "The message is empty; send some text in " + name + ".");
  }
  return {};
}

Result<std::string> read_idempotency_key(const net::Request& request) {
  const std::string* const key = request.header("idempotency-key");
  if (key == nullptr) return std::string();
  const bool is_printable = std::ranges::all_of(*key, [](char byte) { return byte >= ' ' && byte <= '~'; });
  if (key->empty() || key->size() > limits::kIdempotencyKeyBytesMax || !is_printable) {
    return fail(Code::kUnprocessable, "An Idempotency-Key has 1 to " +
                                          std::to_string(limits::kIdempotencyKeyBytesMax) +
                                          " printable ASCII characters; send such a key, or none.");
  }
  return *key;
}

// What the two interfaces differ in has been read; here is what they have in common.
Result<hub::PublishRequest> to_publish(std::string room, const net::Request& request, Result<Input> input,
                                       std::string_view text_member, std::size_t text_bytes_max) {
  if (const auto valid = room::check_room_name(room); !valid) return std::unexpected(valid.error());
  if (const std::string* const coding = request.header("content-encoding");
      coding != nullptr && *coding != "identity") {
    return fail(Code::kUnsupportedMediaType, "The body has a Content-Encoding; send it without.");
  }
  if (!input) return std::unexpected(std::move(input.error()));
  if (const auto valid = check_text(text_member, input->text, text_bytes_max); !valid) {
    return std::unexpected(valid.error());
  }
  std::string sender = std::move(input->sender).value_or("");
  if (sender.empty()) sender = kAnonymous;
  if (const auto valid = check_sender("sender", sender); !valid) return std::unexpected(valid.error());
  auto key = read_idempotency_key(request);
  if (!key) return std::unexpected(std::move(key.error()));
  return hub::PublishRequest{std::move(room), std::move(sender), std::move(*input->text), std::move(*key)};
}

}  // namespace

Result<hub::PublishRequest> read_legacy_publish(std::string room, const net::Request& request,
                                                const wire::Fields& query, std::size_t text_bytes_max) {
  return to_publish(std::move(room), request, read_legacy_body(request, query), "message", text_bytes_max);
}

Result<hub::PublishRequest> read_v1_publish(std::string room, const net::Request& request,
                                            std::size_t text_bytes_max) {
  return to_publish(std::move(room), request, read_v1_body(request), "text", text_bytes_max);
}

}  // namespace tinychat::api
