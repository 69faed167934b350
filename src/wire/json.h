// JSON objects that people send us: those of their members that we read, which are flat.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tinychat::wire {

struct JsonMember {
  std::string name;
  std::optional<std::string> text;  // valid UTF-8, may hold NUL; nullopt: not a string
  bool is_null = false;
  std::optional<double> number = {};                   // nullopt: not a number
  std::optional<bool> truth = {};                      // nullopt: neither true nor false
  std::optional<std::vector<std::string>> texts = {};  // nullopt: not an array of strings
};

// RFC 8259 without extensions. kMalformed, with the place where there is one, for what does not parse,
// is nested deeper than limits::kJsonDepthMax, is not UTF-8 (also by lone surrogates), has anything
// behind the object, or is no object. Of members with one name the last one counts, and is the only one.
[[nodiscard]] Result<std::vector<JsonMember>> parse_json_object(std::string_view body);

}  // namespace tinychat::wire
