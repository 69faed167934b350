// Media types (RFC 9110, 8.3.1) and the one question we ask of an Accept field.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/field.h"

namespace tinychat::wire {

struct MediaType {
  std::string essence;  // "type/subtype" in lower case
  Fields parameters;    // names in lower case, values without their quotes, otherwise as sent
};

// kMalformed if it is not of the form `type/subtype *( ; name=value )`.
[[nodiscard]] Result<MediaType> parse_media_type(std::string_view text);

// Whether an Accept field names JSON: application/json or application/…+json, with a q above 0. A
// wildcard names nothing. Malformed parts of the list count for nothing.
[[nodiscard]] bool prefers_json(std::string_view accept_header);

}  // namespace tinychat::wire
