#include "wire/problem.h"

#include "wire/json_writer.h"

namespace tinychat::wire {

Problem problem_of(const Error& error) {
  constexpr const char* kHidden = "The server could not do this; try again later.";
  const CodeInfo& code = info(error.code);
  return {code.http_status, std::string(code.name), std::string(code.title),
          code.detail_is_public ? error.detail : kHidden};
}

std::string to_json(const Problem& problem) {
  std::string out = "{\"type\":";
  append_json_string(out, "urn:tinychat:problem:" + problem.type_name);
  out += ",\"title\":";
  append_json_string(out, problem.title);
  out += ",\"status\":" + std::to_string(problem.status) + ",\"detail\":";
  append_json_string(out, problem.detail);
  out += '}';
  return out;
}

}  // namespace tinychat::wire
