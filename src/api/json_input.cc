#include "api/json_input.h"

#include <algorithm>

#include "wire/media_type.h"

namespace tinychat::api {

Result<JsonMembers> read_json_members(const net::Request& request) {
  if (request.body.empty()) return JsonMembers{};
  const std::string* const header = request.header("content-type");
  if (header != nullptr) {
    const auto type = wire::parse_media_type(*header);
    if (!type) return std::unexpected(type.error());
    if (type->essence == "application/json") return wire::parse_json_object(request.body);
  }
  return fail(
      Code::kUnsupportedMediaType,
      "The body is of another type than application/json; send a JSON object with that Content-Type.");
}

Result<std::optional<std::string>> find_text(const JsonMembers& members, std::string_view name) {
  const auto member = std::ranges::find(members, name, &wire::JsonMember::name);
  if (member == members.end()) return std::nullopt;
  if (!member->text) {
    return fail(Code::kUnprocessable, "`" + std::string(name) + "` is not a string; send one.");
  }
  return *member->text;
}

Result<std::optional<bool>> find_truth(const JsonMembers& members, std::string_view name) {
  const auto member = std::ranges::find(members, name, &wire::JsonMember::name);
  if (member == members.end()) return std::nullopt;
  if (!member->truth) {
    return fail(Code::kUnprocessable,
                "`" + std::string(name) + "` is neither `true` nor `false`; send one of them.");
  }
  return *member->truth;
}

Result<std::optional<double>> find_number(const JsonMembers& members, std::string_view name) {
  const auto member = std::ranges::find(members, name, &wire::JsonMember::name);
  if (member == members.end()) return std::nullopt;
  if (!member->number) {
    return fail(Code::kUnprocessable, "`" + std::string(name) + "` is not a number; send one.");
  }
  return *member->number;
}

Result<std::optional<std::vector<std::string>>> find_texts(const JsonMembers& members,
                                                           std::string_view name) {
  const auto member = std::ranges::find(members, name, &wire::JsonMember::name);
  if (member == members.end()) return std::nullopt;
  if (!member->texts) {
    return fail(Code::kUnprocessable, "`" + std::string(name) + "` is not an array of strings; send one.");
  }
  return *member->texts;
}

std::unexpected<Error> in_member(std::string_view name, Error&& error) {
  error.detail = '`' + std::string(name) + "`: " + error.detail;
  return std::unexpected(std::move(error));
}

}  // namespace tinychat::api
