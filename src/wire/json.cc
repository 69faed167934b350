#include "wire/json.h"

// The library's source, in this file and no other: it is used as headers only.
#include <boost/json/src.hpp>
#include <utility>

#include "base/limits.h"
#include "wire/utf8.h"

namespace tinychat::wire {
namespace {

namespace json = boost::json;

std::unexpected<Error> malformed_at(std::size_t offset, std::string_view what, std::string_view advice) {
  std::string detail(what);
  detail.append(" at byte ").append(std::to_string(offset)).append("; ").append(advice).append(".");
  return fail(Code::kMalformed, std::move(detail));
}

std::optional<std::vector<std::string>> texts_in(const json::value& value) {
  const json::array* const array = value.if_array();
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  texts.reserve(array->size());
  for (const auto& element : *array) {
    const json::string* const text = element.if_string();
    if (text == nullptr) return std::nullopt;
    texts.emplace_back(text->data(), text->size());
  }
  return texts;
}

JsonMember member_of(std::string name, const json::value& value) {
  JsonMember member{.name = std::move(name), .text = std::nullopt};
  if (const json::string* const text = value.if_string()) member.text.emplace(text->data(), text->size());
  member.is_null = value.is_null();
  if (const bool* const truth = value.if_bool()) member.truth = *truth;
  if (value.is_number()) member.number = value.to_number<double>();
  member.texts = texts_in(value);
  return member;
}

}  // namespace

Result<std::vector<JsonMember>> parse_json_object(std::string_view body) {
  if (const auto bad = first_invalid_utf8(body)) {
    return malformed_at(*bad, "The JSON body is not UTF-8", "send text as UTF-8");
  }
  json::parse_options options;
  options.max_depth = limits::kJsonDepthMax;
  json::parser parser(json::storage_ptr{}, options);
  json::error_code error;
  const std::size_t parsed = parser.write_some(body.data(), body.size(), error);
  if (error == json::error::too_deep) {
    return malformed_at(parsed, "The JSON body is nested too deep", "flatten it");
  }
  if (error == json::error::incomplete) {
    return malformed_at(parsed, "The JSON body ends too early", "send all of it");
  }
  if (error) {
    return malformed_at(parsed, "The JSON body does not parse (" + error.message() + ")", "correct it there");
  }
  if (parsed < body.size()) {
    return malformed_at(parsed, "Something follows the JSON value", "send one object and nothing else");
  }
  json::value value = parser.release();
  const json::object* const object = value.if_object();
  if (object == nullptr) {
    return fail(Code::kMalformed, "The JSON body is not an object; send {\"name\": \"value\"}.");
  }
  std::vector<JsonMember> members;
  members.reserve(object->size());
  for (const auto& member : *object) {
    members.push_back(member_of(std::string(member.key()), member.value()));
  }
  return members;
}

}  // namespace tinychat::wire
