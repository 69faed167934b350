// What is said in a log, so that it is one line whatever it is made of: names and details may quote what came
// from outside.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tinychat {

// A fact beside the message: what a program that reads the log looks for.
struct LogField {
  std::string_view name;  // snake_case
  std::string_view value;
};

// `message name=value name="with blanks"`; controls and broken UTF-8 as \xNN.
[[nodiscard]] std::string plain_log_text(std::string_view message, std::span<const LogField> fields);

// `"message":"…","name":"value"`: members of a JSON object, valid UTF-8 in any case.
[[nodiscard]] std::string json_log_text(std::string_view message, std::span<const LogField> fields);

}  // namespace tinychat
