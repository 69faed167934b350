#include "api/query.h"

#include <charconv>
#include <string>

namespace tinychat::api {

Result<std::size_t> read_limit(const wire::Fields& query, std::size_t fallback, std::size_t max) {
  const std::string* const text = wire::find(query, "limit");
  if (text == nullptr) return fallback;
  std::size_t limit = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, limit);
  if (error != std::errc{} || stop != end || limit < 1 || limit > max) {
    return fail(Code::kUnprocessable, "`limit` is a number from 1 to " + std::to_string(max) +
                                          "; send one, or leave it out for " + std::to_string(fallback) +
                                          ".");
  }
  return limit;
}

}  // namespace tinychat::api
