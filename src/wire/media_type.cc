#include "wire/media_type.h"

#include <algorithm>

#include "wire/ascii.h"

namespace tinychat::wire {
namespace {

std::unexpected<Error> malformed_type(std::string_view text, std::string_view rest) {
  return fail(Code::kMalformed, "The media type does not parse at byte " +
                                    std::to_string(text.size() - rest.size()) +
                                    "; send type/subtype, then \";name=value\" for each parameter.");
}

std::string_view trim_front(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

// The token that `rest` begins with, taken off it; may be empty.
std::string_view take_token(std::string_view& rest) {
  const auto end =
      std::find_if_not(rest.begin(), rest.end(), [](char byte) { return kTokenBytes.has(byte); });
  const auto token = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(token.size());
  return token;
}

// RFC 9110, 5.6.4: the quoted-string that `rest` begins with. False if it does not end, or is none.
bool take_quoted(std::string_view& rest, std::string& value) {
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      rest.remove_prefix(i + 1);
      return true;
    }
    if (rest[i] == '\\') ++i;
    if (i == rest.size() || !may_be_in_value(rest[i])) return false;
    value += rest[i];
  }
  return false;
}

// Up to the next comma that stands in no quoted-string.
std::string_view take_list_element(std::string_view& rest) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != ','); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (quoted && rest[end] == '\\') ++end;
  }
  end = std::min(end, rest.size());
  const auto element = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return element;
}

bool is_json(std::string_view essence) {
  return essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"));
}

// RFC 9110, 12.4.2: 0 to 1 with up to three digits; what is neither counts as 0.
bool is_above_zero(std::string_view q) {
  const bool number = !q.empty() && (q[0] == '0' || q[0] == '1') && (q.size() == 1 || q[1] == '.') &&
                      q.find_first_not_of("0123456789", std::min<std::size_t>(2, q.size())) == q.npos;
  return number && q.find_first_of("123456789") != q.npos;
}

}  // namespace

Result<MediaType> parse_media_type(std::string_view text) {
  MediaType result;
  std::string_view rest = trim_front(text);
  const auto type = take_token(rest);
  if (type.empty() || !rest.starts_with('/')) return malformed_type(text, rest);
  rest.remove_prefix(1);
  const auto subtype = take_token(rest);
  if (subtype.empty()) return malformed_type(text, rest);
  result.essence = to_lower(type) + '/' + to_lower(subtype);

  for (rest = trim_front(rest); !rest.empty(); rest = trim_front(rest)) {
    if (!rest.starts_with(';')) return malformed_type(text, rest);
    rest = trim_front(rest.substr(1));
    // RFC 9110, 5.6.6: a parameter may be missing between its semicolons.
    if (rest.empty() || rest.starts_with(';')) continue;
    Field parameter;
    parameter.name = to_lower(take_token(rest));
    if (parameter.name.empty() || !rest.starts_with('=')) return malformed_type(text, rest);
    rest.remove_prefix(1);
    if (rest.starts_with('"')) {
      if (!take_quoted(rest, parameter.value)) return malformed_type(text, rest);
    } else {
      parameter.value = take_token(rest);
      if (parameter.value.empty()) return malformed_type(text, rest);
    }
    result.parameters.push_back(std::move(parameter));
  }
  return result;
}

bool prefers_json(std::string_view accept_header) {
  while (!accept_header.empty()) {
    const auto range = parse_media_type(take_list_element(accept_header));
    if (!range || !is_json(range->essence)) continue;
    const std::string* const q = find(range->parameters, "q");
    if (q == nullptr || is_above_zero(*q)) return true;
  }
  return false;
}

}  // namespace tinychat::wire
